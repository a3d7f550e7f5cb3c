import Testing

@testable import underpaint

@Suite("Share of the machine's cores")
struct ProcessorShareTests {
    private static let two = "31 23 0:27 / /sys/fs/cgroup rw,nosuid - cgroup2 cgroup2 rw\n"
    private static let one =
        "32 26 0:28 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct\n"
        + "33 26 0:29 / /sys/fs/cgroup/cpuset rw - cgroup cgroup rw,cpuset\n"

    /// - Parameter files: by path; those of `/proc/self` by their name.
    private func count(machine: Int = 8, _ files: [String: String]) -> Int {
        ProcessorShare.count(machine: machine) { path in
            files[path.hasPrefix("/proc/self/") ? String(path.dropFirst("/proc/self/".count)) : path]
        }
    }

    @Test func `without control groups it is what the process may run on, at least one core`() {
        #expect(count([:]) == 8)
        #expect(count(machine: 0, [:]) == 1)
    }

    @Test(arguments: [("0-3", 4), ("5", 1), ("0-1,4,6-7", 5), ("0-63", 8), ("", 8)])
    func `only the cores that the process may run on count`(list: String, expected: Int) {
        #expect(count(["status": "Name:\tunderpaint\nCpus_allowed:\tff\nCpus_allowed_list:\t\(list)\n"]) == expected)
    }

    @Test func `the lesser of affinity and quota counts`() {
        var files = [
            "status": "Cpus_allowed_list:\t0-1\n", "mountinfo": Self.two, "cgroup": "0::/\n",
            "/sys/fs/cgroup/cpu.max": "400000 100000\n",
        ]
        #expect(count(files) == 2)
        files["/sys/fs/cgroup/cpu.max"] = "100000 100000\n"
        #expect(count(files) == 1)
    }

    @Test(arguments: [
        ("200000 100000\n", 2), ("150000 100000\n", 2), ("50000 100000\n", 1), ("max 100000\n", 8),
        ("6400000 100000\n", 8), ("", 8), ("nonsense\n", 8), ("200000\n", 8), ("0 100000\n", 8),
    ])
    func `a quota of version 2 counts, a part of a core as one`(text: String, expected: Int) {
        #expect(
            count(["mountinfo": Self.two, "cgroup": "0::/\n", "/sys/fs/cgroup/cpu.max": text]) == expected)
    }

    @Test func `the groups above limit too`() {
        var files = [
            "mountinfo": Self.two, "cgroup": "0::/system.slice/underpaint.service\n",
            "/sys/fs/cgroup/system.slice/underpaint.service/cpu.max": "max 100000\n",
            "/sys/fs/cgroup/system.slice/cpu.max": "300000 100000\n",
        ]
        #expect(count(files) == 3)
        files["/sys/fs/cgroup/system.slice/underpaint.service/cpu.max"] = "100000 100000\n"
        #expect(count(files) == 1)
    }

    @Test func `a container sees its part of the hierarchy`() {
        let mounts = "31 23 0:27 /docker/1f /sys/fs/cgroup ro - cgroup2 cgroup2 rw\n"
        #expect(
            count([
                "mountinfo": mounts, "cgroup": "0::/docker/1f\n", "/sys/fs/cgroup/cpu.max": "200000 100000\n",
            ]) == 2)
        #expect(
            count([
                "mountinfo": mounts, "cgroup": "0::/../2e\n", "/sys/fs/cgroup/cpu.max": "400000 100000\n",
            ]) == 4, "a group of another namespace")
    }

    @Test(arguments: [("250000\n", 3), ("-1\n", 8)])
    func `a quota of version 1 counts`(quota: String, expected: Int) {
        #expect(
            count([
                "mountinfo": Self.one, "cgroup": "5:cpuset:/other\n4:cpu,cpuacct:/pod/a\n1:name=systemd:/x\n",
                "/sys/fs/cgroup/cpu,cpuacct/pod/a/cpu.cfs_quota_us": quota,
                "/sys/fs/cgroup/cpu,cpuacct/pod/a/cpu.cfs_period_us": "100000\n",
                "/sys/fs/cgroup/cpuset/other/cpu.cfs_quota_us": "100000\n",
                "/sys/fs/cgroup/cpuset/other/cpu.cfs_period_us": "100000\n",
            ]) == expected)
    }

    @Test func `where both versions are mounted, the one with a limit counts`() {
        #expect(
            count([
                "mountinfo": "40 26 0:30 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n" + Self.one,
                "cgroup": "4:cpu,cpuacct:/\n0::/\n",
                "/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us": "100000\n",
                "/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us": "50000\n",
            ]) == 2)
    }

    @Test func `this process has at least one core`() {
        #expect(ProcessorShare.current >= 1)
    }
}
