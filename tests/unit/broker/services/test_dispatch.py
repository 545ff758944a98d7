"""What policy keeps back stays here, and the log learns no more than a code."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from broker.core.codec.envelope import decode_envelope
from broker.core.codec.receipts import decode_receipt, encode_receipt
from broker.core.errors import Code, RefusedError, StoreFullError
from broker.core.handling import Handling, Tlp
from broker.core.limits import Limits
from broker.core.model import Stage
from broker.core.opening import read_content
from broker.core.outgoing import OutgoingDocument
from broker.core.trust import Trust
from broker.infra.node_store import NodeStore
from broker.services.dispatch import Dispatcher
from keys.errors import ContentError
from keys.sealing import unprotect
from tests import world
from tests.unit.broker.infra.stored_messages import fill_disk
from tests.world import AMBER, BEL, DAY_MS, KEN, MEX, NOW_MS, STRANGER, XPO


@pytest.fixture
def store(tmp_path: Path) -> Iterator[NodeStore]:
    opened = NodeStore(tmp_path / "node.sqlite3")
    yield opened
    opened.close()


def dispatcher(
    store: NodeStore, trust: Trust | None = None, limits: Limits | None = None
) -> Dispatcher:
    known = trust or world.trust(
        {KEN: world.entry(KEN, world.closed_policy(KEN, against=MEX))}
    )
    return Dispatcher(
        world.holder(KEN),
        store,
        lambda: known,
        world.FakeClock(),
        limits or Limits(),
    )


DOCUMENT = OutgoingDocument(
    kind=world.KIND, body=world.body(), recipients=(BEL, XPO), handling=AMBER
)


def refusal(
    store: NodeStore, document: OutgoingDocument, limits: Limits | None = None
) -> Code:
    with pytest.raises(RefusedError) as refused:
        dispatcher(store, limits=limits).send(document)
    return refused.value.code


def statements(store: NodeStore) -> list[bytes]:
    """Returns what waits to be said to the log."""
    found: list[bytes] = []

    def sign(receipts: Sequence[bytes]) -> tuple[bytes, list[bytes]]:
        found.extend(receipts)
        return b"", [b""] * len(receipts)

    store.bundle_statements(100, sign, NOW_MS)
    return found


def test_a_document_is_sealed_and_stored_with_all_a_header_says(
    store: NodeStore,
) -> None:
    document = replace(
        DOCUMENT, case_reference="K-7", in_reply_to=bytes(32), lifetime_ms=DAY_MS
    )
    [sealed] = dispatcher(store).send(document)
    header = sealed.header
    assert header.parties == (BEL, XPO)
    assert header.expires_ms == NOW_MS + DAY_MS
    assert (header.case_reference, header.in_reply_to) == ("K-7", bytes(32))
    assert header.directory_version == world.view().snapshot_digest
    assert len(header.policy_digest) == 32
    assert [one.message_digest for one in store.sent()] == [sealed.message_digest]
    assert [one.payload for one in store.waiting(9)] == [world.submitted(sealed)]


def test_the_default_lifetime_is_that_of_the_limits(store: NodeStore) -> None:
    [sealed] = dispatcher(store).send(DOCUMENT)
    assert sealed.header.expires_ms == NOW_MS + Limits().default_lifetime_ms


def test_our_own_copy_opens_with_the_key_of_the_store_and_no_other(
    store: NodeStore,
) -> None:
    [sealed] = dispatcher(store).send(DOCUMENT)
    [kept] = store.sent()
    key = unprotect(
        world.holder(KEN).store_key, kept.protected_key, context=kept.message_digest
    )
    parts = decode_envelope(kept.envelope)
    assert read_content(parts.signed_header, parts.ciphertext, key) == DOCUMENT.body
    assert key == sealed.content_key
    for wrong_key, context in (
        (world.holder(BEL).store_key, kept.message_digest),
        (world.holder(KEN).store_key, bytes(32)),
    ):
        with pytest.raises(ContentError):
            unprotect(wrong_key, kept.protected_key, context=context)


def test_one_who_may_not_get_it_keeps_it_from_all(store: NodeStore) -> None:
    document = replace(DOCUMENT, recipients=(BEL, MEX))
    assert refusal(store, document) is Code.EXPORT_POLICY
    assert store.sent() == []
    [kept] = store.withheld()
    assert kept.recipients == (MEX,)
    assert kept.code == "export-policy"
    assert "no agreement" in kept.detail


def test_partial_means_those_who_may(store: NodeStore) -> None:
    document = replace(DOCUMENT, recipients=(BEL, MEX))
    [sealed] = dispatcher(store).send(document, partial=True)
    assert sealed.header.parties == (BEL,)
    assert [one.recipients for one in store.withheld()] == [(MEX,)]
    assert len(statements(store)) == 1


def test_partial_with_nobody_left_sends_nothing(store: NodeStore) -> None:
    document = replace(DOCUMENT, recipients=(MEX,))
    with pytest.raises(RefusedError):
        dispatcher(store).send(document, partial=True)
    assert store.sent() == []
    assert len(store.withheld()) == 1


def test_the_log_learns_neither_reason_nor_recipient_nor_kind(store: NodeStore) -> None:
    for _ in range(2):
        refusal(store, replace(DOCUMENT, recipients=(MEX,)))
    said = [decode_receipt(data) for data in statements(store)]
    for receipt, data in zip(said, map(encode_receipt, said), strict=True):
        assert receipt.stage is Stage.WITHHELD
        assert (receipt.by, receipt.to) == (KEN, KEN)
        assert receipt.detail == ""
        for secret in (b"MEX", b"agreement", world.KIND.encode(), b"not-them"):
            assert secret not in data
    # The same decision twice is two digests: nobody can try out what it was about.
    assert said[0].message_digest != said[1].message_digest
    assert said[0].message_digest == store.withheld()[-1].digest


@pytest.mark.parametrize(
    ("change", "code"),
    [
        pytest.param({"recipients": ()}, Code.INVALID_RECIPIENTS, id="for nobody"),
        pytest.param(
            {"recipients": (BEL, XPO, MEX)}, Code.INVALID_RECIPIENTS, id="for too many"
        ),
        pytest.param(
            {"case_reference": "x" * 65}, Code.INVALID_HEADER, id="long reference"
        ),
        pytest.param({"case_reference": "caf\xe9"}, Code.INVALID_HEADER, id="accents"),
        pytest.param({"lifetime_ms": 0}, Code.LIFETIME_TOO_LONG, id="no lifetime"),
        pytest.param(
            {"lifetime_ms": 366 * DAY_MS + 1}, Code.LIFETIME_TOO_LONG, id="for ever"
        ),
        pytest.param({"body": b"\xff"}, Code.MALFORMED, id="no content"),
        pytest.param({"kind": "free-text/1"}, Code.UNKNOWN_KIND, id="no such kind"),
        pytest.param(
            {"in_reply_to": b"short"}, Code.INVALID_HEADER, id="answers no digest"
        ),
    ],
)
def test_what_can_be_sent_to_nobody_is_refused_and_leaves_no_trace(
    store: NodeStore, change: dict[str, object], code: Code
) -> None:
    document = replace(DOCUMENT, **change)  # type: ignore[arg-type]
    assert refusal(store, document, Limits(recipients_max=2)) is code
    assert store.withheld() == []
    assert store.sent() == []
    assert store.count_waiting() == 0


def test_a_document_too_large_when_sealed_leaves_no_trace(store: NodeStore) -> None:
    [sealed] = dispatcher(store).send(DOCUMENT)
    size = len(sealed.envelope)
    before = store.count_waiting()
    tight = Limits(envelope_max_size=size + 15)
    assert refusal(store, DOCUMENT, tight) is Code.OVERSIZE
    assert len(store.sent()) == before == store.count_waiting()
    dispatcher(store, limits=Limits(envelope_max_size=size + 2000)).send(DOCUMENT)
    links = [one.header.message_id for one in store.sent()]
    assert len(links) == 2


def test_a_full_disk_sends_nothing(store: NodeStore) -> None:
    fill_disk(store)
    large = replace(DOCUMENT, body=world.body("?" * 100_000))
    with pytest.raises(StoreFullError):
        dispatcher(store).send(large)
    assert store.sent() == []


def test_a_plan_changes_nothing(store: NodeStore) -> None:
    plan = dispatcher(store).plan(replace(DOCUMENT, recipients=(BEL, MEX, STRANGER)))
    assert [one.party for one in plan.releases] == [BEL]
    assert {one.party: one.code for one in plan.withheld} == {
        MEX: Code.EXPORT_POLICY,
        STRANGER: Code.UNKNOWN_PARTY,
    }
    assert store.count_waiting() == 0


def test_handling_above_the_ceiling_is_withheld(store: NodeStore) -> None:
    red = replace(DOCUMENT, handling=Handling(tlp=Tlp.RED))
    assert refusal(store, red) is Code.EXPORT_POLICY
