import ArgumentParser
import JobQueue

/// `underpaint migrate`: the tables of a PostgreSQL database.
struct MigrateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "migrate", abstract: "Bring a database to the tables of this version.",
        discussion: """
            Each process does so when it starts; this is for those who do it before, with a role of its own. Several at once wait
            for each other. SQLite files are migrated when they are opened.
            """)

    @OptionGroup var options: ConfigurationOptions

    @Option(name: .long, help: "postgres://... (store.database).")
    var database: String?

    func run() throws {
        let settings = try options.load(overrides: database.map { ["store.database": $0] } ?? [:])
        guard case .postgreSQL(let address) = settings.store.database else {
            throw ValidationError("store.database is \(settings.store.database.text), which needs no migration")
        }
        let count = try SQLJobStore.migrate(postgreSQL: address)
        print(count == 0 ? "nothing to do" : "migrated by \(count) step\(count == 1 ? "" : "s")")
    }
}
