package import FoundationEssentials

extension SQLJobStore {
    /// Jobs in a SQLite file, for one process.
    ///
    /// - Throws: `SQLiteFileError`.
    package convenience init(
        sqliteFile path: String, limits: StoreLimits = .init(), clock: (@Sendable () -> Date)? = nil
    ) throws {
        self.init(try SQLiteDatabase(path: path), limits: limits, clock: clock)
    }
}
