import Foundation
import Glibc

/// What went wrong with a file or folder, in plain words.
struct FileFault: Error, Equatable, CustomStringConvertible {
    /// What was tried: `cannot write out/bag-1.png`.
    let attempt: String
    let reason: String

    var description: String { "\(attempt): \(reason)" }

    /// - Parameter error: of Foundation, or one that speaks for itself.
    init(_ attempt: String, _ error: any Error) {
        self.attempt = attempt
        reason = Self.reason(of: error) ?? "\(error)"
    }

    init(_ attempt: String, code: CInt) {
        self.attempt = attempt
        reason = Self.words(for: code)
    }

    /// An error of Foundation that nobody put into words; nil for all others.
    init?(unexplained error: any Error) {
        guard let reason = Self.reason(of: error) else { return nil }
        let details = (error as NSError).userInfo
        let path = details[NSFilePathErrorKey] as? String ?? (details[NSURLErrorKey] as? URL)?.path
        attempt = path.map { "cannot use \($0)" } ?? "a file cannot be used"
        self.reason = reason
    }

    /// nil for errors that do not come from the system.
    private static func reason(of error: any Error) -> String? {
        let error = error as NSError
        if error.domain == NSPOSIXErrorDomain { return words(for: CInt(error.code)) }
        guard error.domain == NSCocoaErrorDomain else { return nil }
        // The system's own word is the more exact one.
        if let cause = error.userInfo[NSUnderlyingErrorKey] as? NSError, let reason = reason(of: cause) {
            return reason
        }
        switch CocoaError.Code(rawValue: error.code) {
        case .fileNoSuchFile, .fileReadNoSuchFile: return words(for: ENOENT)
        case .fileReadNoPermission, .fileWriteNoPermission: return words(for: EACCES)
        case .fileWriteOutOfSpace: return words(for: ENOSPC)
        case .fileWriteVolumeReadOnly: return words(for: EROFS)
        case .fileWriteFileExists: return words(for: EEXIST)
        case .fileReadInapplicableStringEncoding, .fileReadCorruptFile: return "it is not text in UTF-8"
        default: return "the system gives no reason"
        }
    }

    private static func words(for code: CInt) -> String {
        switch code {
        case ENOENT: "there is no such file or folder"
        case EACCES, EPERM: "you have no permission"
        case ENOSPC: "the disk is full"
        case EDQUOT: "your share of the disk is used up"
        case EROFS: "the disk can only be read"
        case EEXIST: "there is something of this name"
        case ENOTDIR: "there is a file of this name, or one in the path, where a folder has to be"
        case EISDIR: "it is a folder, not a file"
        default: String(cString: strerror(code))
        }
    }
}
