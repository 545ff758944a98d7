"""Attacks on the way to an INTERPOL-style register: from its end, and from ours.

A hostile answer is as good as none: nothing is proposed, nothing is acknowledged, and
the next true answer is taken. A hostile request is refused, and the register lives on.
"""

import asyncio
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import httpx2
import pytest
from lxml import etree

from adapters.errors import SystemAwayError
from adapters.interpol.adapter import InterpolAdapter
from adapters.interpol.documents import ReferenceQuery
from adapters.interpol.parts import RequestHeader
from adapters.interpol.signatures import Signer, sign
from adapters.interpol.simulator.faults import Misdeed
from adapters.interpol.times import instant
from adapters.interpol.xml_codec import encode
from adapters.memory_desk import MemoryDesk
from adapters.values import Delivery
from broker.infra.clock import SystemClock
from tests.adapter_world import example_delivery
from tests.certificates import write_certificates
from tests.interpol_world import (
    LYON,
    RunningSimulator,
    running_simulator,
    settings,
    signer,
)

_XML = "application/xml"


@pytest.fixture(scope="module")
def simulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSimulator]:
    with running_simulator(tmp_path_factory.mktemp("register")) as running:
        yield running


@pytest.fixture
def desk(tmp_path: Path) -> MemoryDesk:
    return MemoryDesk(tmp_path, time_ms=SystemClock().now_ms())


def _loss() -> Delivery:
    return example_delivery("stock-loss")


@pytest.mark.parametrize("wire", ["soap", "rest"])
@pytest.mark.parametrize(
    "misdeed",
    [
        Misdeed.ENTITY,
        Misdeed.OVERSIZE,
        Misdeed.TRUNCATED,
        Misdeed.UNSIGNED,
        Misdeed.ALTERED,
        Misdeed.WRAPPED,
        Misdeed.REPLAYED,
        Misdeed.UNAVAILABLE,
        Misdeed.LOST_ANSWER,
    ],
)
async def test_hostile_answer_is_as_good_as_none(
    simulator: RunningSimulator, desk: MemoryDesk, wire: str, misdeed: Misdeed
) -> None:
    adapter = InterpolAdapter(
        settings(simulator.folder, simulator.url, wire=wire), desk
    )
    before = await adapter.deliver(_loss())
    simulator.order(misdeed)
    with pytest.raises(SystemAwayError):
        await adapter.deliver(_loss())
    after = await adapter.deliver(_loss())
    assert [one.target for one in after.emissions] == [
        one.target for one in before.emissions
    ]


async def test_register_with_another_tls_certificate_is_told_nothing(
    simulator: RunningSimulator, desk: MemoryDesk, tmp_path: Path
) -> None:
    write_certificates(tmp_path)  # of another authority
    made = settings(
        simulator.folder, simulator.url, authorities=tmp_path / "authority.pem"
    )
    with pytest.raises(SystemAwayError, match="no connection"):
        await InterpolAdapter(made, desk).deliver(_loss())


async def test_certificate_of_a_stranger_is_turned_away(
    simulator: RunningSimulator, desk: MemoryDesk, tmp_path: Path
) -> None:
    write_certificates(tmp_path)
    made = settings(
        simulator.folder,
        simulator.url,
        certificate=tmp_path / "client.pem",
        key=f"file:{tmp_path / 'client.key'}",
    )
    with pytest.raises(SystemAwayError):
        await InterpolAdapter(made, desk).deliver(_loss())


async def test_certificate_that_no_bureau_has_is_refused(
    simulator: RunningSimulator, desk: MemoryDesk
) -> None:
    """It is of the right authority, and nobody's there."""
    made = settings(
        simulator.folder,
        simulator.url,
        certificate=simulator.folder / "server.pem",
        key=f"file:{simulator.folder / 'server.key'}",
    )
    with pytest.raises(SystemAwayError, match="NOT_PERMITTED"):
        await InterpolAdapter(made, desk).deliver(_loss())


@pytest.mark.parametrize(
    "reply",
    [
        pytest.param(
            b"HTTP/1.1 307 Go\r\nLocation: http://169.254.169.254/\r\n"
            b"Content-Length: 0\r\n\r\n",
            id="redirect",
        ),
        pytest.param(
            b"HTTP/1.1 502 No\r\nContent-Type: text/html\r\nContent-Length: 6\r\n\r\n"
            b"<html>",
            id="html_of_a_gateway",
        ),
        pytest.param(
            b"HTTP/1.1 200 OK\r\nContent-Type: application/soap+xml\r\n"
            b"Content-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc",
            id="compressed_unasked",
        ),
        pytest.param(b"SSH-2.0-nothing\r\n", id="another_protocol"),
        pytest.param(b"", id="nothing"),
    ],
)
async def test_peer_that_is_no_register_is_as_good_as_none(
    simulator: RunningSimulator, desk: MemoryDesk, reply: bytes
) -> None:
    with _answering(simulator.folder, reply) as port:
        made = settings(simulator.folder, f"https://127.0.0.1:{port}", timeout_s=5)
        with pytest.raises(SystemAwayError):
            await InterpolAdapter(made, desk).deliver(_loss())


async def test_register_that_never_answers_does_not_hold_the_adapter_up(
    simulator: RunningSimulator, desk: MemoryDesk
) -> None:
    with _answering(simulator.folder, None) as port:
        made = settings(simulator.folder, f"https://127.0.0.1:{port}", timeout_s=0.3)
        async with asyncio.timeout(10):
            with pytest.raises(SystemAwayError, match="in time"):
                await InterpolAdapter(made, desk).deliver(_loss())


@pytest.mark.parametrize(
    ("body", "code"),
    [
        pytest.param(
            b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><x>&b;</x>',
            "MALFORMED",
            id="xml_bomb",
        ),
        pytest.param(
            b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>',
            "MALFORMED",
            id="external_entity",
        ),
        pytest.param(b"<x" * 1000, "MALFORMED", id="truncated"),
        pytest.param(
            b'<ReferenceQuery xmlns="urn:rogatory:interpol-style:1" Id="a"/>',
            "SIGNATURE",
            id="unsigned",
        ),
        pytest.param(b"<x>" + b" " * 2_000_000, "TOO_LARGE", id="oversize"),
    ],
)
def test_hostile_request_is_refused_and_the_register_lives_on(
    simulator: RunningSimulator, body: bytes, code: str
) -> None:
    with simulator.client() as client:
        answer = client.post("/v1/ReferenceQuery", content=body, headers=_headers())
        assert f"<Code>{code}</Code>" in answer.text
        assert "root:" not in answer.text
        good = client.post(
            "/v1/ReferenceQuery",
            content=_signed(
                simulator, signer(simulator.folder), f"m-{code}-{len(body)}"
            ),
            headers=_headers(),
        )
        assert good.status_code == 200


def test_body_without_end_is_refused_before_it_has_come(
    simulator: RunningSimulator,
) -> None:
    """One gigabyte is announced; what is read of it is next to nothing."""
    context = ssl.create_default_context(cafile=simulator.folder / "authority.pem")
    context.load_cert_chain(
        simulator.folder / "client.pem", simulator.folder / "client.key"
    )
    address = ("127.0.0.1", urlsplit(simulator.url).port)
    with (
        socket.create_connection(address, timeout=10) as plain,
        context.wrap_socket(plain, server_hostname="127.0.0.1") as connection,
    ):
        connection.sendall(
            b"POST /v1/ReferenceQuery HTTP/1.1\r\nHost: x\r\nContent-Type: "
            b"application/xml\r\nContent-Length: 1073741824\r\n\r\n<x>"
        )
        answer = b""
        while b"TOO_LARGE" not in answer:
            piece = connection.recv(65_536)
            assert piece, answer
            answer += piece
    assert answer.startswith(b"HTTP/1.1 413")
    assert b"SIMULATOR" in answer


def test_wrong_namespace_is_refused_though_it_is_signed(
    simulator: RunningSimulator,
) -> None:
    root = etree.Element("{urn:other}ReferenceQuery", nsmap={"other": "urn:other"})
    root.set("Id", "m-other")
    body = etree.tostring(sign(root, signer(simulator.folder)))
    with simulator.client() as client:
        answer = client.post("/v1/ReferenceQuery", content=body, headers=_headers())
    assert "<Code>SCHEMA</Code>" in answer.text
    assert "wrong namespace" in answer.text


def test_request_signed_by_another_than_who_connects_is_refused(
    simulator: RunningSimulator,
) -> None:
    other = signer(simulator.folder, "server")
    with simulator.client() as client:
        answer = client.post(
            "/v1/ReferenceQuery",
            content=_signed(simulator, other, "m-other-signer"),
            headers=_headers(),
        )
    assert "<Code>SIGNATURE</Code>" in answer.text


def test_without_a_certificate_nobody_is_heard(simulator: RunningSimulator) -> None:
    context = ssl.create_default_context(cafile=simulator.folder / "authority.pem")
    with (
        httpx2.Client(verify=context, trust_env=False) as client,
        pytest.raises(httpx2.HTTPError),
    ):
        client.get(f"{simulator.url}/interpol-style-1.wsdl")


def _headers() -> dict[str, str]:
    return {"Content-Type": _XML}


def _signed(simulator: RunningSimulator, by: Signer, message_id: str) -> bytes:
    header = RequestHeader(
        message_id=message_id, sent_at=instant(SystemClock().now_ms()), sender=LYON
    )
    root = encode(ReferenceQuery(header=header, make="Example Works"), message_id)
    assert simulator.process.poll() is None
    return etree.tostring(sign(root, by))


@contextmanager
def _answering(folder: Path, reply: bytes | None) -> Iterator[int]:
    """Has a server with the register's certificate answer once; None: never."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(folder / "server.pem", folder / "server.key")
    done = threading.Event()

    def answer(listening: socket.socket) -> None:
        accepted, _ = listening.accept()
        with context.wrap_socket(accepted, server_side=True) as connection:
            connection.recv(65_536)
            if reply is None:
                done.wait(20)
            else:
                connection.sendall(reply)

    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=answer, args=(listening,))
        thread.start()
        try:
            yield listening.getsockname()[1]
        finally:
            done.set()
            thread.join(20)
