"""What a node does not send about a plan, since it would count for nothing."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest

from broker.app.plan_drafts import proposal_from
from broker.app.plans import answer_to, report_on
from broker.core.cases.plan_messages import Answer, Progress, Report, Verdict
from broker.core.codec.documents import encode_document
from broker.core.codec.plans import ANSWER_KIND, answer_document
from broker.core.errors import Code, RefusedError
from broker.core.outgoing import OutgoingDocument
from broker.infra.node_store import NodeStore
from broker.services.plan_book import PlanBook
from keys.identity import PartyId
from tests import world
from tests.link_world import LinkWorld
from tests.plan_exchange import DRAFT, PARTIES, amended, answer, plan_at, say, seen
from tests.world import BEL, KEN, MEX

OTHER: Final = OutgoingDocument(
    kind=ANSWER_KIND,
    body=encode_document(
        ANSWER_KIND,
        answer_document(
            Answer(
                plan_id=bytes(32),
                terms_digest=bytes(32),
                verdict=Verdict.ACCEPT,
                sequence=1,
            )
        ),
    ),
    recipients=(BEL,),
    handling=world.AMBER,
)


@pytest.fixture
def links(tmp_path: Path) -> Iterator[LinkWorld]:
    """Belgium, Kenya and Mexico, and a hub."""
    links = LinkWorld(tmp_path, PARTIES)
    yield links
    links.close()


def check(links: LinkWorld, by: PartyId, document: OutgoingDocument) -> str:
    """Returns why a party's node refuses to send something; empty if it does not."""
    try:
        PlanBook(world.holder(by), links[by].store).check(document)
    except RefusedError as error:
        return error.detail if error.code is Code.ILLEGAL_STEP else str(error)
    return ""


async def test_what_makes_our_own_word_count_for_nothing_is_not_sent(
    links: LinkWorld,
) -> None:
    proposal = proposal_from(DRAFT, BEL)
    assert check(links, BEL, proposal) == ""
    assert "to nobody else" in check(links, BEL, replace(proposal, recipients=(KEN,)))
    await say(links, BEL, proposal)
    assert "amend it" in check(links, BEL, proposal)
    known = seen(links, KEN)
    [plan] = known.found.plans
    first = plan.versions[0].terms.digest
    said = answer_to(known, plan, KEN, Verdict.ACCEPT, version=first)
    held = answer_to(known, plan, KEN, Verdict.DECLINE, version=first, reason="No")
    assert check(links, KEN, said) == ""
    assert "all parties" in check(links, KEN, replace(said, recipients=(BEL,)))
    await say(links, KEN, said)
    assert "the next is 2" in check(links, KEN, held)
    assert "now possible: amend" in check(links, KEN, said)
    assert "no such plan" in check(links, MEX, replace(OTHER, recipients=(BEL, KEN)))
    assert check(links, MEX, replace(said, kind=world.KIND, body=world.body())) == ""


async def test_a_report_on_what_is_agreed_no_longer_is_not_sent(
    links: LinkWorld,
) -> None:
    await say(links, BEL, proposal_from(DRAFT, BEL))
    first = plan_at(links, KEN).versions[0].terms.digest
    for party in (KEN, MEX):
        await answer(links, party, Verdict.ACCEPT, first)
    known, plan = seen(links, KEN), plan_at(links, KEN)
    done = Report(
        plan_id=plan.plan_id,
        terms_digest=first,
        action=1,
        status=Progress.DONE,
        sequence=1,
    )
    report = report_on(known, plan, KEN, done)
    assert check(links, KEN, report) == ""
    version = amended(plan, first)
    await answer(links, MEX, Verdict.AMEND, first, amended=version, reason="More time")
    assert "is contested" in check(links, KEN, report)
    second = plan_at(links, KEN).open_versions[0].terms.digest
    for party in (BEL, KEN):
        await answer(links, party, Verdict.ACCEPT, second)
    assert "another version" in check(links, KEN, report)


async def test_a_word_that_we_have_taken_back_no_longer_counts_here(
    links: LinkWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    await say(links, BEL, proposal_from(DRAFT, BEL))
    [digest] = [one.digest for one in plan_at(links, KEN).messages]
    monkeypatch.setattr(
        NodeStore, "notices_sent", lambda _, one: ["a notice"] if one == digest else []
    )
    assert seen(links, BEL).found.plans == ()
