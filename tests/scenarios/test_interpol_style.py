"""The INTERPOL-style register as a process of its own, over HTTPS: both ways to ask it.

What the adapter makes of deliveries is tested beside it, without a server.
"""

import asyncio
import signal
import socket
import ssl
import tomllib
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests
import zeep
from lxml import etree
from zeep.transports import Transport

from adapters.errors import SystemAwayError
from adapters.interpol.adapter import InterpolAdapter
from adapters.interpol.documents import ReferenceQuery
from adapters.interpol.envelopes import document_in
from adapters.interpol.parts import HandlingTerms, RequestHeader
from adapters.interpol.register_xml import check_schema, parse
from adapters.interpol.settings import InterpolSettings
from adapters.interpol.signatures import sign, verify
from adapters.interpol.simulator.faults import Misdeed
from adapters.interpol.simulator.founding import found
from adapters.interpol.times import instant
from adapters.interpol.xml_codec import encode
from adapters.memory_desk import MemoryDesk
from adapters.values import Delivery
from broker.core.errors import ConfigurationError
from broker.infra.clock import SystemClock
from tests.adapter_world import example_delivery, withdrawal_of
from tests.interpol_world import (
    LYON,
    RunningSimulator,
    running_simulator,
    settings,
    signer,
)
from tests.part import until
from tests.world import KEN

pytestmark = pytest.mark.timeout(120)


@pytest.fixture(scope="module")
def simulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSimulator]:
    with running_simulator(tmp_path_factory.mktemp("register")) as running:
        yield running


@pytest.fixture
def desk(tmp_path: Path) -> MemoryDesk:
    return MemoryDesk(tmp_path, time_ms=SystemClock().now_ms())


def _loss(raw: str, number: int = 1) -> Delivery:
    return example_delivery(
        "stock-loss",
        number,
        content={"items": [_item(raw)]},
        origin=KEN,
        provider=KEN,
    )


def _item(raw: str) -> dict[str, object]:
    return {
        "itemClass": "ITEM_CLASS_FIREARM",
        "firearm": {
            "type": "FIREARM_TYPE_PISTOL",
            "make": "Example Works",
            "model": "Model 17",
            "calibre": {"raw": "9x19"},
            "frameSerial": {"raw": raw},
        },
    }


@pytest.mark.parametrize("wire", ["soap", "rest"])
async def test_a_loss_is_filed_searched_traced_and_taken_back(
    simulator: RunningSimulator, desk: MemoryDesk, wire: str
) -> None:
    adapter = InterpolAdapter(
        settings(simulator.folder, simulator.url, wire=wire), desk
    )
    raw = f"ZZQ-{wire}-1"
    loss = _loss(raw, number={"soap": 11, "rest": 12}[wire])
    await adapter.deliver(loss)
    request = example_delivery("trace-request", content={"items": [_item(raw)]})
    desk.deliveries.append(request)
    await adapter.deliver(request)
    (proposal,) = desk.proposed.values()
    assert "SIMULATOR" in proposal.reasons[0]
    stop = asyncio.Event()
    running = asyncio.create_task(adapter.run(stop))
    await until(lambda: len(desk.proposed) == 2, "the answer is proposed")
    stop.set()
    await running
    assert "1 withdrawn" in (await adapter.withdraw(withdrawal_of(loss))).note


@pytest.mark.parametrize("wire", ["soap", "rest"])
async def test_a_look_says_that_it_is_a_simulator(
    simulator: RunningSimulator, desk: MemoryDesk, wire: str
) -> None:
    made = settings(simulator.folder, simulator.url, wire=wire)
    findings = await InterpolAdapter(made, desk).check()
    assert all(one.ok for one in findings)
    assert "SIMULATOR - not INTERPOL" in findings[0].what


async def test_latency_on_order_is_a_system_away_for_whoever_cannot_wait(
    simulator: RunningSimulator, desk: MemoryDesk
) -> None:
    made = settings(simulator.folder, simulator.url, timeout_s=0.2)
    simulator.slow_down(2000)
    try:
        with pytest.raises(SystemAwayError, match="in time"):
            await InterpolAdapter(made, desk).deliver(_loss("ZZQ-LATE"))
    finally:
        simulator.slow_down(0)
    patient = InterpolAdapter(settings(simulator.folder, simulator.url), desk)
    assert len((await patient.deliver(_loss("ZZQ-LATE"))).emissions) == 1


async def test_what_is_on_record_survives_a_kill(
    tmp_path: Path, desk: MemoryDesk
) -> None:
    folder = tmp_path / "killed"
    loss = _loss("ZZQ-KILL")
    with running_simulator(folder) as first:
        adapter = InterpolAdapter(settings(folder, first.url), desk)
        filed = await adapter.deliver(loss)
        first.process.send_signal(signal.SIGKILL)
        first.process.wait()
    with running_simulator(folder) as second:
        adapter = InterpolAdapter(settings(folder, second.url), desk)
        again = await adapter.deliver(loss)
        assert [one.target for one in again.emissions] == [
            one.target for one in filed.emissions
        ]
        assert "1 withdrawn" in (await adapter.withdraw(withdrawal_of(loss))).note


def test_zeep_alone_speaks_to_it_by_its_description(
    simulator: RunningSimulator,
) -> None:
    """No code of ours makes or reads the envelope; the signature is asked for only."""
    session = requests.Session()
    session.trust_env = False
    session.verify = str(simulator.folder / "authority.pem")
    session.cert = (
        str(simulator.folder / "client.pem"),
        str(simulator.folder / "client.key"),
    )

    class Signing(zeep.Plugin):
        def egress(
            self, envelope: etree._Element, http_headers: object, *_: object
        ) -> tuple[etree._Element, object]:
            body = envelope[-1]
            body[0] = sign(parse(etree.tostring(body[0])), signer(simulator.folder))
            return envelope, http_headers

    client = zeep.Client(
        f"{simulator.url}/interpol-style-1.wsdl",
        transport=Transport(session=session),
        settings=zeep.Settings(forbid_external=False),
        plugins=[Signing()],
    )
    service = client.create_service(
        "{urn:rogatory:interpol-style:1}InterpolStyleSoap12", f"{simulator.url}/soap"
    )
    header = {
        "MessageId": "m-zeep",
        "SentAt": instant(SystemClock().now_ms()),
        "Sender": LYON,
    }
    found = service.ReferenceQuery(Header=header, Make="Example Works", Id="m-zeep")
    assert [one["Model"] for one in found["Entries"]] == [
        "Model 17",
        "Model 5",
        "Model 3",
    ]
    assert found["Header"]["System"].startswith("SIMULATOR")
    with pytest.raises(zeep.exceptions.Fault, match="SIMULATOR"):
        service.RecordQuery(
            Header={**header, "MessageId": "m-zeep-2"}, RecordId="none", Id="m-zeep-2"
        )
    session.close()


async def test_what_init_writes_is_all_that_a_try_takes(
    tmp_path: Path, desk: MemoryDesk
) -> None:
    folder = tmp_path / "a try"
    _, written = found(folder, ncb="IP NAIROBI", party="KEN", port=0)
    with running_simulator(folder) as running:
        given = tomllib.loads(written.read_text())["interpol"]["settings"]
        made = InterpolSettings.model_validate({**given, "url": running.url})
        adapter = InterpolAdapter(made, desk)
        assert (await adapter.check())[0].ok
        assert (await adapter.deliver(_loss("ZZQ-TRY"))).emissions
    with pytest.raises(ConfigurationError, match="not empty"):
        found(folder, ncb="IP NAIROBI", party="KEN", port=0)
    with pytest.raises(ConfigurationError, match="Kenya"):
        found(tmp_path / "another", ncb="IP NAIROBI", party="Kenya", port=0)


def _query(folder: Path, message_id: str) -> bytes:
    header = RequestHeader(
        message_id=message_id,
        sent_at=instant(SystemClock().now_ms()),
        sender=LYON,
        handling=HandlingTerms(label="TLP:AMBER"),
    )
    root = encode(ReferenceQuery(header=header, make="Example Works"), message_id)
    return etree.tostring(sign(root, signer(folder)))


def test_every_response_says_simulator(simulator: RunningSimulator) -> None:
    """In its head, and in its body: also refusals, faults, and what is not found."""
    xml, soap = "application/xml", "application/soap+xml"
    asked = [
        ("POST", "/v1/ReferenceQuery", xml, _query(simulator.folder, "m-a")),
        ("POST", "/v1/ReferenceQuery", xml, b"<x/>"),
        ("POST", "/v1/ReferenceQuery", "text/plain", b"x"),
        ("POST", "/v1/ReferenceQuery", xml, b"x" * 1_000_000),
        ("POST", "/soap", soap, b"<!DOCTYPE x><x/>"),
        ("GET", "/soap", soap, b""),
        ("GET", "/nowhere", xml, b""),
        ("POST", "/simulator/faults", "application/json", b"{}"),
        ("POST", "/simulator/faults", "application/json", b"no JSON"),
    ]
    with simulator.client() as client:
        for method, path, media_type, body in asked:
            answer = client.request(
                method, path, content=body, headers={"Content-Type": media_type}
            )
            assert answer.headers["Simulator"].startswith("SIMULATOR"), path
            assert "SIMULATOR" in answer.text, (method, path, answer.text)
        for misdeed in (Misdeed.UNAVAILABLE, Misdeed.SCHEMA, Misdeed.TRUNCATED):
            simulator.order(misdeed)
            body = _query(simulator.folder, f"m-{misdeed}")
            answer = client.post(
                "/v1/ReferenceQuery", content=body, headers={"Content-Type": xml}
            )
            assert answer.headers["Simulator"].startswith("SIMULATOR")
            assert "SIMULATOR" in answer.text


def test_refusals_fit_the_schema_and_are_signed_too(
    simulator: RunningSimulator,
) -> None:
    certificate = (simulator.folder / "server.pem").read_bytes()
    with simulator.client() as client:
        for path, media_type in (
            ("/v1/RecordQuery", "application/xml"),
            ("/soap", "application/soap+xml"),
        ):
            answer = client.post(
                path, content=b"<x/>", headers={"Content-Type": media_type}
            )
            assert answer.status_code == 400
            root = parse(answer.content)
            document = document_in(root) if path == "/soap" else root
            check_schema(verify(document, certificate, SystemClock().now_ms()))


def test_what_is_no_http_is_refused_with_the_label_too(
    simulator: RunningSimulator,
) -> None:
    context = ssl.create_default_context(cafile=simulator.folder / "authority.pem")
    context.load_cert_chain(
        simulator.folder / "client.pem", simulator.folder / "client.key"
    )
    address = ("127.0.0.1", urlsplit(simulator.url).port)
    with (
        socket.create_connection(address, timeout=10) as plain,
        context.wrap_socket(plain, server_hostname="127.0.0.1") as connection,
    ):
        connection.sendall(b"no HTTP at all\r\n\r\n")
        answer = connection.recv(65_536)
    assert answer.startswith(b"HTTP/1.1 400")
    assert b"\r\nSimulator: SIMULATOR" in answer
