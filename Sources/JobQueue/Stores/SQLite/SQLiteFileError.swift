/// Why a SQLite file cannot be the store.
package enum SQLiteFileError: Error, Equatable, CustomStringConvertible {
    case inUse(path: String)
    case newer(path: String)
    case unusable(path: String, reason: String)

    package var description: String {
        switch self {
        case .inUse(let path):
            "another process uses the store \(path): a SQLite store has one process; for several use PostgreSQL"
        case .newer(let path):
            "the store \(path) was written by a newer version of this program, whose tables this one does not know"
        case .unusable(let path, let reason): "cannot use \(path) as the store: \(reason)"
        }
    }
}
