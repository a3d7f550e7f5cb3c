package import FoundationEssentials

extension SQLJobStore {
    /// Jobs in a SQLite file, for one process.
    ///
    /// - Throws: `SQLiteFileError`, `ImageStoreError`.
    package convenience init(
        sqliteFile path: String, images: ImagePlace = .database, limits: StoreLimits = .init(),
        clock: (@Sendable () -> Date)? = nil
    ) throws {
        let database = try SQLiteDatabase(path: path)
        self.init(database, images: try images.open(for: database.identity), limits: limits, clock: clock)
    }
}
