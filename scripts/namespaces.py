"""Network namespaces of our own, joined by a bridge in one more of them: nothing of the machine's own network is touched."""

import contextlib
import os
import subprocess
from collections.abc import Iterator

# Addresses that exist only inside the namespaces.
NETWORK = "10.231.77"
INTERFACE = "net"


def ip(*arguments: str) -> None:
    answer = subprocess.run(["ip", *arguments], capture_output=True, text=True)
    if answer.returncode:
        raise RuntimeError(f"ip {' '.join(arguments)}: {answer.stderr.strip()}")


class Namespaces:
    def __init__(self, prefix: str) -> None:
        self.prefix = prefix
        self.addresses: dict[str, str] = {}

    def full(self, name: str) -> str:
        return f"{self.prefix}-{name}"

    def add(self, name: str) -> None:
        """A machine with an address, at the bridge."""
        number = len(self.addresses) + 1
        self.addresses[name] = f"{NETWORK}.{number}"
        ip("netns", "add", self.full(name))
        ip("-n", self.full(name), "link", "set", "lo", "up")
        ip("-n", self.full("hub"), "link", "add", f"to-{number}", "type", "veth", "peer", "name", INTERFACE,
           "netns", self.full(name))  # fmt: skip
        ip("-n", self.full("hub"), "link", "set", f"to-{number}", "master", "bridge", "up")
        self.give(name, self.addresses[name])
        ip("-n", self.full(name), "link", "set", INTERFACE, "up")

    def give(self, name: str, address: str) -> None:
        """One more address."""
        ip("-n", self.full(name), "address", "add", f"{address}/24", "dev", INTERFACE)

    def take(self, name: str, address: str) -> None:
        ip("-n", self.full(name), "address", "del", f"{address}/24", "dev", INTERFACE)

    def link(self, name: str, state: str) -> None:
        """Cuts or joins the machine: `down` or `up`."""
        number = self.addresses[name].rsplit(".", 1)[1]
        ip("-n", self.full("hub"), "link", "set", f"to-{number}", state)

    def inside(self, name: str, *command: str) -> list[str]:
        return ["ip", "netns", "exec", self.full(name), *command]


@contextlib.contextmanager
def namespaces(*names: str) -> Iterator[Namespaces]:
    """- Raises: RuntimeError where this process may not make any."""
    made = Namespaces(f"underpaint-{os.getpid()}")
    try:
        ip("netns", "add", made.full("hub"))
        ip("-n", made.full("hub"), "link", "add", "bridge", "type", "bridge")
        ip("-n", made.full("hub"), "link", "set", "bridge", "up")
        for name in names:
            made.add(name)
        yield made
    finally:
        for name in [*made.addresses, "hub"]:
            subprocess.run(["ip", "netns", "del", made.full(name)], capture_output=True)
