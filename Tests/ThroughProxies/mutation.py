"""Requests with something wrong in them."""

import random

from cases import FOLLOWER, HOSTILE, ORDINARY

BYTES = [bytes([byte]) for byte in b"\r\n\t :;,.0123456789afxGETPOST\0\x0b\x0c\x1f\x7f\x80\xa0\xff\"%/?#-+_"]
PIECES = [
    b"\r\n", b"\n", b"\r", b"\r\n ", b"\r\n\t", b"\n ", b"\r\n\r\n", b"\n\n", b"\r\n: y\r\n", b"\r\n:\r\n", b"\r\n\0\r\n",
    b"\r\nContent-Length: 0\r\n", b"\r\nContent-Length: 33\r\n", b"\r\nContent-Length: 5\r\n", b"\r\nContent-Length : 33\r\n",
    b"\r\nContent-Length:\t33 \r\n", b"\r\nContent-Length: 0x21\r\n", b"\r\nContent-Length: 33,33\r\n",
    b"\r\nContent_Length: 33\r\n", b"\r\nTransfer-Encoding: chunked\r\n", b"\r\nTransfer-Encoding:\r\n chunked\r\n",
    b"\r\nTransfer-Encoding: identity\r\n", b"\r\nTransfer-Encoding:\x0bchunked\r\n", b"\r\nTransfer-Encoding: chunked, gzip\r\n",
    b"\r\nTransfer-Encoding\x00: chunked\r\n", b"\r\nTransfer_Encoding: chunked\r\n", b"\r\ntransfer-encoding: CHUNKED\r\n",
    b"\r\nConnection: keep-alive\r\n", b"\r\nConnection: close\r\n", b"\r\nConnection: Content-Length\r\n",
    b"\r\nExpect: 100-continue\r\n", b"\r\nUpgrade: h2c\r\n", b"0\r\n\r\n", b"0\n\n", b"0;\n\r\n", b"21\r\n", b"1\r\nZ\r\n", b"00000000000\r\n",
    b" HTTP/1.0", b" HTTP/1.1", b"HTTP/1.9", b"HTTP/2.0", FOLLOWER,
]
GOOD = [request for request, _ in ORDINARY.values() if len(request) < 1000]
BAD = list(HOSTILE.values())


def mutate(source: random.Random) -> bytes:
    """One or two requests of the corpus, most of them good, changed in a few places, with a good one behind."""
    text = bytearray(source.choice(GOOD if source.random() < 0.8 else BAD))
    if source.random() < 0.3:
        text += source.choice(GOOD)
    for _ in range(source.choice([1, 1, 1, 2, 3])):
        place = source.randrange(len(text) + 1)
        match source.randrange(6):
            case 0:
                text[place:place] = source.choice(BYTES)
            case 1:
                text[place : place + 1] = source.choice(BYTES)
            case 2:
                del text[place : place + source.choice([1, 1, 2, 5])]
            case 3:
                lines = text.split(b"\r\n")
                line = source.randrange(len(lines))
                lines.insert(source.randrange(len(lines)), lines[line])
                text = bytearray(b"\r\n".join(lines))
            case _:
                # Most of it happens at the end of a line.
                ends = [end for end in range(len(text)) if text[end : end + 2] == b"\r\n"]
                if ends and source.random() < 0.7:
                    place = source.choice(ends)
                text[place : place + source.choice([0, 0, 2])] = source.choice(PIECES)
    return bytes(text) + FOLLOWER
