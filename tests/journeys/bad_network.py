"""A network between phone and server that does to a request whatever networks do."""

from __future__ import annotations

import http.client
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

PORTAL = b"<!doctype html><title>Hotel</title><form>Sign in to our network</form>"
HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding", "content-length"}

Weather = Callable[[str, str], str]
"""What happens to a request, by its method and path: the name of one of Handler's ways."""


class Handler(BaseHTTPRequestHandler):
    """Passes a request on, or does something worse."""

    protocol_version = "HTTP/1.1"
    target: str
    weather: Weather

    def do_any(self) -> None:
        way = self.weather(self.command, self.path)
        length = int(self.headers.get("Content-Length") or 0)
        if way == "cut":
            # Half of it comes through, then the line is dead.
            self.pass_on(self.rfile.read(length // 2), promised=length)
            self.hang_up()
            return
        body = self.rfile.read(length)
        if way == "portal":
            self.answer(200, [("Content-Type", "text/html")], PORTAL)
        elif way == "bad gateway":
            self.answer(502, [("Content-Type", "text/html")], b"<h1>Bad gateway</h1>")
        elif way == "no answer":
            self.pass_on(body)
            self.hang_up()
        else:
            if way == "twice":
                self.pass_on(body)
            if way == "slow":
                time.sleep(1)
            self.answer(*self.pass_on(body))

    do_GET = do_POST = do_PUT = do_HEAD = do_any  # noqa: N815

    def pass_on(
        self, body: bytes, promised: int | None = None
    ) -> tuple[int, list[tuple[str, str]], bytes]:
        server = http.client.HTTPConnection(self.target, timeout=60)
        try:
            server.putrequest(self.command, self.path, skip_host=True, skip_accept_encoding=True)
            for name, value in self.headers.items():
                if name.lower() not in HOP_BY_HOP:
                    server.putheader(name, value)
            if body or self.command != "GET":
                server.putheader("Content-Length", str(promised or len(body)))
            server.endheaders(body)
            if promised:
                return 0, [], b""
            answer = server.getresponse()
            return answer.status, answer.getheaders(), answer.read()
        finally:
            server.close()

    def answer(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
        self.send_response_only(status)
        for name, value in headers:
            if name.lower() not in HOP_BY_HOP:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def hang_up(self) -> None:
        self.close_connection = True
        self.connection.close()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def bad_network(server: str, weather: Weather) -> Iterator[str]:
    """The address of a network in front of a server, for as long as the context lasts."""
    handler = type(
        "ThisHandler",
        (Handler,),
        {"target": urlsplit(server).netloc, "weather": staticmethod(weather)},
    )
    network = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    network.daemon_threads = True
    thread = threading.Thread(target=network.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{network.server_port}"
    finally:
        network.shutdown()
        thread.join()
        network.server_close()
