"""An HTTP server for tests that stands in for somebody else's, and says so.

It can go away and come back with all that it held. What it answers is left to whoever
uses it.
"""

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

SAYS_SO = "a stand-in for tests"
Answers = Callable[[str, str, Mapping[str, str], bytes], tuple[int, object]]
"""Returns status and JSON for a method, a path, header fields and a body."""


class StandInServer:
    """A server on a port of its own.

    Args:
        answers: What it answers.
    """

    def __init__(self, answers: Answers) -> None:
        self._answers = answers
        self._port = 0
        self._server: ThreadingHTTPServer | None = None
        self._thread = threading.Thread()
        self.come_back()

    @property
    def url(self) -> str:
        """Where it is, with a slash at the end."""
        return f"http://127.0.0.1:{self._port}/"

    def come_back(self) -> None:
        """Listens, on the same port as before."""
        answers = self._answers

        class Handler(BaseHTTPRequestHandler):
            def _serve(self) -> None:
                size = int(self.headers.get("Content-Length", "0"))
                status, told = answers(
                    self.command, self.path, dict(self.headers), self.rfile.read(size)
                )
                sent = json.dumps(told).encode()
                self.send_response(status)
                self.send_header("X-Stand-In", SAYS_SO)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(sent)))
                self.end_headers()
                if self.command != "HEAD":
                    self.wfile.write(sent)

            do_GET = do_POST = do_HEAD = _serve  # noqa: N815 - names of the library

            def log_message(self, *_: object) -> None:
                """Says nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", self._port), Handler)
        self._port = self._server.server_port
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.02,), daemon=True
        )
        self._thread.start()

    def go_away(self) -> None:
        """Listens no longer."""
        if self._server is not None:
            self._server.shutdown()
            self._thread.join()
            self._server.server_close()
            self._server = None


@contextmanager
def stand_in(answers: Answers) -> Iterator[StandInServer]:
    """Yields a server as long as the block lasts."""
    server = StandInServer(answers)
    try:
        yield server
    finally:
        server.go_away()
