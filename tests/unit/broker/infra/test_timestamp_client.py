"""Asking an authority over HTTP: what is taken, and what an attacker may try."""

import asyncio
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Event, Thread

import pytest

from broker.core.errors import ConfigurationError
from broker.infra.timestamp_client import QUERY, REPLY, TimestampClient
from keys.errors import TimestampError
from keys.timestamps import MAX_TOKEN, timestamp_request, verify_timestamp
from tests.time_authority import TimeAuthority, make_authority, served

pytestmark = pytest.mark.timeout(20)


class Odd(BaseHTTPRequestHandler):
    """Answers in a way of its own for each path."""

    let_go = Event()

    def do_POST(self) -> None:
        """Answers one request."""
        self.rfile.read(int(self.headers["Content-Length"]))
        what = self.path.partition("?")[0]
        if what == "/moved":
            self._say(302, REPLY, b"", ("Location", "http://127.0.0.1:1/elsewhere"))
        elif what == "/gone":
            self._say(503, "text/plain", b"")
        elif what == "/page":
            self._say(200, "text/html", b"<html>")
        elif what == "/long":
            self._say(200, REPLY, bytes(MAX_TOKEN + 1))
        elif what == "/asked":
            told = f"{self.path} {self.headers['Content-Type']}"
            self._say(200, f"{REPLY}; charset=x", told.encode())
        elif what == "/drip":
            self.send_response(200)
            self.send_header("Content-Type", REPLY)
            self.end_headers()
            while not self.let_go.wait(0.02):
                try:
                    self.wfile.write(b"x")
                except OSError:
                    return

    def _say(self, code: int, kind: str, body: bytes, *more: tuple[str, str]) -> None:
        self.send_response(code)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        for name, value in more:
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_args: object) -> None:
        """Says nothing."""


@contextmanager
def serving(server: HTTPServer) -> Iterator[int]:
    Odd.let_go.clear()
    thread = Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield server.server_port
    finally:
        Odd.let_go.set()
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture(scope="module")
def odd() -> Iterator[str]:
    with serving(HTTPServer(("127.0.0.1", 0), Odd)) as port:
        yield f"http://127.0.0.1:{port}"


async def test_an_authority_is_asked_and_its_answer_verifies(tmp_path: Path) -> None:
    authority = make_authority(tmp_path)
    request = timestamp_request(b"data")
    with served(authority) as url:
        token = await TimestampClient(url, 10).ask(request.body)
    said = verify_timestamp(token, b"data", authority.certificate, nonce=request.nonce)
    assert said.at_ms > 0


async def test_the_question_goes_where_the_address_says(odd: str) -> None:
    answer = await TimestampClient(f"{odd}/asked?for=us", 10).ask(b"question")
    assert answer == f"/asked?for=us {QUERY}".encode()


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("moved", "sends us to 'http://127.0.0.1:1/elsewhere', which is not followed"),
        ("gone", "answers 503"),
        ("page", "answers with 'text/html', not with a time-stamp"),
        ("long", "more than 65536 bytes"),
    ],
)
async def test_what_is_no_answer_is_not_taken(odd: str, path: str, told: str) -> None:
    with pytest.raises(TimestampError, match=told):
        await TimestampClient(f"{odd}/{path}", 10).ask(b"question")


async def test_nobody_there_is_an_error(odd: str) -> None:
    assert odd
    with pytest.raises(TimestampError, match=r"127\.0\.0\.1:1"):
        await TimestampClient("http://127.0.0.1:1/", 10).ask(b"question")


async def test_an_answer_that_drips_in_for_ever_is_given_up() -> None:
    with (
        serving(HTTPServer(("127.0.0.1", 0), Odd)) as port,
        pytest.raises(TimestampError),
    ):
        await TimestampClient(f"http://127.0.0.1:{port}/drip", 0.2).ask(b"question")


async def test_a_question_that_is_given_up_leaves_nobody_waiting() -> None:
    with serving(HTTPServer(("127.0.0.1", 0), Odd)) as port:
        client = TimestampClient(f"http://127.0.0.1:{port}/drip", 60)
        asking = asyncio.ensure_future(client.ask(b"question"))
        done, _ = await asyncio.wait({asking}, timeout=0.1)
        assert not done
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asyncio.wait_for(asking, 10)


async def test_a_server_that_nobody_vouches_for_is_not_asked(tmp_path: Path) -> None:
    TimeAuthority(folder=tmp_path).openssl(
        *("req", "-x509", "-newkey", "ec", "-nodes", "-subj", "/CN=127.0.0.1"),
        *("-pkeyopt", "ec_paramgen_curve:P-256"),
        *("-addext", "subjectAltName=IP:127.0.0.1"),
        *("-keyout", "key.pem", "-out", "own.pem"),
    )
    server = HTTPServer(("127.0.0.1", 0), Odd)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "own.pem", tmp_path / "key.pem")
    server.socket = context.wrap_socket(server.socket, server_side=True)
    with (
        serving(server) as port,
        pytest.raises(TimestampError, match="CERTIFICATE_VERIFY_FAILED"),
    ):
        await TimestampClient(f"https://127.0.0.1:{port}/asked", 10).ask(b"question")


@pytest.mark.parametrize(
    "url",
    [
        "",
        "tsa.example.org",
        "ftp://tsa.example.org/",
        "file:///etc/passwd",
        "http:///nobody",
        "https://user:secret@tsa.example.org/",
        "https://tsa.example.org/#part",
        "https://tsa.example.org:0/",
        "https://tsa.example.org:99999/",
        "http://[::1",
    ],
)
def test_what_is_no_address_is_refused_at_once(url: str) -> None:
    with pytest.raises(ConfigurationError):
        TimestampClient(url, 10)
