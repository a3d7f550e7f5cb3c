/// Why a PostgreSQL database cannot be the store.
package enum PostgreSQLStoreError: Error, Equatable, CustomStringConvertible {
    case newer(found: Int, known: Int)
    case unreachable(String)

    package var description: String {
        switch self {
        case .newer(let found, let known):
            "the database has tables of version \(found), which is newer than this program's \(known)"
        case .unreachable(let reason): "cannot use the database: \(reason)"
        }
    }
}
