"""A joint operation is a closed group: nothing leaves it, nothing odd counts in it."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from broker.core.codec.documents import encode_document
from broker.core.errors import Code, RefusedError
from broker.core.operations.membership import Membership
from broker.core.outgoing import OutgoingDocument
from broker.services.operations import (
    OPERATION_KIND,
    REPORT_KIND,
    STEP_KIND,
    OperationBook,
    others_inside,
)
from keys.identity import PartyId
from tests import world
from tests.unit.broker.services.recall_world import RecallWorld, Side
from tests.world import AMBER, BEL, DAY_MS, KEN, MEX, XPO

MEMBERS: Final = (BEL, KEN, MEX)


def operation(*members: PartyId) -> bytes:
    return encode_document(
        OPERATION_KIND,
        {
            "name": "EXAMPLE TIDE",
            "members": sorted(members or MEMBERS),
            "from": "2027-01-10",
            "until": "2027-01-31",
            "objective": "Parcels are found before they are delivered",
        },
    )


REPORT: Final = encode_document(
    REPORT_KIND, {"title": "Eleven parcels", "text": "Four held slides"}
)


def step(act: str) -> bytes:
    return encode_document(STEP_KIND, {"act": f"CASE_ACT_{act}"})


class Group:
    """Kenya's operation with Belgium and Mexico; INTERPOL's counterpart is outside."""

    def __init__(self, parties: RecallWorld) -> None:
        self.parties = parties
        self.digest = self.send(KEN, OPERATION_KIND, operation(), BEL, MEX)

    def side(self, party: PartyId) -> Side:
        return self.parties.sides[party]

    def book(self, party: PartyId) -> OperationBook:
        return OperationBook(world.holder(party), self.side(party).store)

    def known(self, party: PartyId) -> Membership:
        found = self.book(party).find(self.digest)
        assert found is not None
        return found

    def send(
        self, by: PartyId, kind: str, body: bytes, *to: PartyId, reply: bytes = b""
    ) -> bytes:
        """Sends something past the checks, as a node would that was tampered with."""
        return self.side(by).send(to, body, kind, AMBER, reply).message_digest

    def says(self, by: PartyId, act: str, *to: PartyId) -> bytes:
        others = to or tuple(one for one in MEMBERS if one != by)
        return self.send(by, STEP_KIND, step(act), *others, reply=self.digest)

    def checks(
        self,
        by: PartyId,
        kind: str,
        body: bytes,
        *to: PartyId,
        reply: bytes | None = None,
    ) -> None:
        document = OutgoingDocument(
            kind=kind,
            body=body,
            recipients=to,
            handling=AMBER,
            in_reply_to=self.digest if reply is None else reply,
        )
        self.book(by).check(document, self.parties.clock.now_ms())

    def refusal(
        self,
        by: PartyId,
        kind: str,
        body: bytes,
        *to: PartyId,
        reply: bytes | None = None,
    ) -> str:
        with pytest.raises(RefusedError) as refused:
            self.checks(by, kind, body, *to, reply=reply)
        assert refused.value.code is Code.OUTSIDE_OPERATION
        return refused.value.detail

    def inside(self) -> list[tuple[str, ...]]:
        """Returns who is in it, at each member."""
        return [self.known(one).inside for one in MEMBERS]


def federation(folder: Path) -> RecallWorld:
    made = RecallWorld(folder)
    for party in (*MEMBERS, XPO):
        made.side(party)
    return made


async def joined(parties: RecallWorld) -> Group:
    """Returns the operation, joined by Belgium and Mexico."""
    made = Group(parties)
    await parties.settle()
    for party in (BEL, MEX):
        made.says(party, "JOIN")
        parties.clock.at_ms += 1000
    await parties.settle()
    parties.clock.at_ms += 1000
    return made


@pytest.fixture
def parties(tmp_path: Path) -> Iterator[RecallWorld]:
    made = federation(tmp_path)
    yield made
    made.close()


@pytest.fixture
async def group(parties: RecallWorld) -> Group:
    return await joined(parties)


@pytest.fixture(scope="module")
def settled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Group]:
    """The same, for tests that only ask."""
    made = federation(tmp_path_factory.mktemp("settled"))
    yield asyncio.run(joined(made))
    made.close()


def test_every_member_knows_the_same_group(settled: Group) -> None:
    assert settled.inside() == [("BEL", "KEN", "MEX")] * 3
    [(digest, found)] = settled.book(MEX).operations()
    assert digest == settled.digest
    assert isinstance(found, Membership)
    assert list(settled.book(XPO).operations()) == []


async def test_a_report_goes_to_all_and_is_read_by_all(group: Group) -> None:
    to = others_inside(group.known(BEL), BEL)
    group.checks(BEL, REPORT_KIND, REPORT, *to)
    group.send(BEL, REPORT_KIND, REPORT, *to, reply=group.digest)
    await group.parties.settle()
    for party in MEMBERS:
        [report] = group.book(party).reports(group.known(party))
        assert (report.outside, report.document["title"]) == ("", "Eleven parcels")


def test_a_report_to_a_stranger_does_not_leave(settled: Group) -> None:
    words = settled.refusal(BEL, REPORT_KIND, REPORT, KEN, MEX, XPO)
    assert words == "XPO: no member"


def test_a_report_that_leaves_somebody_out_does_not_leave(settled: Group) -> None:
    words = settled.refusal(BEL, REPORT_KIND, REPORT, KEN)
    assert words == "MEX: a report goes to all that have joined"


def test_a_report_without_an_operation_does_not_leave(settled: Group) -> None:
    words = settled.refusal(BEL, REPORT_KIND, REPORT, KEN, MEX, reply=b"")
    assert "answers the message that opened the operation" in words
    other = settled.send(KEN, world.KIND, world.body(), BEL)
    assert settled.refusal(BEL, REPORT_KIND, REPORT, KEN, MEX, reply=other) == words


def test_a_step_that_answers_an_operation_does_not_go_to_a_stranger(
    settled: Group,
) -> None:
    words = settled.refusal(BEL, STEP_KIND, step("UPDATE"), KEN, MEX, XPO)
    assert words.startswith("XPO: no member")
    settled.checks(BEL, STEP_KIND, step("UPDATE"), KEN)


async def test_whoever_has_left_reports_nothing_more(group: Group) -> None:
    group.checks(MEX, STEP_KIND, step("LEAVE"), BEL, KEN)
    group.says(MEX, "LEAVE")
    await group.parties.settle()
    group.parties.clock.at_ms += 1000
    assert group.inside() == [("BEL", "KEN")] * 3
    assert group.refusal(MEX, REPORT_KIND, REPORT, BEL, KEN) == "MEX has left"
    assert group.refusal(BEL, REPORT_KIND, REPORT, KEN, MEX) == "MEX: left"
    assert "had left" in group.refusal(MEX, STEP_KIND, step("JOIN"), BEL, KEN)


async def test_after_the_last_day_it_can_only_be_read(group: Group) -> None:
    group.send(BEL, REPORT_KIND, REPORT, KEN, MEX, reply=group.digest)
    await group.parties.settle()
    group.parties.clock.at_ms += 30 * DAY_MS
    words = group.refusal(BEL, REPORT_KIND, REPORT, KEN, MEX)
    assert words == "it is over: what was shared can only be read"
    [report] = group.book(MEX).reports(group.known(MEX))
    assert report.outside == ""


async def test_only_whoever_opened_it_ends_it(group: Group) -> None:
    assert "only KEN" in group.refusal(BEL, STEP_KIND, step("CLOSE"), KEN, MEX)
    group.checks(KEN, STEP_KIND, step("CLOSE"), BEL, MEX)
    group.says(KEN, "CLOSE")
    await group.parties.settle()
    group.parties.clock.at_ms += 1000
    for party in MEMBERS:
        assert group.known(party).closed_ms is not None
    assert "over" in group.refusal(BEL, REPORT_KIND, REPORT, KEN, MEX)


async def test_a_member_smuggled_in_by_a_tampered_node_gets_nothing_counted(
    group: Group,
) -> None:
    group.says(XPO, "JOIN", BEL, KEN, MEX)
    group.send(XPO, REPORT_KIND, REPORT, BEL, KEN, MEX, reply=group.digest)
    await group.parties.settle()
    known = group.known(KEN)
    assert known.inside == (BEL, KEN, MEX)
    assert [one.why for one in known.without_effect] == ["XPO is no member"]
    [report] = group.book(KEN).reports(known)
    assert report.outside == "XPO is no member"


async def test_a_report_that_a_tampered_node_spread_further_does_not_count(
    group: Group,
) -> None:
    group.send(BEL, REPORT_KIND, REPORT, KEN, MEX, XPO, reply=group.digest)
    await group.parties.settle()
    [report] = group.book(MEX).reports(group.known(MEX))
    assert report.outside == "XPO: no member"


async def test_a_word_that_comes_late_counts_as_if_it_had_come_in_time(
    parties: RecallWorld,
) -> None:
    group = Group(parties)
    await parties.settle()
    group.says(BEL, "JOIN")
    parties.clock.at_ms += 1000
    report = group.send(BEL, REPORT_KIND, REPORT, KEN, reply=group.digest)
    await parties.carry()
    for party in (KEN, MEX):
        side = parties.sides[party]
        held = list(side.node.source._pending)
        side.node.source._pending.clear()
        side.node.source._pending.extend(reversed(held))
    await parties.settle()
    [found] = group.book(KEN).reports(group.known(KEN))
    assert (found.message.message_digest, found.outside) == (report, "")


async def test_joining_at_only_one_member_counts_at_none(
    parties: RecallWorld,
) -> None:
    group = Group(parties)
    await parties.settle()
    words = group.refusal(BEL, STEP_KIND, step("JOIN"), KEN)
    assert words == "it did not go to all other members, and to them alone"
    group.says(BEL, "JOIN", KEN)
    await parties.settle()
    assert group.inside() == [("KEN",)] * 3


async def test_an_operation_goes_to_its_members_and_from_one_of_them(
    group: Group,
) -> None:
    body = operation(BEL, KEN)
    assert "MEX: it goes to members only" in group.refusal(
        KEN, OPERATION_KIND, body, BEL, MEX, reply=b""
    )
    assert "XPO opens it" in group.refusal(
        XPO, OPERATION_KIND, body, BEL, KEN, reply=b""
    )
    digest = group.send(XPO, OPERATION_KIND, body, BEL, KEN)
    await group.parties.settle()
    [refused] = [found for one, found in group.book(BEL).operations() if one == digest]
    assert isinstance(refused, RefusedError)


async def test_an_operation_that_was_taken_back_is_none(group: Group) -> None:
    group.side(KEN).recall(group.side(KEN).sent(group.digest))
    await group.parties.settle()
    for party in MEMBERS:
        assert group.book(party).find(group.digest) is None
    words = group.refusal(BEL, REPORT_KIND, REPORT, KEN, MEX)
    assert "answers the message that opened the operation" in words


def test_other_documents_are_none_of_its_business(settled: Group) -> None:
    settled.checks(BEL, world.KIND, world.body(), XPO, reply=b"")
    settled.checks(BEL, STEP_KIND, step("JOIN"), XPO, reply=b"")
