import Glibc

/// Who beside its owner may open a file.
enum FilePermissions {
    /// A warning about a file that others may read or change; nil if there is no reason for one.
    static func complaint(about path: String, holding content: String) -> String? {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        let mode = status.st_mode
        let verbs = [(S_IROTH, "read"), (S_IWGRP | S_IWOTH, "change")].filter { mode & $0.0 != 0 }.map(\.1)
        guard !verbs.isEmpty else { return nil }
        return "\(content) \(path): other users may \(verbs.joined(separator: " and ")) it (chmod 600)"
    }
}
