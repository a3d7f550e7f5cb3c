import Glibc

/// The three descriptors that every process expects to be open.
enum StandardStreams {
    /// Opens `/dev/null` in place of each that is closed: the next file or socket would get its number, and what is meant
    /// for the terminal or the log would be written there.
    static func occupy() {
        for descriptor in STDIN_FILENO...STDERR_FILENO where fcntl(descriptor, F_GETFD) == -1 {
            // The lowest free number is this one, as those below are open by now.
            _ = open("/dev/null", O_RDWR)
        }
    }

    /// A line for whoever started the command.
    static func writeError(_ line: String) {
        let text = line + "\n"
        text.withCString { _ = write(STDERR_FILENO, $0, text.utf8.count) }
    }
}
