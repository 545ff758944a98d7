"""TLS at a server: whom it lets in, and what one who never agrees can hold up."""

import asyncio
import ssl
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

from broker.core.errors import ConfigurationError
from broker.infra.clock import SYSTEM_CLOCK
from broker.web.server import ServerPlan
from keys.certificates import issue_server, make_authority, new_authority_key
from tests.unit.broker.web.conversation import GET, QUICK, answered, running


@pytest.fixture
def plan(tmp_path: Path) -> ServerPlan:
    now_ms = SYSTEM_CLOCK.now_ms()
    authority = make_authority("Test", new_authority_key(), now_ms=now_ms)
    made = issue_server(authority, ["127.0.0.1"], now_ms=now_ms)
    file = tmp_path / "server.pem"
    file.write_bytes(made.certificate + made.key)
    return replace(
        QUICK,
        certificate=file,
        key=file,
        client_authorities=authority.certificate,
    )


async def test_tls_that_is_never_agreed_on_is_cut_and_counted_meanwhile(
    plan: ServerPlan,
) -> None:
    async with running(replace(plan, head_wait_s=1.0)) as port:
        held = [await asyncio.open_connection("127.0.0.1", port) for _ in range(4)]
        await asyncio.sleep(0.05)
        assert await answered(port, b"x") == b""
        for reader, writer in held:
            async with asyncio.timeout(5):
                with suppress(ConnectionError):
                    assert await reader.read() == b""
            writer.close()
        trusting = ssl.create_default_context(cadata=plan.client_authorities.decode())
        reader, writer = await asyncio.open_connection("127.0.0.1", port, ssl=trusting)
        writer.write(GET)
        assert (await reader.read()).startswith(b"HTTP/1.1 200 OK")
        writer.close()


async def test_who_speaks_http_to_it_hears_none(plan: ServerPlan) -> None:
    async with running(plan) as port:
        assert b"HTTP" not in await answered(port, GET)


async def test_without_a_key_that_fits_nothing_is_served(
    plan: ServerPlan, tmp_path: Path
) -> None:
    other = tmp_path / "other.pem"
    other.write_bytes(b"-----BEGIN PRIVATE KEY-----")
    with pytest.raises(ConfigurationError, match="cannot be used"):
        async with running(replace(plan, key=other)):
            pass


async def test_certificates_that_nobody_may_sign_cannot_be_required(
    plan: ServerPlan,
) -> None:
    bare = replace(plan, client_authorities=b"", require_client=True)
    with pytest.raises(ConfigurationError, match="no authority"):
        async with running(bare):
            pass
