"""Each recipient is sent what it may get, all at once, and every decision is kept."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest
import structlog

from broker.core.approvals import approvals_digest
from broker.core.codec.documents import decode_document
from broker.core.codec.envelope import decode_envelope
from broker.core.decisions import Direction, Verdict, question_of
from broker.core.envelope import Sealed
from broker.core.errors import Code, RefusedError
from broker.core.fields import FieldClass, Treatment
from broker.core.limits import Limits
from broker.core.opening import read_content
from broker.core.policy.rule import ApprovalRule, Rule
from broker.core.trust import Trust
from broker.infra.node_store import NodeStore
from broker.services.dispatch import Dispatcher
from keys.errors import ContentError
from tests import world
from tests.officers import AMINA, BRIAN, CHEN, said
from tests.unit.broker.core.flows.documents import (
    AUTHORITY,
    SERIAL,
    document,
    permit,
    policy,
)
from tests.world import BEL, KEN, MEX, NOW_MS, XPO

TEXT_STAYS: Final = {FieldClass.FREE_TEXT: Treatment.KEEP}
WITHOUT_SOURCE: Final = {FieldClass.SOURCE: Treatment.DROP, **TEXT_STAYS}
WITHOUT_SERIAL: Final = {FieldClass.FULL_SERIAL: Treatment.DROP, **TEXT_STAYS}
THREE_WAYS: Final = (
    permit("all", BEL),
    permit("no-source", MEX, fields=WITHOUT_SOURCE),
    permit("no-serial", XPO, fields=WITHOUT_SERIAL),
)
TWO_OF: Final = ApprovalRule(needed=2, officers=frozenset({AMINA, BRIAN}))
TO_TWO: Final = document(BEL, MEX)
HELD: Final = permit("held", MEX, approval=TWO_OF)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[NodeStore]:
    opened = NodeStore(tmp_path / "node.sqlite3")
    yield opened
    opened.close()


def trust(*rules: Rule) -> Trust:
    own = policy(*rules, officers=(AMINA, BRIAN, CHEN))
    return world.trust({KEN: world.entry(KEN, own)})


def desk(
    store: NodeStore, *rules: Rule, limits: Limits | None = None, at_ms: int = NOW_MS
) -> Dispatcher:
    known, clock = trust(*rules), world.FakeClock(at_ms)
    return Dispatcher(
        world.holder(KEN), store, lambda: known, clock, limits or Limits()
    )


def body_of(sealed: Sealed) -> bytes:
    parts = decode_envelope(sealed.envelope)
    return read_content(parts.signed_header, parts.ciphertext, sealed.content_key)


def refusal(code: Code, dispatcher: Dispatcher, **arguments: object) -> str:
    with pytest.raises(RefusedError) as refused:
        dispatcher.send(TO_TWO, **arguments)  # type: ignore[arg-type]
    assert refused.value.code is code
    return refused.value.detail


def test_each_group_gets_its_own_envelope_and_no_more_than_it_may(
    store: NodeStore,
) -> None:
    sealed = desk(store, *THREE_WAYS).send(document(BEL, MEX, XPO))
    assert [one.header.parties for one in sealed] == [(BEL,), (MEX,), (XPO,)]
    assert [one.header.withheld for one in sealed] == [
        (),
        (FieldClass.SOURCE,),
        (FieldClass.FULL_SERIAL,),
    ]
    bodies = [body_of(one) for one in sealed]
    assert [AUTHORITY.encode() in body for body in bodies] == [True, False, True]
    assert [SERIAL.encode() in body for body in bodies] == [True, True, False]
    assert len({one.header.message_id for one in sealed}) == 3
    assert [one.message_digest for one in reversed(store.sent())] == [
        one.message_digest for one in sealed
    ]


def test_every_decision_is_kept_with_its_rules_and_its_policy(store: NodeStore) -> None:
    rules = THREE_WAYS[:2]
    sealed = desk(store, *rules).send(document(BEL, MEX, XPO), partial=True)
    digest = trust(*rules).policy_digests[KEN]
    kept = [record for _, record in store.decisions_since(0)]
    assert store.count_decisions(NOW_MS) == len(kept) == 3
    assert {one.policy_digest for one in kept} == {digest}
    assert {one.direction for one in kept} == {Direction.EXPORT}
    by_party = {one.party: one for one in kept}
    allowed, redacted, denied = (by_party[party] for party in (BEL, MEX, XPO))
    assert (allowed.verdict, allowed.rule_ids) == (Verdict.ALLOW, ("all",))
    assert (redacted.verdict, redacted.rule_ids) == (Verdict.REDACT, ("no-source",))
    assert redacted.fields == ((FieldClass.SOURCE, Treatment.DROP),)
    assert (denied.verdict, denied.code) == (Verdict.DENY, "export-policy")
    assert denied.near_misses == (
        "rule all: recipient not in BEL",
        "rule no-source: recipient not in MEX",
    )
    assert [one.subject for one in (allowed, redacted)] == [
        one.message_digest for one in sealed
    ]
    [withheld] = store.withheld()
    assert denied.subject == withheld.digest
    assert store.decisions_about(withheld.digest) == [denied]


def test_a_denial_is_kept_also_when_nothing_leaves(store: NodeStore) -> None:
    refusal(Code.EXPORT_POLICY, desk(store, permit("all", BEL)))
    assert store.sent() == []
    [record] = store.decisions_about(store.withheld()[0].digest)
    assert (record.party, record.verdict) == (MEX, Verdict.DENY)


def test_what_a_recipient_would_not_take_names_its_policy(store: NodeStore) -> None:
    theirs = world.entry(MEX, world.closed_policy(MEX, against=KEN))
    known = world.trust({MEX: theirs})
    dispatcher = Dispatcher(
        world.holder(KEN), store, lambda: known, world.FakeClock(), Limits()
    )
    refusal(Code.IMPORT_POLICY, dispatcher)
    [record] = store.decisions_about(store.withheld()[0].digest)
    assert (record.code, record.rule_ids) == ("import-policy", ("not-from-them",))
    assert record.policy_digest == known.policy_digests[MEX]


def test_what_was_asked_can_be_read_with_the_key_of_the_store_and_no_other(
    store: NodeStore,
) -> None:
    dispatcher = desk(store, *THREE_WAYS)
    asked = dispatcher.plan(TO_TWO).asked
    dispatcher.send(TO_TWO)
    for record in (one for _, one in store.decisions_since(0)):
        question = question_of(world.holder(KEN).store_key, record, KEN)
        assert question == replace(asked, recipient=record.party)
        with pytest.raises(ContentError):
            question_of(world.holder(BEL).store_key, record, KEN)
        for moved in ({"at_ms": NOW_MS + 1}, {"direction": Direction.IMPORT}):
            with pytest.raises(ContentError):
                question_of(
                    world.holder(KEN).store_key,
                    replace(record, **moved),
                    KEN,
                )


def test_without_approvals_nothing_is_stored_of_anything(store: NodeStore) -> None:
    why = refusal(Code.APPROVAL_NEEDED, desk(store, permit("all", BEL), HELD))
    assert "rule held: 0 of 2" in why
    assert store.sent() == []
    assert store.count_decisions(0) == store.count_waiting() == 0


def test_approvals_are_named_by_the_envelopes_that_needed_them(
    store: NodeStore,
) -> None:
    dispatcher = desk(store, permit("all", BEL), HELD)
    digest = dispatcher.plan(TO_TWO).digest
    signed = [said(AMINA, digest), said(BRIAN, digest)]
    free, held = dispatcher.send(TO_TWO, approvals=signed)
    assert (free.header.parties, free.header.approvals_digest) == ((BEL,), b"")
    assert held.header.parties == (MEX,)
    assert held.header.approvals_digest == approvals_digest(signed)


def test_approvals_of_something_else_release_nothing(store: NodeStore) -> None:
    dispatcher = desk(store, permit("all", BEL), HELD)
    other = replace(TO_TWO, case_reference="K-8")
    digest = dispatcher.plan(other).digest
    signed = [said(AMINA, digest), said(BRIAN, digest)]
    refusal(Code.APPROVAL_NEEDED, dispatcher, approvals=signed)
    assert store.sent() == []


def test_an_officer_the_rule_does_not_name_releases_nothing(store: NodeStore) -> None:
    dispatcher = desk(store, permit("all", BEL), HELD)
    digest = dispatcher.plan(TO_TWO).digest
    signed = [said(AMINA, digest), said(CHEN, digest)]
    refusal(Code.APPROVAL_NEEDED, dispatcher, approvals=signed)


def test_one_parcel_too_large_sends_none_of_them(store: NodeStore) -> None:
    rules = (permit("less", BEL, fields=WITHOUT_SOURCE), permit("all", MEX))
    less, whole = (len(one.envelope) for one in desk(store, *rules).send(TO_TWO))
    assert less + 16 < whole
    before = store.count_decisions(0)
    tight = desk(store, *rules, limits=Limits(envelope_max_size=whole))
    refusal(Code.OVERSIZE, tight)
    assert len(store.sent()) == 2
    assert store.count_decisions(0) == before


@pytest.mark.usefixtures("every_level")
def test_nothing_of_a_dropped_field_stays_anywhere_at_the_node(
    store: NodeStore, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Not in the file of the node, in its logs, or in what is said to the log."""
    rules = (
        permit("no-source", MEX, fields=WITHOUT_SOURCE),
        permit("no-serial", XPO, fields=WITHOUT_SERIAL),
    )
    canaries = [AUTHORITY.encode(), SERIAL.encode(), b"Mombasa", b"Example Works"]
    outgoing = document(BEL, MEX, XPO)
    assert all(canary in outgoing.body for canary in canaries)
    with structlog.testing.capture_logs() as logged:
        sealed = desk(store, *rules).send(outgoing, partial=True)
    assert len(sealed) == 2
    files = [path.read_bytes() for path in tmp_path.iterdir()]
    assert sum(map(len, files)) > 10_000
    statements: list[bytes] = []

    def sign(receipts: Sequence[bytes]) -> tuple[bytes, list[bytes]]:
        statements.extend(receipts)
        return b"", [b""] * len(statements)

    store.bundle_statements(100, sign, NOW_MS)
    shown = capsys.readouterr()
    places = [
        *files,
        *(one.envelope for one in sealed),
        *statements,
        repr(logged).encode(),
        (shown.out + shown.err).encode(),
        repr(store.decisions_since(0)).encode(),
        repr(store.withheld()).encode(),
    ]
    for canary in canaries:
        assert not [place for place in places if canary in place]


def test_what_is_left_is_a_document_of_its_kind(store: NodeStore) -> None:
    for sealed in desk(store, *THREE_WAYS).send(document(BEL, MEX, XPO)):
        assert decode_document(sealed.header.kind, body_of(sealed))["items"]
