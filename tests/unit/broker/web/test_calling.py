"""Calls to addresses that somebody else has chosen, made for real on this machine."""

import ssl
from collections.abc import Sequence
from pathlib import Path

import pytest

from broker.web.calling import CallAnswer, CallLimits, Resolve, post
from broker.web.errors import CallbackRefusedError, CallFailedError
from broker.web.listed_hosts import ListedHosts
from tests.answering import AWAY, Answering, answering
from tests.certificates import write_certificates

USUAL = CallLimits()
JSON = {"Content-Type": "application/json"}


def leading_to(*addresses: str) -> Resolve:
    async def resolve(_host: str, _port: int) -> Sequence[str]:
        return addresses

    return resolve


async def to(
    server: Answering,
    *,
    limits: CallLimits = USUAL,
    resolve: Resolve | None = None,
    host: str = "127.0.0.1",
) -> CallAnswer:
    named = f"{host}:{server.port}"
    allowed = ListedHosts([f"{named}@127.0.0.1", f"{named}@::1"])
    url = f"http://{host}:{server.port}/in?x=1"
    return await post(url, b"{}", JSON, allowed, limits=limits, resolve=resolve)


async def test_what_is_posted_arrives_with_its_fields() -> None:
    async with answering() as server:
        answer = await to(server)
    assert answer.status == 204
    assert answer.is_success
    (call,) = server.calls
    assert (call.target, call.body) == ("/in?x=1", b"{}")
    assert call.headers["content-type"] == "application/json"
    assert call.headers["host"] == f"127.0.0.1:{server.port}"


async def test_the_fields_of_a_caller_do_not_replace_ours() -> None:
    async with answering() as server:
        allowed = ListedHosts([f"127.0.0.1:{server.port}"])
        url = f"http://127.0.0.1:{server.port}/"
        await post(url, b"", {"host": "evil.example"}, allowed)
    assert server.calls[0].headers["host"] == f"127.0.0.1:{server.port}"


async def test_ssrf_a_redirection_is_not_followed() -> None:
    async with answering() as inside:
        where = f"http://127.0.0.1:{inside.port}/".encode()
        moved = b"HTTP/1.1 307 Moved\r\ncontent-length: 0\r\nlocation: %s\r\n\r\n"
        async with answering(moved % where) as server:
            answer = await to(server)
    assert answer.status == 307
    assert not answer.is_success
    assert inside.calls == []


async def test_ssrf_a_proxy_of_the_environment_is_not_asked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with answering() as proxy, answering() as server:
        monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{proxy.port}")
        monkeypatch.setenv("ALL_PROXY", f"http://127.0.0.1:{proxy.port}")
        await to(server)
    assert (len(proxy.calls), len(server.calls)) == (0, 1)


async def test_ssrf_one_bad_address_among_good_ones_is_enough() -> None:
    async with answering() as server:
        with pytest.raises(CallbackRefusedError, match="never called"):
            await to(server, resolve=leading_to("127.0.0.1", "169.254.169.254"))
    assert server.calls == []


async def test_ssrf_a_name_is_looked_up_once_and_pinned() -> None:
    asked = []

    async def rebinding(host: str, _port: int) -> Sequence[str]:
        asked.append(host)
        return ["127.0.0.1"] if len(asked) == 1 else ["169.254.169.254"]

    async with answering() as server:
        answer = await to(server, resolve=rebinding, host="hooks.example")
    assert answer.is_success
    assert asked == ["hooks.example"]
    assert server.calls[0].headers["host"] == f"hooks.example:{server.port}"


async def test_the_next_address_is_tried_where_nobody_listens() -> None:
    async with answering() as server:
        answer = await to(server, resolve=leading_to("::1", "127.0.0.1"))
    assert answer.is_success


async def test_an_answer_without_end_is_cut() -> None:
    body = b"HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n" + b"x" * 100_000
    async with answering(body) as server:
        with pytest.raises(CallFailedError, match="more than 1000 bytes"):
            await to(server, limits=CallLimits(answer_max_size=1000))


async def test_whoever_does_not_answer_is_given_up() -> None:
    async with answering(None) as server:
        with pytest.raises(CallFailedError, match=r"within 0\.2 s"):
            await to(server, limits=CallLimits(whole_s=0.2))


@pytest.mark.parametrize("answer", [b"", b"nonsense\r\n\r\n", b"HTTP/1.1 200 OK\r\n"])
async def test_an_answer_that_is_none_is_a_failure(answer: bytes) -> None:
    async with answering(answer) as server:
        with pytest.raises(CallFailedError):
            await to(server)


async def test_a_failure_of_the_other_side_is_an_answer() -> None:
    async with answering(AWAY) as server:
        answer = await to(server)
    assert (answer.status, answer.is_success) == (503, False)


async def test_too_large_a_body_is_not_sent() -> None:
    async with answering() as server:
        with pytest.raises(CallbackRefusedError, match="more than the 1 of a call"):
            await to(server, limits=CallLimits(request_max_size=1))
    assert server.calls == []


async def test_nobody_listening_is_a_failure() -> None:
    async with answering() as server:
        pass
    with pytest.raises(CallFailedError):
        await to(server)


async def test_a_name_that_is_not_known_is_a_failure() -> None:
    async def unknown(_host: str, _port: int) -> Sequence[str]:
        raise OSError

    with pytest.raises(CallFailedError, match="not known"):
        await to(Answering(port=9), resolve=unknown)
    with pytest.raises(CallFailedError, match="no address"):
        await to(Answering(port=9), resolve=leading_to())


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("certificates")
    write_certificates(folder)
    return folder


def _serving(folder: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "server.pem", folder / "server.key")
    return context


async def test_over_tls_the_certificate_is_checked_for_the_name(
    certificates: Path,
) -> None:
    believed = ssl.create_default_context(cafile=str(certificates / "authority.pem"))
    async with answering(context=_serving(certificates)) as server:
        port = server.port
        by_address = ListedHosts([f"127.0.0.1:{port}"])
        url = f"https://127.0.0.1:{port}/"
        answer = await post(url, b"", JSON, by_address, context=believed)
        assert answer.is_success
        with pytest.raises(CallFailedError, match="certificate"):
            await post(url, b"", JSON, by_address)  # whom this machine trusts only
        by_name = ListedHosts([f"localhost:{port}"])
        with pytest.raises(CallFailedError, match="certificate"):
            await post(
                f"https://localhost:{port}/",
                b"",
                JSON,
                by_name,
                context=believed,
                resolve=leading_to("127.0.0.1"),
            )
    assert len(server.calls) == 1
