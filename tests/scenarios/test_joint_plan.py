"""Three parties agree on a plan: by policies, one of them away, one that cheats."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from broker.app.plan_drafts import proposal_from
from broker.app.plans import answer_to, check_whole, report_on
from broker.core.cases.plan_messages import Progress, Report, Verdict
from broker.core.cases.plan_state import Doubt, Misfit, Phase
from broker.core.errors import Code, RefusedError
from broker.core.fields import FieldClass, Treatment
from broker.core.policy.rule import RuleTerms
from broker.core.policy.rules import Policy
from tests import world
from tests.link_world import LinkWorld
from tests.plan_exchange import (
    DRAFT,
    PARTIES,
    amended,
    answer,
    plan_at,
    say,
    seen,
    send,
)
from tests.world import BEL, KEN, MEX


@pytest.fixture
def links(tmp_path: Path) -> Iterator[LinkWorld]:
    """Belgium, Kenya and Mexico, and a hub."""
    links = LinkWorld(tmp_path, PARTIES)
    yield links
    links.close()


async def test_a_party_that_was_away_comes_to_the_same_state(links: LinkWorld) -> None:
    links[MEX].online = False
    await say(links, BEL, proposal_from(DRAFT, BEL))
    first = plan_at(links, KEN).versions[0].terms.digest
    version = amended(plan_at(links, KEN), first)
    await answer(links, KEN, Verdict.AMEND, first, amended=version, reason="More time")
    second = plan_at(links, BEL).open_versions[0].terms.digest
    await answer(links, BEL, Verdict.ACCEPT, second)
    assert plan_at(links, BEL).phase is Phase.PROPOSED
    assert seen(links, MEX).found.plans == ()
    links[MEX].online = True
    await links.settle()
    assert plan_at(links, MEX) == plan_at(links, BEL) == plan_at(links, KEN)
    await answer(links, MEX, Verdict.ACCEPT, second)
    for number, owner in enumerate((KEN, BEL, MEX), 1):
        assert plan_at(links, owner).phase is Phase.AGREED
        known = seen(links, owner)
        done = Report(
            plan_id=plan_at(links, owner).plan_id,
            terms_digest=second,
            action=number,
            status=Progress.DONE,
            sequence=1,
        )
        document = report_on(known, plan_at(links, owner), owner, done)
        await say(links, owner, document)
    states = [plan_at(links, party) for party in PARTIES]
    assert states[0] == states[1] == states[2]
    assert (states[0].phase, states[0].agreed) == (Phase.COMPLETED, second)


async def test_messages_that_cross_each_other_end_in_the_same_alternatives(
    links: LinkWorld,
) -> None:
    await say(links, BEL, proposal_from(DRAFT, BEL))
    first = plan_at(links, KEN).versions[0].terms.digest
    for party, day in ((KEN, "2026-05-31"), (MEX, "2026-06-15")):
        known = seen(links, party)
        version = amended(plan_at(links, party), first)
        version["reviewOn"] = day
        crossing = answer_to(
            known,
            plan_at(links, party),
            party,
            Verdict.AMEND,
            version=first,
            amended=version,
            reason="Another day",
        )
        send(links, party, crossing)
    await links.settle()
    states = [plan_at(links, party) for party in PARTIES]
    assert states[0] == states[1] == states[2]
    assert states[0].phase is Phase.CONTESTED
    assert len(states[0].open_versions) == 2


def _withholds_words_from_mexico() -> Policy:
    own = world.open_policy(BEL)
    share = own.exports[0]
    terms = RuleTerms(fields={FieldClass.FREE_TEXT: Treatment.DROP})
    return replace(
        own,
        exports=(
            replace(share, except_parties=frozenset({MEX})),
            replace(
                share,
                id="less-for-mexico",
                everyone=False,
                parties=frozenset({MEX}),
                terms=terms,
            ),
        ),
    )


async def test_a_policy_that_would_split_a_proposal_is_named_and_nothing_leaves(
    tmp_path: Path,
) -> None:
    """One that was split by a node that was tampered with counts for nobody."""
    trust = world.trust({BEL: world.entry(BEL, _withholds_words_from_mexico())})
    links = LinkWorld(tmp_path, PARTIES, trust=trust)
    document = proposal_from(DRAFT, BEL)
    export = links[BEL]._dispatcher().plan(document)
    with pytest.raises(RefusedError, match="less-for-mexico") as refused:
        check_whole(export, document.recipients)
    assert refused.value.code is Code.EXPORT_POLICY
    links[BEL]._dispatcher().send(document)
    await links.settle()
    for party in (KEN, MEX):
        found = seen(links, party).found
        assert found.plans == ()
        assert [one.why for one in found.stray] == [Misfit.OTHER_RECIPIENTS]
    links.close()


async def test_a_policy_that_withholds_a_proposal_from_one_is_named(
    tmp_path: Path,
) -> None:
    closed = world.entry(BEL, world.closed_policy(BEL, against=MEX))
    links = LinkWorld(tmp_path, PARTIES, trust=world.trust({BEL: closed}))
    document = proposal_from(DRAFT, BEL)
    export = links[BEL]._dispatcher().plan(document)
    with pytest.raises(RefusedError, match="MEX would not get it") as refused:
        check_whole(export, document.recipients)
    assert refused.value.code is Code.EXPORT_POLICY
    links.close()


async def test_whoever_tells_each_something_else_is_believed_by_nobody(
    links: LinkWorld,
) -> None:
    await say(links, BEL, proposal_from(DRAFT, BEL))
    first = plan_at(links, KEN).versions[0].terms.digest
    await answer(links, MEX, Verdict.ACCEPT, first)
    known = seen(links, KEN)
    yes, no = (
        answer_to(
            known,
            plan_at(links, KEN),
            KEN,
            verdict,
            version=first,
            reason="As it suits",
        )
        for verdict in (Verdict.ACCEPT, Verdict.DECLINE)
    )
    for document in (replace(yes, recipients=(BEL,)), yes, no):
        send(links, KEN, document)
    await links.settle()
    states = [plan_at(links, party) for party in PARTIES]
    assert states[0] == states[1] == states[2]
    assert states[0].positions[1].doubt is Doubt.EQUIVOCATION
    assert states[0].agreed == b""
    [stray] = seen(links, BEL).found.stray
    assert stray.why is Misfit.OTHER_RECIPIENTS
    assert seen(links, MEX).found.stray == ()


async def test_an_answer_that_one_party_would_not_take_in_is_sent_to_nobody(
    tmp_path: Path,
) -> None:
    closed = world.closed_policy(MEX, against=KEN)
    trust = world.trust({MEX: world.entry(MEX, closed)})
    links = LinkWorld(tmp_path, PARTIES, trust=trust)
    await say(links, BEL, proposal_from(DRAFT, BEL))
    known = seen(links, KEN)
    [plan] = known.found.plans
    version = plan.versions[0].terms.digest
    said = answer_to(known, plan, KEN, Verdict.ACCEPT, version=version)
    export = links[KEN]._dispatcher().plan(said)
    with pytest.raises(RefusedError, match="MEX would not get it") as refused:
        check_whole(export, said.recipients)
    assert refused.value.code is Code.IMPORT_POLICY
    links.close()
