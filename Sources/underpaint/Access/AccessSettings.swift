import GenerationAPI

/// Who may call the service. What each key means stands in `config/underpaint.yaml`.
struct AccessSettings: Sendable, Equatable {
    /// File of keys; nil: there are none, and whoever reaches the service may use it.
    var keyFile: String?
    /// Whether it may listen beyond this machine without keys.
    var isOpen = false
    /// nil, `auto`: local names while only this machine can reach the service, else any.
    var allowedHosts: HostRules?
    var allowedOrigins = AllowedOrigins.none
}

/// The port of their own that operators may have.
struct AdminSettings: Sendable, Equatable {
    var host = "127.0.0.1"
    /// nil: there is none, and what operators ask is on the port of all.
    var port: UInt16?
}
