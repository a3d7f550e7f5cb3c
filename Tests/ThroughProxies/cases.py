"""Requests that two readers could take for different ones, and ordinary ones."""

FOLLOWER = b"GET /readyz HTTP/1.1\r\nHost: x\r\n\r\n"

GET = b"GET /healthz HTTP/1.1\r\nHost: x\r\n"
POST = b"POST /healthz HTTP/1.1\r\nHost: x\r\n"

HOSTILE = {
    "fold renames a length": POST + b"Content-Len: 33\r\n gth\r\n\r\n",
    "fold renames a length of a GET": GET + b"Content-Len: 33\r\n gth\r\n\r\n",
    "fold renames a short length": GET + b"Content-Len: 5\r\n gth\r\n\r\n",
    "fold hides a coding": POST + b"Content-Length: 38\r\nTransfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n",
    "fold hides a coding before a length": POST + b"Transfer-Encoding:\r\n chunked\r\nContent-Length: 38\r\n\r\n0\r\n\r\n",
    "fold with a tab": GET + b"X: a\r\n\tb\r\n\r\n",
    "fold of the first field": b"GET /healthz HTTP/1.1\r\n Host: x\r\nHost: x\r\n\r\n",
    "no name": GET + b": y\r\n",
    "no name and no value": GET + b":\r\n",
    "no name and a bare LF": GET + b": y\n",
    "NUL name": GET + b"\0: y\r\n",
    "NUL line": GET + b"\0\r\n",
    "NUL in the target": b"GET /healthz\0/../v1/models HTTP/1.1\r\nHost: x\r\n\r\n",
    "NUL after the target": b"GET /healthz\0 HTTP/1.1\r\nHost: x\r\n\r\n",
    "NUL in the method": b"G\0ET /healthz HTTP/1.1\r\nHost: x\r\n\r\n",
    "NUL in a length": POST + b"Content-Length: 3\x0033\r\n\r\nabc",
    "NUL in a value": GET + b"X: a\0b\r\n\r\n",
    "NUL in a name": GET + b"X\0Y: a\r\n\r\n",
    "coding and length": POST + b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "coding that is none": POST + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
    "coding twice": POST + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n",
    "coding after a space": POST + b"Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
    "coding in HTTP/1.0": b"POST /healthz HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "two lengths": POST + b"Content-Length: 0\r\nContent-Length: 33\r\n\r\n",
    "length with a sign": POST + b"Content-Length: +33\r\n\r\n",
    "trailer without a name": POST + b"Transfer-Encoding: chunked\r\n\r\n0\r\n: y\r\n",
    "trailer of NUL": POST + b"Transfer-Encoding: chunked\r\n\r\n0\r\n\0\r\n",
    "folded trailer": POST + b"Transfer-Encoding: chunked\r\n\r\n0\r\nX: a\r\n b\r\n\r\n",
    "chunk size with a sign": POST + b"Transfer-Encoding: chunked\r\n\r\n+0\r\n\r\n",
    "chunk size over 64 bits": POST + b"Transfer-Encoding: chunked\r\n\r\n10000000000000000\r\n\r\n",
    "chunk size and a bare LF": POST + b"Transfer-Encoding: chunked\r\n\r\n0\n\n",
    "bare LF": b"GET /healthz HTTP/1.1\nHost: x\n\n",
    "bare CR": GET + b"X: a\rContent-Length: 33\r\n\r\n",
}

# With the number of requests in each.
ORDINARY = {
    "GET": (GET + b"\r\n", 1),
    "GET with a query": (b"GET /healthz?x=%20+a HTTP/1.1\r\nHost: x\r\nAccept: */*\r\nX-Empty:\r\n\r\n", 1),
    "POST without a length": (b"POST /v1/generations/gen_0/cancel HTTP/1.1\r\nHost: x\r\n\r\n", 1),
    "POST with a body": (POST + b"Content-Length: 3\r\n\r\nabc", 1),
    "POST with a body that is a request": (POST + b"Content-Length: %d\r\n\r\n%s" % (len(FOLLOWER), FOLLOWER), 1),
    "POST in chunks": (POST + b"Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n4;e=1\r\ndefg\r\n0\r\n\r\n", 1),
    "pipelined": (FOLLOWER * 5, 5),
    "long field": (GET + b"X: " + b"x" * 3000 + b"\r\n\r\n", 1),
}
