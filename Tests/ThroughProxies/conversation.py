"""One connection: some bytes there, all answers back."""

import asyncio
import contextlib
import dataclasses
import re

# What the service, nginx and HAProxy refuse before a request is one.
REFUSALS = {400, 408, 411, 413, 414, 431, 494, 500, 501, 502, 503, 505}

CONTENT_LENGTH = re.compile(rb"\r\ncontent-length: (\d+)\r\n")
STATUS_LINE = re.compile(rb"HTTP/1\.[01] (\d{3})[^\r\n]*\r\n")


@dataclasses.dataclass
class Answers:
    """What came back."""

    statuses: list[int]
    """Of every answer but interim ones."""
    closes: list[bool]
    """Whether each answer says that the connection ends."""
    text: bytes
    is_ended: bool
    """Whether the other side ended the connection in time."""

    @property
    def read_count(self) -> int:
        """Requests that were read as such: answers before the first refusal that ends the connection."""
        count = 0
        for status, closes in zip(self.statuses, self.closes):
            if status in REFUSALS and closes:
                break
            count += 1
        return count

    @property
    def served_count(self) -> int:
        """Answers that are no refusals."""
        return sum(status not in REFUSALS for status in self.statuses)

    @property
    def says_last(self) -> bool:
        return bool(self.closes) and self.closes[-1]


def parse(text: bytes, is_ended: bool) -> Answers:
    statuses, closes = [], []
    position = 0
    while match := STATUS_LINE.search(text, position):
        end = text.find(b"\r\n\r\n", match.start())
        position = end + 4 if end >= 0 else len(text)
        head = text[match.start() : position].lower()
        length = CONTENT_LENGTH.search(head)
        position += int(length[1]) if length else 0
        if int(match[1]) >= 200:
            statuses.append(int(match[1]))
            closes.append(b"\r\nconnection: close" in head or head.startswith(b"http/1.0"))
    return Answers(statuses, closes, text, is_ended)


async def converse(port: int, request: bytes, *, end: bool = True, limit: float = 10) -> Answers:
    """Sends the bytes and reads until the other side ends the connection.

    end: whether to end the sending half after the bytes; if not, what is missing from a request is waited for.
    limit: seconds to wait for the end.
    """
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    received = bytearray()
    is_ended = False
    try:
        async with asyncio.timeout(limit):
            with contextlib.suppress(ConnectionError):
                writer.write(request)
                if end:
                    writer.write_eof()
                while data := await reader.read(65536):
                    received += data
            is_ended = True
    except TimeoutError:
        pass
    except OSError:
        is_ended = True
    finally:
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()
    return parse(bytes(received), is_ended)
