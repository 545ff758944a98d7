"""What a node holds of others is found again, whoever brought it."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from broker.core.codec.permission import encode_copy, encode_grant
from broker.core.errors import Code, RefusedError
from broker.core.handling import Europol, Handling, Restrictions, Tlp
from broker.core.onward import GRANT_KIND, ONWARD_KIND
from broker.core.outgoing import OutgoingDocument
from broker.core.permissions import Act, Copy, Grant, Verdict
from broker.core.records import InboxMessage
from broker.core.reliance import REVOCATIONS_FACT, Revocation, write_revocations
from broker.infra.node_store import NodeStore
from broker.services.holdings import Holdings
from keys.directory.model import RevocationReason
from tests import world
from tests.unit.broker.services.node_world import NodeWorld
from tests.unit.broker.services.test_node_opening import policy, taken, under
from tests.world import BEL, DAY_MS, KEN, MEX, NOW_MS, XPO

GREEN = Handling(tlp=Tlp.GREEN)
H2 = Handling(tlp=Tlp.GREEN, europol=frozenset({Europol.H2}))
COPY = Copy(
    provider=MEX,
    message_digest=b"m" * 32,
    handling=GREEN,
    kind=world.KIND,
    body=world.body(),
)


@pytest.fixture
def node(tmp_path: Path) -> Iterator[NodeWorld]:
    made = NodeWorld(NodeStore(tmp_path / "bel.sqlite3"))
    made.trust = world.trust()
    yield made
    made.store.close()


@pytest.fixture
def holdings(node: NodeWorld) -> Holdings:
    return Holdings(world.holder(BEL), node.store)


async def received(node: NodeWorld, **changes: Any) -> InboxMessage:  # noqa: ANN401
    found = node.store.find_received(await taken(node, **changes))
    assert found is not None
    return found


async def borne(node: NodeWorld, copy: Copy, by: Any = KEN) -> InboxMessage:  # noqa: ANN401
    return await received(
        node,
        origin=by,
        kind=ONWARD_KIND,
        handling=copy.handling,
        content=encode_copy(copy),
    )


def leaving(copy: Copy) -> OutgoingDocument:
    return OutgoingDocument(
        kind=ONWARD_KIND,
        body=encode_copy(copy),
        recipients=(XPO,),
        handling=copy.handling,
    )


async def test_a_message_is_its_providers_with_the_terms_of_our_policy(
    node: NodeWorld, holdings: Holdings
) -> None:
    under(node, policy(retention_days=9, with_consent=True))
    bound = replace(GREEN, restrictions=Restrictions(retention_days=30))
    message = await received(node, handling=bound)
    provided = holdings.provided(message)
    assert [layer.by for layer in provided.layers] == [KEN]
    assert provided.kept_until_ms == NOW_MS + 9 * DAY_MS
    assert provided.with_consent
    assert provided.body == world.body()


async def test_a_copy_has_come_through_two_hands(
    node: NodeWorld, holdings: Holdings
) -> None:
    message = await borne(node, COPY)
    provided = holdings.provided(message)
    assert [layer.by for layer in provided.layers] == [MEX, KEN]
    assert provided.provider.digest == COPY.message_digest
    assert (provided.kind, provided.body) == (COPY.kind, COPY.body)


async def test_what_is_passed_on_is_found_as_its_provider_sent_it(
    node: NodeWorld, holdings: Holdings
) -> None:
    message = await received(node, handling=GREEN)
    copy = replace(COPY, provider=KEN, message_digest=message.message_digest)
    onward = holdings.onward(leaving(copy))
    assert onward.provided is not None
    onward.check(XPO, GREEN, NOW_MS)


async def test_two_who_brought_the_same_are_told_apart_by_what_they_left_out(
    node: NodeWorld, holdings: Holdings
) -> None:
    less = replace(COPY, body=world.body("[withheld]"))
    await borne(node, less, XPO)
    await borne(node, COPY, KEN)
    for copy, bearer in ((less, XPO), (COPY, KEN)):
        provided = holdings.onward(leaving(copy)).provided
        assert provided is not None
        assert provided.layers[1].by == bearer
    neither = holdings.onward(leaving(replace(COPY, body=world.body("forged"))))
    with pytest.raises(RefusedError, match="not as the provider gave it"):
        neither.check(XPO, GREEN, NOW_MS)


async def test_what_nobody_sent_is_not_found(holdings: Holdings) -> None:
    assert holdings.onward(leaving(COPY)).provided is None


async def test_what_waits_for_a_person_is_not_passed_on(
    node: NodeWorld, holdings: Holdings
) -> None:
    under(node, policy(quarantine=True))
    message = await received(node, handling=GREEN)
    copy = replace(COPY, provider=KEN, message_digest=message.message_digest)
    assert holdings.onward(leaving(copy)).provided is None
    with pytest.raises(RefusedError) as refused:
        holdings.provided(message)
    assert refused.value.code is Code.CANNOT_OPEN


async def test_a_copy_looser_than_what_is_in_it_is_not_opened(node: NodeWorld) -> None:
    copy = replace(COPY, handling=H2, grant_digest=b"g" * 32)
    message = await received(
        node, origin=KEN, kind=ONWARD_KIND, handling=GREEN, content=encode_copy(copy)
    )
    assert (message.state.value, message.code) == ("refused", "looser-handling")


async def test_answers_are_those_that_were_opened_with_who_signed_them(
    node: NodeWorld, holdings: Holdings
) -> None:
    grant = Grant(
        message_digest=bytes(32),
        act=Act.ONWARD,
        verdict=Verdict.GRANTED,
        parties=frozenset({KEN}),
    )
    message = await received(
        node, origin=MEX, kind=GRANT_KIND, content=encode_grant(grant)
    )
    [answer] = holdings.answers()
    assert answer.by == MEX
    assert answer.digest == message.message_digest
    assert (answer.at_ms, answer.grant) == (NOW_MS, grant)


@pytest.mark.parametrize(
    ("verdict", "counts"), [(Verdict.GRANTED, False), (Verdict.WITHDRAWN, True)]
)
async def test_a_consent_under_a_stolen_key_does_not_count_and_its_end_does(
    node: NodeWorld,
    holdings: Holdings,
    verdict: Verdict,
    counts: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    grant = Grant(
        message_digest=bytes(32),
        act=Act.JUDICIAL,
        verdict=verdict,
    )
    await received(node, origin=MEX, kind=GRANT_KIND, content=encode_grant(grant))
    revoked = Revocation(
        party=MEX, since_ms=NOW_MS - 1, reason=RevocationReason.KEY_COMPROMISE
    )
    key_id = world.signing_key(MEX).public.key_id
    node.store.remember(REVOCATIONS_FACT, write_revocations({key_id: revoked}))
    assert bool(holdings.answers()) is counts


@pytest.mark.parametrize(
    ("verdict", "counted"),
    [(Verdict.GRANTED, [NOW_MS]), (Verdict.WITHDRAWN, [NOW_MS, NOW_MS + 1])],
)
async def test_a_withdrawal_that_is_left_lying_in_quarantine_ends_a_consent(
    node: NodeWorld, holdings: Holdings, verdict: Verdict, counted: list[int]
) -> None:
    grant = Grant(message_digest=bytes(32), act=Act.JUDICIAL, verdict=Verdict.GRANTED)
    await received(node, origin=MEX, kind=GRANT_KIND, content=encode_grant(grant))
    under(node, policy(quarantine=True))
    later = replace(grant, verdict=verdict)
    await received(
        node,
        origin=MEX,
        kind=GRANT_KIND,
        content=encode_grant(later),
        created_ms=NOW_MS + 1,
    )
    assert sorted(answer.at_ms for answer in holdings.answers()) == counted
