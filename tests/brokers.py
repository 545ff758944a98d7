"""Real MQTT brokers for tests: Mosquitto, and the gateway of nats-server.

Each runs on the file in deploy/customs, with paths and ports of the test in place of
those of a machine.
"""

import os
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import pytest

from adapters.customs.settings import MqttSettings
from broker.infra.nats_embedded import _server_binary
from tests.certificates import write_certificates

REQUIRED_VARIABLE: Final = "ROGATORY_REQUIRE_MOSQUITTO"
NODE: Final = "rogatory-node"
REPORTS: Final = "rogatory-reports"
POSTS: Final = ("ken-post-001", "ken-post-002")
DEPLOY: Final = Path(__file__).parent.parent / "deploy" / "customs"
_START_S: Final = 10.0


class Broker:
    """A broker on a port of 127.0.0.1, with certificates for a node and two posts.

    Args:
        folder: For all its files; made.
        version: Of MQTT: "5" is Mosquitto, "3.1.1" the gateway.
    """

    def __init__(self, folder: Path, version: str) -> None:
        self.folder = folder
        self.version = version
        self.port = _free_port()
        self._process: subprocess.Popen[bytes] | None = None
        (folder / "data").mkdir(parents=True)
        write_certificates(folder, ("server", NODE, REPORTS, *POSTS))
        shutil.copy(DEPLOY / "mosquitto.acl", folder / "acl")
        for name in ("mosquitto.conf", "nats-mqtt.conf"):
            (folder / name).write_text(self._placed((DEPLOY / name).read_text()))

    def start(self) -> None:
        """Starts it, and returns once it takes connections."""
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(  # noqa: S603 - a fixed command
                self._command(), stdout=log, stderr=log, cwd=self.folder
            )
        until = time.monotonic() + _START_S
        while not self._answers():
            assert self._process.poll() is None, (self.folder / "log").read_text()
            assert time.monotonic() < until, "not ready in time"
            time.sleep(0.02)

    def stop(self) -> None:
        """Ends it as an operator would."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait(_START_S)
            self._process = None

    def forget(self) -> None:
        """Loses everything that it kept, as a new machine would."""
        self.stop()
        shutil.rmtree(self.folder / "data")
        (self.folder / "data").mkdir()
        self.start()

    def settings(self, name: str = NODE, **changes: object) -> MqttSettings:
        """Returns settings for a connection under a certificate's name."""
        return MqttSettings.model_validate(
            {
                "host": "127.0.0.1",
                "port": self.port,
                "version": self.version,
                "authority": self.folder / "authority.pem",
                "certificate": self.folder / f"{name}.pem",
                "key": self.folder / f"{name}.key",
                "reports_certificate": self.folder / f"{REPORTS}.pem",
                "reports_key": self.folder / f"{REPORTS}.key",
                "timeout_s": 5,
                **changes,
            }
        )

    def context(self, name: str) -> ssl.SSLContext:
        """Returns what a client under a certificate's name connects with."""
        context = ssl.create_default_context(cafile=self.folder / "authority.pem")
        context.load_cert_chain(
            self.folder / f"{name}.pem", self.folder / f"{name}.key"
        )
        return context

    def _command(self) -> list[str]:
        if self.version == "5":
            configuration = str(self.folder / "mosquitto.conf")
            return [str(mosquitto()), "-c", configuration]
        return [str(_server_binary()), "-c", str(self.folder / "nats-mqtt.conf")]

    def _placed(self, text: str) -> str:
        for ours, theirs in (
            ("/etc/mosquitto/rogatory/", f"{self.folder}/"),
            ("/var/lib/mosquitto/", f"{self.folder}/data/"),
            ("listener 8883", f"listener {self.port} 127.0.0.1"),
            ("/etc/rogatory-customs/", f"{self.folder}/"),
            ("/var/lib/rogatory-customs", f"{self.folder}/data"),
            ("0.0.0.0:8883", f"127.0.0.1:{self.port}"),
            ("127.0.0.1:4223", "127.0.0.1:-1"),
            ('ack_wait: "10s"', 'ack_wait: "1s"'),
        ):
            text = text.replace(ours, theirs)
        # Mosquitto gives up root for a user that cannot read the test's folder.
        user = "user root\n" if os.geteuid() == 0 else ""
        return f"{user}{text}" if "listener " in text else text

    def _answers(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0


@contextmanager
def started(folder: Path, version: str) -> Iterator[Broker]:
    """Runs a broker; skips the test where there is none."""
    if version == "5":
        needs_mosquitto()
    made = Broker(folder, version)
    try:
        made.start()
        yield made
    finally:
        made.stop()


def mosquitto() -> Path | None:
    """Returns where Mosquitto is, or None."""
    found = shutil.which("mosquitto", path=f"{os.environ['PATH']}:/usr/sbin")
    return None if found is None else Path(found)


def needs_mosquitto() -> None:
    """Skips a test where there is no Mosquitto, unless there has to be one."""
    if mosquitto() is None and not os.environ.get(REQUIRED_VARIABLE):
        pytest.skip(f"mosquitto is not installed (set {REQUIRED_VARIABLE} to fail)")
    assert mosquitto() is not None, "mosquitto is not installed"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
