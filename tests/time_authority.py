"""A time-stamp authority on this machine (RFC 3161): OpenSSL behind a small server.

It is there for tests and for trying things out, and not fit for anything else: its
keys lie in the open, and nobody keeps its clock. To run one by hand:

    python -m tests.time_authority FOLDER --port 3180
"""

import argparse
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Final

QUERY: Final = "application/timestamp-query"
REPLY: Final = "application/timestamp-reply"
_NEW_KEY: Final = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")
_CONFIGURATION: Final = """
[req]
distinguished_name = name
prompt = no
[name]
CN = Test
[root]
basicConstraints = critical, CA:true
keyUsage = critical, keyCertSign
subjectKeyIdentifier = hash
[signer]
basicConstraints = critical, CA:false
keyUsage = critical, digitalSignature
extendedKeyUsage = critical, timeStamping
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
[tsa]
default_tsa = authority
[authority]
serial = serial
signer_digest = sha256
default_policy = 1.3.6.1.4.1.55555.1
digests = sha256, sha384, sha512
accuracy = secs:1
ess_cert_id_alg = sha256
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeAuthority:
    """A time-stamp authority in a folder.

    Attributes:
        folder: Where its keys lie.
    """

    folder: Path

    @property
    def certificate(self) -> bytes:
        """Its root certificate, PEM: what those who trust it are given."""
        return (self.folder / "root.pem").read_bytes()

    def stamp(self, request: bytes) -> bytes:
        """Returns the answer to a request: a DER TimeStampResp."""
        query, answer = self.folder / "query.tsq", self.folder / "answer.tsr"
        query.write_bytes(request)
        self.openssl(
            *("ts", "-reply", "-config", "openssl.cnf", "-queryfile", query.name),
            *("-signer", "signer.pem", "-inkey", "signer.key"),
            *("-chain", "between.pem", "-out", answer.name),
        )
        return answer.read_bytes()

    def openssl(self, *arguments: str) -> None:
        """Runs OpenSSL in the folder."""
        subprocess.run(  # noqa: S603  a program of our own choice
            ["openssl", *arguments],  # noqa: S607  wherever this machine has it
            cwd=self.folder,
            check=True,
            capture_output=True,
        )


def make_authority(folder: Path) -> TimeAuthority:
    """Makes an authority: a root, one it vouches for, and whom that one vouches for.

    Args:
        folder: Where to keep it; created if need be.
    """
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "openssl.cnf").write_text(_CONFIGURATION)
    (folder / "serial").write_text("01\n")
    made = TimeAuthority(folder=folder)
    above = None
    for name, extensions, subject in (
        ("root", "root", "Root of a test authority"),
        ("between", "root", "Test authority"),
        ("signer", "signer", "Test time-stamps"),
    ):
        signed = ("-CA", f"{above}.pem", "-CAkey", f"{above}.key") if above else ()
        made.openssl(
            *("req", "-x509", *_NEW_KEY, "-keyout", f"{name}.key"),
            *("-out", f"{name}.pem", "-config", "openssl.cnf"),
            *("-extensions", extensions, "-days", "3650"),
            *("-subj", f"/O=Test/CN={subject}", *signed),
        )
        above = name
    return made


class AuthorityServer(HTTPServer):
    """Serves an authority on 127.0.0.1, one request after the other.

    Args:
        authority: Whose answers it gives.
        port: Where; 0 for one that is free.
    """

    def __init__(self, authority: TimeAuthority, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.authority = authority

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.server_port}/"


@contextmanager
def served(authority: TimeAuthority, port: int = 0) -> Iterator[str]:
    """Serves an authority as long as the block lasts; gives its address."""
    with AuthorityServer(authority, port) as server:
        thread = Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield server.url
        finally:
            server.shutdown()
            thread.join()


class _Handler(BaseHTTPRequestHandler):
    """Answers requests for time-stamps."""

    def do_POST(self) -> None:
        """Answers one request."""
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.headers["Content-Type"] != QUERY:
            self.send_error(415)
            return
        assert isinstance(self.server, AuthorityServer)
        answer = self.server.authority.stamp(body)
        self.send_response(200)
        self.send_header("Content-Type", REPLY)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_args: object) -> None:
        """Says nothing: tests speak for themselves."""


def main() -> None:
    """Runs an authority until it is interrupted; makes it first if there is none."""
    parser = argparse.ArgumentParser(description="A time-stamp authority for tests.")
    parser.add_argument("folder", type=Path, help="Where its keys lie, or will lie.")
    parser.add_argument("--port", type=int, default=3180)
    given = parser.parse_args()
    authority = TimeAuthority(folder=given.folder)
    if not (given.folder / "root.pem").exists():
        authority = make_authority(given.folder)
    root = (given.folder / "root.pem").resolve()
    with AuthorityServer(authority, given.port) as server:
        sys.stdout.write(
            f'timestamp_url = "{server.url}"\ntimestamp_authorities = "{root}"\n'
        )
        sys.stdout.flush()
        with suppress(KeyboardInterrupt):
            server.serve_forever()


if __name__ == "__main__":
    main()
