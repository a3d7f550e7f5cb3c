"""Reads requests as RFC 9112 writes them, with no forgiveness: the third opinion between the service and nginx."""

import re

REQUEST_LINE = re.compile(rb"([!#$%&'*+\-.^_`|~0-9A-Za-z]+) ([^\x00-\x20\x7f]+) HTTP/(1)\.(\d)\Z")
FIELD = re.compile(rb"([!#$%&'*+\-.^_`|~0-9A-Za-z]+):[ \t]*([\t\x20-\x7e\x80-\xff]*?)[ \t]*\Z")
CHUNK_SIZE = re.compile(rb"([0-9A-Fa-f]{1,15})(?:[ \t]*;[\t\x20-\x7e\x80-\xff]*)?\Z")


class Malformed(Exception):
    """Not a request, or not all of one."""


def line(text: bytes, position: int) -> tuple[bytes, int]:
    end = text.find(b"\r\n", position)
    if end < 0:
        raise Malformed
    return text[position:end], end + 2


def fields(text: bytes, position: int) -> tuple[list[tuple[bytes, bytes]], int]:
    found = []
    while True:
        one, position = line(text, position)
        if not one:
            return found, position
        match = FIELD.match(one)
        if not match:
            raise Malformed
        found.append((match[1].lower(), match[2]))


def skip_chunks(text: bytes, position: int) -> int:
    while True:
        head, position = line(text, position)
        match = CHUNK_SIZE.match(head)
        if not match:
            raise Malformed
        size = int(match[1], 16)
        if size == 0:
            return fields(text, position)[1]
        position += size
        end, after = line(text, position)
        if end:
            raise Malformed
        position = after


def request_count(text: bytes) -> int:
    """Whole requests until the first that is none, or until one that ends its connection."""
    count = 0
    position = 0
    try:
        while True:
            while text.startswith(b"\r\n", position):
                position += 2
            head, position = line(text, position)
            match = REQUEST_LINE.match(head)
            if not match:
                return count
            found, position = fields(text, position)
            lengths = [value for name, value in found if name == b"content-length"]
            codings = [value.lower() for name, value in found if name == b"transfer-encoding"]
            if codings:
                if codings != [b"chunked"] or lengths or match[4] == b"0":
                    return count
                position = skip_chunks(text, position)
            elif lengths:
                if len(lengths) > 1 or not re.fullmatch(rb"\d{1,15}", lengths[0]):
                    return count
                position += int(lengths[0])
                if position > len(text):
                    return count
            count += 1
            connection = b",".join(value.lower() for name, value in found if name == b"connection")
            options = [option.strip() for option in connection.split(b",")]
            if b"close" in options or (match[4] == b"0" and b"keep-alive" not in options):
                return count
    except Malformed:
        return count
