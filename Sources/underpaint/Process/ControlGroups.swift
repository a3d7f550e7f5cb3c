/// The control groups of this process that limit its processor time: one hierarchy of version 2, or one of version 1.
///
/// The kernel says the group's path from the root of the hierarchy, while a container sees a part of the hierarchy mounted
/// somewhere: both have to be read to know which folder is ours.
struct ControlGroups: Equatable {
    enum Version: Equatable { case one, two }

    struct Hierarchy: Equatable {
        let version: Version
        /// Where it is mounted.
        let mount: String
        /// The folder of our group and those above it, the innermost first. The groups above limit us too.
        let folders: [String]
    }

    let hierarchies: [Hierarchy]

    /// - Parameter read: the text of a file; nil: there is none.
    /// - Returns: nil where there are no control groups.
    init?(read: (String) -> String?) {
        guard let mounts = read("/proc/self/mountinfo"), let groups = read("/proc/self/cgroup") else { return nil }
        let paths = groups.split(separator: "\n").compactMap(Self.path)
        hierarchies = mounts.split(separator: "\n").compactMap { line in
            guard let mount = Mount(line), let path = paths.first(where: { $0.version == mount.version })?.path
            else { return nil }
            return Hierarchy(
                version: mount.version, mount: mount.point, folders: Self.folders(path, seenFrom: mount))
        }
        if hierarchies.isEmpty { return nil }
    }

    /// Cores whose time the groups give: the least of all limits, nil if there is none.
    func quota(read: (String) -> String?) -> Double? {
        hierarchies.flatMap { hierarchy in
            hierarchy.folders.compactMap { folder in
                switch hierarchy.version {
                case .two: Self.quota(read(folder + "/cpu.max") ?? "")
                case .one:
                    Self.quota(
                        (read(folder + "/cpu.cfs_quota_us") ?? "") + " " + (read(folder + "/cpu.cfs_period_us") ?? ""))
                }
            }
        }.min()
    }

    /// `200000 100000`: the time in each period, in microseconds. `max` and -1: no limit.
    private static func quota(_ text: String) -> Double? {
        let numbers = text.split { $0 == " " || $0 == "\n" }.map { Double($0) }
        guard numbers.count == 2, let time = numbers[0], let period = numbers[1], time > 0, period > 0 else {
            return nil
        }
        return time / period
    }

    /// A line of `/proc/self/cgroup`: `0::/user.slice` (version 2) or `4:cpu,cpuacct:/docker/1f`.
    private static func path(_ line: Substring) -> (version: Version, path: String)? {
        let parts = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3 else { return nil }
        if parts[0] == "0", parts[1].isEmpty { return (.two, String(parts[2])) }
        guard parts[1].split(separator: ",").contains("cpu") else { return nil }
        return (.one, String(parts[2]))
    }

    private static func folders(_ path: String, seenFrom mount: Mount) -> [String] {
        var names = path.split(separator: "/")
        let root = mount.root.split(separator: "/")
        // A group outside what is mounted, as seen from another namespace: only the mount itself is known to be above it.
        if names.starts(with: root) { names.removeFirst(root.count) } else { names = [] }
        return (0...names.count).reversed().map { count in
            ([Substring(mount.point)] + names.prefix(count)).joined(separator: "/")
        }
    }
}

/// A line of `/proc/self/mountinfo` that mounts control groups with the controller of processor time.
private struct Mount {
    let version: ControlGroups.Version
    /// The folder of the hierarchy that is mounted.
    let root: String
    let point: String

    init?(_ line: Substring) {
        let fields = line.split(separator: " ")
        guard let separator = fields.firstIndex(of: "-"), separator >= 6, fields.count > separator + 1 else {
            return nil
        }
        switch fields[separator + 1] {
        case "cgroup2": version = .two
        case "cgroup" where fields.last?.split(separator: ",").contains("cpu") == true: version = .one
        default: return nil
        }
        root = String(fields[3])
        point = String(fields[4])
    }
}
