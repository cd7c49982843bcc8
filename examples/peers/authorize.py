"""Drives the authorization endpoint of a peer to one authorization code.

tokenspec starts this program for every code that it needs, thousands of times, so it imports next to
nothing: argparse, http.client or urllib would each take longer than the whole exchange does, and so
does `socket`, whose core is `_socket`.
"""

import sys

try:
    from _socket import socket
except ImportError:  # an interpreter that has it elsewhere
    from socket import socket

HOST = "127.0.0.1"
SECONDS = 20
OPTIONS = {
    "--client": "client_id",
    "--redirect-uri": "redirect_uri",
    "--scope": "scope",
    "--state": "state",
    "--code-challenge": "code_challenge",
    "--code-challenge-method": "code_challenge_method",
    "--resource": "resource",
}
USAGE = "usage: code --client ID" + "".join(f" [{o} VALUE]" for o in list(OPTIONS)[1:])
UNRESERVED = frozenset(
    b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"
)


def main(folder, drive, error_in):
    """Prints a code and exits with 0; or prints {"error": ...} and exits with 3, if the server refused.

    `drive(browser, query)` leads to the answer that leaves the server. `error_in(body)` finds the error
    code in a page that the server shows instead of redirecting, or returns None. Whatever else happens
    is a message on stderr and an exit code of 1.
    """
    parameters = parse(sys.argv[1:])
    with open(folder + "/run/port", encoding="ascii") as file:
        browser = Browser(int(file.read()))
    answer = drive(browser, encode([("response_type", "code"), *parameters]))
    asked = dict(parameters)
    if answer.location is None:
        error = error_in(answer.body) if 400 <= answer.status < 500 else None
        if error is None:
            fail(f"answered {answer.status}, without a redirect: {answer.body[:300]!r}")
        refuse({"error": error})
    if browser.is_here(answer.location):
        fail(f"the authorization stops at {answer.location}")
    if not answer.location.startswith(asked.get("redirect_uri", "")):
        fail(f"redirected to {answer.location}, not to the redirect URI")
    returned = decode(answer.location.partition("?")[2].partition("#")[0])
    if "state" in asked and returned.get("state") != asked["state"]:
        fail(f"state came back as {returned.get('state')!r}")
    if "error" in returned:
        refuse({k: v for k, v in returned.items() if k.startswith("error")})
    if not returned.get("code"):
        fail(f"the redirect has neither code nor error: {answer.location}")
    print(returned["code"])


def parse(arguments):
    """The parameters of the authorization request that the options name, in their order."""
    parameters = []
    words = iter(arguments)
    for option in words:
        name, value = OPTIONS.get(option), next(words, None)
        if name is None or value is None:
            print(USAGE, file=sys.stderr)
            sys.exit(2)
        parameters.append((name, value))
    if "client_id" not in dict(parameters):
        print(USAGE, file=sys.stderr)
        sys.exit(2)
    return parameters


def refuse(answer):
    import json  # only where it is needed: it takes as long as two requests

    print(json.dumps(answer))
    sys.exit(3)


def fail(message):
    print(message, file=sys.stderr)
    sys.exit(1)


def encode(pairs):
    """application/x-www-form-urlencoded."""
    return "&".join(f"{quote(name)}={quote(value)}" for name, value in pairs)


def quote(text):
    octets = text.encode("utf-8", "surrogateescape")  # an argument may be any bytes
    return "".join(chr(o) if o in UNRESERVED else f"%{o:02X}" for o in octets)


def decode(query):
    """The first value of each name."""
    values = {}
    for pair in filter(None, query.split("&")):
        name, _, value = pair.partition("=")
        values.setdefault(unquote(name), unquote(value))
    return values


def unquote(text):
    first, *rest = text.replace("+", " ").encode().split(b"%")
    return (first + b"".join(bytes.fromhex(r[:2].decode()) + r[2:] for r in rest)).decode()


class Answer:
    """Status, the Location header or None, and the body."""

    def __init__(self, status, location, body):
        self.status, self.location, self.body = status, location, body


class Browser:
    """One connection to the peer, and its cookies."""

    def __init__(self, port):
        self.address = (HOST, port)
        self.cookies = {}
        self.connection = None

    def is_here(self, location):
        """Whether a Location is on the server itself."""
        return location.startswith("/") or self.path_of(location) is not None

    def path_of(self, location):
        origin = f"http://{HOST}:{self.address[1]}/"
        if location.startswith(origin):
            return location[len(origin) - 1 :]
        return location if location.startswith("/") else None

    def get(self, location):
        return self.exchange("GET", location, b"")

    def post(self, location, form):
        return self.exchange("POST", location, encode(form.items()).encode())

    def exchange(self, method, location, body):
        path = self.path_of(location)
        if path is None:
            fail(f"redirected away from the server: {location}")
        head = [f"{method} {path} HTTP/1.1", f"Host: {HOST}:{self.address[1]}", "Accept: text/html"]
        cookies = [f"{n}={v}" for (n, under), v in self.cookies.items() if path.startswith(under)]
        if cookies:
            head.append("Cookie: " + "; ".join(cookies))
        if method == "POST":
            head.append("Content-Type: application/x-www-form-urlencoded")
            head.append(f"Content-Length: {len(body)}")
        request = "\r\n".join([*head, "", ""]).encode() + body
        try:
            return self.receive(request)
        except OSError as error:
            fail(f"{HOST}:{self.address[1]}: {error}")

    def receive(self, request):
        if self.connection is None:
            self.connection = socket()  # IPv4, a stream
            self.connection.settimeout(SECONDS)
            self.connection.connect(self.address)
        self.connection.sendall(request)
        head, body = self.read_until_blank_line()
        status_line, *lines = head.decode("latin-1").split("\r\n")
        status, length, location, closes = int(status_line.split(" ")[1]), 0, None, False
        for line in lines:
            name, _, value = line.partition(":")
            name, value = name.lower(), value.strip()
            if name == "location":
                location = value
            elif name == "content-length":
                length = int(value)
            elif name == "connection":
                closes = value.lower() == "close"
            elif name == "transfer-encoding":
                fail("answered in chunks, which this small client does not read")
            elif name == "set-cookie":
                self.keep(value)
        while len(body) < length:
            body += self.more()
        if closes:
            self.connection = None
        return Answer(status, location, body.decode("utf-8", "replace"))

    def read_until_blank_line(self):
        received = b""
        while b"\r\n\r\n" not in received:
            received += self.more()
        head, _, rest = received.partition(b"\r\n\r\n")
        return head, rest

    def more(self):
        octets = self.connection.recv(65536)
        if not octets:
            fail("the server closed the connection")
        return octets

    def keep(self, cookie):
        pair, *attributes = cookie.split(";")
        name, _, value = pair.strip().partition("=")
        path = "/"
        for attribute in attributes:
            key, _, setting = attribute.strip().partition("=")
            if key.lower() == "path":
                path = setting
        if value:
            self.cookies[name, path] = value
        else:  # taken back
            self.cookies.pop((name, path), None)
