import ArgumentParser
import StorageSQLite

/// `signet backup`.
struct BackupCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup",
        abstract: "Copy the SQLite database to a new file while the server runs.",
        discussion:
            "Keep the master key of the data directory apart from the copy: without it nothing secret in the copy can be opened."
    )

    @Argument(help: "The file to make.")
    var file: String

    @OptionGroup var options: DataOptions

    func run() async throws {
        try await options.run(isKeyChecked: false) { data in
            guard let sqlite = data.database as? SQLiteDatabase else {
                throw CommandFailure("the data is in PostgreSQL; back it up with pg_dump")
            }
            try await sqlite.backup(to: file)
        }
        Terminal.print("copied to \(file)")
    }
}
