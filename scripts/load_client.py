"""What the scripts that load a service share: exchanges over asyncio, a steady stream of requests, and its figures."""

import asyncio
import dataclasses
import gc
import json
import pathlib
import re
import resource
import sys

HOST = "127.0.0.1"
# A collection among the objects of ten thousand connections takes a third of a second, which would be taken for the service's.
gc.disable()
# Nothing that is asked for here is larger.
LARGEST_LINE = 1 << 22


@dataclasses.dataclass
class Reply:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> dict:
        return json.loads(self.body)


class Client:
    """One connection, kept from exchange to exchange, and made anew where the other side ended it."""

    def __init__(self, port: int, address: str = HOST) -> None:
        self.port, self.address = port, address
        self.reader: asyncio.StreamReader | None = None
        self.writer: asyncio.StreamWriter | None = None

    async def open(self) -> None:
        self.reader, self.writer = await asyncio.open_connection(
            HOST, self.port, limit=LARGEST_LINE, local_addr=(self.address, 0)
        )

    def close(self) -> None:
        if self.writer:
            self.writer.close()
        self.reader = self.writer = None

    async def send(self, method: str, path: str, body: object = None, headers: dict[str, str] | None = None) -> None:
        if not self.writer:
            await self.open()
        content = b"" if body is None else json.dumps(body).encode()
        lines = [f"{method} {path} HTTP/1.1", "Host: localhost"]
        if body is not None:
            lines += ["Content-Type: application/json", f"Content-Length: {len(content)}"]
        lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
        self.writer.write("\r\n".join(lines).encode() + b"\r\n\r\n" + content)
        await self.writer.drain()

    async def head(self) -> Reply:
        """Status and headers; the body is still to be read."""
        status_line = await self.reader.readline()
        if not status_line:
            raise ConnectionResetError("no reply")
        headers = {}
        while line := (await self.reader.readline()).strip():
            name, value = line.decode("latin-1").split(":", 1)
            headers[name.lower()] = value.strip()
        return Reply(int(status_line.split()[1]), headers, b"")

    async def reply(self) -> Reply:
        reply = await self.head()
        if reply.headers.get("transfer-encoding") == "chunked":
            while size := int(await self.reader.readline(), 16):
                reply.body += (await self.reader.readexactly(size + 2))[:-2]
            await self.reader.readline()
        else:
            reply.body = await self.reader.readexactly(int(reply.headers.get("content-length", 0)))
        if reply.headers.get("connection", "").lower() == "close":
            self.close()
        return reply

    async def ask(
        self, method: str, path: str, body: object = None, headers: dict[str, str] | None = None
    ) -> Reply:
        """One exchange. A service may end a connection that nothing is asked on; then it takes a new one, once."""
        is_kept = self.writer is not None
        try:
            await self.send(method, path, body, headers)
            return await self.reply()
        except ConnectionError:
            self.close()
            if not is_kept:
                raise
        await self.send(method, path, body, headers)
        return await self.reply()


class Steady:
    """Requests at moments that are fixed beforehand, each on a connection that no other one is using.

    A latency counts from the moment at which the request was due, so a service that hangs is not asked less often.
    """

    def __init__(self, port: int, paths: list[str], per_second: float, address: str = HOST) -> None:
        self.port, self.paths, self.per_second, self.address = port, paths, per_second, address
        self.latencies_ms: list[float] = []
        self.failures: list[str] = []
        self.idle: list[Client] = []

    async def one(self, path: str, due: float) -> None:
        loop = asyncio.get_running_loop()
        client = self.idle.pop() if self.idle else Client(self.port, self.address)
        try:
            reply = await asyncio.wait_for(client.ask("GET", path), 20)
            self.latencies_ms.append((loop.time() - due) * 1000)
            if reply.status != 200:
                self.failures.append(f"{path}: {reply.status}")
            self.idle.append(client)
        except (OSError, asyncio.IncompleteReadError, asyncio.TimeoutError, ValueError) as error:
            self.failures.append(f"{path}: {error!r}")
            client.close()

    async def run(self, over: asyncio.Event) -> None:
        loop = asyncio.get_running_loop()
        start, tasks = loop.time(), []
        while not over.is_set():
            due = start + len(tasks) / self.per_second
            await asyncio.sleep(max(0, due - loop.time()))
            tasks.append(asyncio.create_task(self.one(self.paths[len(tasks) % len(self.paths)], due)))
        await asyncio.gather(*tasks)
        for client in self.idle:
            client.close()

    @property
    def p99(self) -> float:
        return percentile(self.latencies_ms, 0.99)

    def __str__(self) -> str:
        return (
            f"{len(self.latencies_ms)} replies at {self.per_second:g}/s: median {percentile(self.latencies_ms, 0.5):.1f} ms, "
            f"p99 {self.p99:.1f} ms, longest {max(self.latencies_ms):.1f} ms, {len(self.failures)} failed"
        )


def percentile(values: list[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def memory_mib(pid: int) -> float:
    """Resident memory of a process."""
    return int(re.search(r"VmRSS:\s+(\d+)", pathlib.Path(f"/proc/{pid}/status").read_text())[1]) / 1024


def need_open_files(count: int) -> None:
    """For this process and the service that it starts."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < count:
        sys.exit(f"{count} open files are needed, and the limit is {hard}")
    resource.setrlimit(resource.RLIMIT_NOFILE, (count, hard))
