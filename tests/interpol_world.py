"""An INTERPOL-style register for tests: in process, and as the process that it is.

Deliveries are left to `tests.adapter_world`, certificates to `tests.certificates`.
"""

import ssl
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import httpx2
from lxml import etree

from adapters.contract import Desk
from adapters.errors import SystemAwayError
from adapters.interpol.adapter import InterpolAdapter
from adapters.interpol.client import Register
from adapters.interpol.register_xml import parse
from adapters.interpol.settings import InterpolSettings
from adapters.interpol.signatures import Signer, sign
from adapters.interpol.simulator.configuration import Member
from adapters.interpol.simulator.faults import Faults, Misdeed, Orders
from adapters.interpol.simulator.register import SimulatedRegister
from adapters.interpol.simulator.service import Service, UnavailableError
from adapters.interpol.simulator.store import SimulatorStore
from adapters.interpol.simulator.traces import TRACE_ANSWERS
from tests.certificates import write_certificates

LYON: Final = "IPSG LYON"
BRUSSELS: Final = "IP BRUSSELS"
NAIROBI: Final = "IP NAIROBI"
_CONFIGURATION: Final = """
store = "register.db"
certificate = "server.pem"
key = "server.key"
authorities = "authority.pem"

[[members]]
ncb = "IPSG LYON"
country = "XPO"
certificate = "client.pem"
represents = ["*"]
"""


def written(folder: Path, url: str) -> dict[str, object]:
    """Returns what an operator at INTERPOL would write; certificates: of a folder."""
    return {
        "url": url,
        "simulator": True,
        "authorities": str(folder / "authority.pem"),
        "register_certificate": str(folder / "server.pem"),
        "certificate": str(folder / "client.pem"),
        "key": f"file:{folder / 'client.key'}",
        "ncb": LYON,
        "passes_on": False,
        "poll_s": 1,
        "routing": {
            "BEL": {"ncb": BRUSSELS, "copies": True},
            "KEN": {"ncb": NAIROBI, "copies": True},
        },
    }


def settings(folder: Path, url: str, **changes: Any) -> InterpolSettings:  # noqa: ANN401 - any setting
    """Returns the same as settings, with changes."""
    return InterpolSettings.model_validate({**written(folder, url), **changes})


def signer(folder: Path, name: str = "client") -> Signer:
    """Returns what signs with one of the certificates of a folder."""
    return Signer(
        certificate=(folder / f"{name}.pem").read_bytes(),
        key=(folder / f"{name}.key").read_bytes(),
    )


@dataclass(slots=True)
class RegisterInProcess:
    """The simulator without HTTP; it is its own wire.

    Attributes:
        folder: Where its store and the certificates lie.
        time_ms: The present.
        member: Who asks.
        asked: Every request that came, as bytes.
        away: Whether nobody answers.
    """

    folder: Path
    time_ms: int
    member: Member = field(init=False)
    service: Service = field(init=False)
    asked: list[bytes] = field(default_factory=list)
    away: bool = False

    def __post_init__(self) -> None:
        """Makes certificates, and a register with one member that acts for all."""
        self.folder.mkdir(parents=True, exist_ok=True)
        write_certificates(self.folder)
        self.member = Member(
            ncb=LYON,
            country="XPO",
            certificate=self.folder / "client.pem",
            represents=("*",),
        )
        self.restart()

    def restart(self) -> None:
        """Opens the store anew, as after a crash."""
        self.service = Service(
            register=SimulatedRegister(
                SimulatorStore(self.folder / "register.db"), TRACE_ANSWERS
            ),
            signer=signer(self.folder, "server"),
            now_ms=lambda: self.time_ms,
            faults=Faults(),
            certificates={LYON: (self.folder / "client.pem").read_bytes()},
        )

    def order(self, *misdeeds: Misdeed) -> None:
        """Has the next answers go wrong."""
        self.service.faults.order(Orders(next=list(misdeeds)))

    def exchange(self, request: etree._Element) -> tuple[bytes, etree._Element]:
        """Is a wire."""
        if self.away:
            raise SystemAwayError("nobody answers")
        body = etree.tostring(sign(request, signer(self.folder)))
        self.asked.append(body)
        try:
            said = self.service.answer(self.member, body, in_envelope=False)
        except UnavailableError as error:
            raise SystemAwayError("as ordered") from error
        return body, parse(said.body)

    def register(self, **changes: Any) -> Register:  # noqa: ANN401 - fields of a register
        """Returns the register as the adapter asks it."""
        given: dict[str, Any] = {
            "wire": self,
            "sender": LYON,
            "certificate": (self.folder / "server.pem").read_bytes(),
            "is_simulator": True,
            "now_ms": lambda: self.time_ms,
        }
        return Register(**{**given, **changes})

    def adapter(self, desk: Desk, **changes: Any) -> InterpolAdapter:  # noqa: ANN401 - any setting
        """Returns an adapter that asks this register."""
        made = settings(self.folder, "https://register.invalid", **changes)
        return self.adapter_of(made, desk)

    def adapter_of(self, made: InterpolSettings, desk: Desk) -> InterpolAdapter:
        """Returns an adapter with these settings that asks this register."""
        adapter = InterpolAdapter(made, desk)
        adapter._register = self.register()
        return adapter


@dataclass(frozen=True, slots=True, kw_only=True)
class RunningSimulator:
    """The simulator as a process of its own."""

    folder: Path
    url: str
    process: subprocess.Popen[str]

    def client(self, name: str = "client") -> httpx2.Client:
        """Returns a client of HTTP that shows one of the certificates."""
        context = ssl.create_default_context(cafile=self.folder / "authority.pem")
        context.load_cert_chain(
            self.folder / f"{name}.pem", self.folder / f"{name}.key"
        )
        return httpx2.Client(verify=context, base_url=self.url, trust_env=False)

    def order(self, *misdeeds: Misdeed) -> None:
        """Has the next answers go wrong."""
        self._tell({"next": list(misdeeds)})

    def slow_down(self, latency_ms: int) -> None:
        """Has every answer take longer from now on."""
        self._tell({"latency_ms": latency_ms})

    def _tell(self, orders: dict[str, object]) -> None:
        with self.client() as client:
            answer = client.post("/simulator/faults", json=orders)
            assert answer.status_code == 200, answer.text


@contextmanager
def running_simulator(folder: Path) -> Iterator[RunningSimulator]:
    """Runs the simulator while the block lasts; certificates are made when missing."""
    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / "simulator.toml").exists():
        write_certificates(folder)
        (folder / "simulator.toml").write_text(_CONFIGURATION)
    with subprocess.Popen(  # noqa: S603 - this interpreter, on a file of this test
        [
            sys.executable,
            "-m",
            "adapters.interpol.simulator",
            "run",
            str(folder / "simulator.toml"),
        ],
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        label, url = process.stdout.readline(), process.stdout.readline()
        assert label.startswith("SIMULATOR")
        try:
            yield RunningSimulator(folder=folder, url=url.strip(), process=process)
        finally:
            process.terminate()
            process.wait(timeout=20)
