"""What a party can make of its account beyond what it was granted: nothing."""

import asyncio
import base64
import json

import pytest
from nats import errors as nats_errors
from nats.aio.client import Client

from broker.core import subjects
from broker.core.errors import BusRefusedError
from keys.nats_jwt import (
    UNLIMITED,
    UNRESTRICTED,
    AccountClaim,
    AccountLimits,
    Import,
    account_jwt,
    user_jwt,
)
from keys.nkeys import KeyKind, NatsKey
from tests.bus_world import NOW_MS, new_key
from tests.siege import Siege

pytestmark = pytest.mark.integration
NOW_S = NOW_MS // 1000


async def test_an_account_claim_made_by_oneself(siege: Siege) -> None:
    """With imports of the victim's subjects, signed by an operator of one's own."""
    claim = greedy_claim(siege)
    forged = account_jwt(new_key(KeyKind.OPERATOR), claim, now_s=NOW_S + 9)
    for subject in (
        "$SYS.REQ.CLAIMS.UPDATE",
        f"$SYS.REQ.ACCOUNT.{siege.mal.public}.CLAIMS.UPDATE",
        f"$SYS.ACCOUNT.{siege.mal.public}.CLAIMS.UPDATE",
        "$SYS.REQ.CLAIMS.DELETE",
    ):
        assert await siege.ask(subject, forged.encode()) == "nothing"
    await siege.send("x.in.stolen", b"forged")


async def test_imports_of_another_even_if_the_operator_signs_them(
    siege: Siege,
) -> None:
    """A mistake of the registrar: the server itself checks the token."""
    system = await siege.world.connect(siege.world.system, name="registrar")
    claim = account_jwt(siege.world.operator, greedy_claim(siege), now_s=NOW_S + 9)
    await system.request("$SYS.REQ.CLAIMS.UPDATE", claim.encode(), 5)
    try:
        greedy = await siege.world.raw(siege.mal)
    except nats_errors.Error:
        return
    for local in ("x.out", "stolen.pull"):
        await greedy.publish(local, b"10", reply=greedy.new_inbox())
    await greedy.flush()


def greedy_claim(siege: Siege) -> AccountClaim:
    hub, ken = siege.world.hub.public, siege.ken.public
    return AccountClaim(
        account=siege.mal.public,
        name="MAL",
        limits=AccountLimits(connections=UNLIMITED, streams=9, disk=UNLIMITED),
        imports=(
            Import(
                name="out",
                account=hub,
                subject=subjects.submission(ken),
                local_subject=subjects.OUT,
            ),
            Import(
                name="pull",
                account=hub,
                subject=subjects.pull(subjects.LEDGER, ken),
                local_subject="stolen.pull",
            ),
        ),
    )


@pytest.mark.parametrize("whose", ["hub", "system", "ken"])
async def test_a_user_of_another_account_made_by_oneself(
    siege: Siege, whose: str
) -> None:
    account = {
        "hub": siege.world.hub,
        "system": siege.world.system,
        "ken": siege.ken,
    }[whose]
    user = new_key(KeyKind.USER)
    honest = user_jwt(
        siege.mal, user.public, name="x", permissions=UNRESTRICTED, now_s=NOW_S
    )
    with pytest.raises(nats_errors.Error):
        await connect_with(siege, user, with_issuer_account(honest, siege, account))


def with_issuer_account(jwt: str, siege: Siege, account: NatsKey) -> str:
    """Signs a claim of the attacker again, as if `account` had delegated to it."""
    header, claims, _ = jwt.split(".")
    parsed = json.loads(base64.urlsafe_b64decode(claims + "=="))
    parsed["nats"]["issuer_account"] = account.public
    body = base64.urlsafe_b64encode(json.dumps(parsed).encode()).rstrip(b"=").decode()
    signature = siege.mal.sign(f"{header}.{body}".encode())
    return (
        f"{header}.{body}." + base64.urlsafe_b64encode(signature).rstrip(b"=").decode()
    )


async def connect_with(siege: Siege, user: NatsKey, jwt: str) -> None:
    async def ignore(_: Exception) -> None:
        """The exception is raised as well."""

    client = Client()
    try:
        await client.connect(
            siege.world.server.url,
            allow_reconnect=False,
            error_cb=ignore,
            user_jwt_cb=jwt.encode,
            signature_cb=lambda nonce: base64.b64encode(user.sign(nonce.encode())),
        )
    finally:
        await client.close()


async def test_a_stolen_user_claim_without_its_key(siege: Siege) -> None:
    """Claims travel in the clear; the server wants its nonce signed."""
    user = new_key(KeyKind.USER)
    jwt = user_jwt(
        siege.ken, user.public, name="node", permissions=UNRESTRICTED, now_s=NOW_S
    )
    with pytest.raises(nats_errors.Error, match="Authorization Violation"):
        await connect_with(siege, new_key(KeyKind.USER), jwt)


async def test_watching_the_connections_of_others(siege: Siege) -> None:
    for subject in (
        f"$SYS.REQ.ACCOUNT.{siege.ken.public}.INFO",
        f"$SYS.REQ.ACCOUNT.{siege.ken.public}.CONNZ",
        f"$SYS.REQ.ACCOUNT.{siege.ken.public}.SUBSZ",
        f"$SYS.REQ.ACCOUNT.{siege.ken.public}.JSZ",
        "$SYS.REQ.SERVER.PING",
        "$SYS.REQ.SERVER.PING.CONNZ",
        "$SYS.REQ.CLAIMS.LIST",
        "$SYS.REQ.CLAIMS.PACK",
    ):
        assert siege.ken.public not in await siege.ask(subject)


async def test_more_connections_than_were_granted(siege: Siege) -> None:
    refused = 0
    for _ in range(20):
        try:
            await siege.world.raw(siege.mal)
        except nats_errors.Error:
            refused += 1
    assert refused
    await siege.world.node(siege.ken)


async def test_an_account_that_was_removed_while_attacking(siege: Siege) -> None:
    await siege.world.admission.remove(siege.mal.public, now_ms=NOW_MS)
    with pytest.raises(BusRefusedError):
        await siege.world.node(siege.mal)
    async with asyncio.timeout(5):
        while True:
            try:
                await siege.attacker.publish(subjects.OUT, b"late")
                await siege.attacker.flush()
            except nats_errors.Error:
                break
    await siege.world.admission.push_party(
        siege.mal.public, "MAL", now_ms=NOW_MS + 1000
    )
    siege.attacker = await siege.world.raw(siege.mal)
