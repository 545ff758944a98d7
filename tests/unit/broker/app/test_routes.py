"""Which routes and alerts a node puts together, out of real messages."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from broker.app.routes import (
    KnownRoute,
    Standing,
    counted_contents,
    known_routes,
    places_of,
)
from broker.core.admitted import AdmissionState
from broker.core.codec.documents import encode_document
from broker.core.codec.draft import parse_draft
from broker.core.codec.permission import encode_copy
from broker.core.errors import ConfigurationError
from broker.core.handling import Handling, Tlp
from broker.core.onward import ONWARD_KIND, Onward
from broker.core.onward_copy import copy_of
from broker.core.policy.rule import Ceiling, Effect, Rule, RuleTerms
from broker.services.dispatch import Dispatcher
from keys.identity import PartyId
from tests import world
from tests.unit.broker.app.route_node import keys, node, parties, tell
from tests.unit.broker.core.routes.route_world import place
from tests.unit.broker.services.recall_world import RecallWorld, forward
from tests.world import BEL, KEN, MEX

EXAMPLES = Path(__file__).parents[4] / "examples"


@pytest.fixture
def told(tmp_path: Path) -> Iterator[RecallWorld]:
    made = parties(tmp_path)
    yield made
    made.close()


def known(told: RecallWorld, party: PartyId = BEL) -> list[KnownRoute]:
    return known_routes(node(told.sides[party]), keys(party), lambda _read, _of: None)


def paths(told: RecallWorld, party: PartyId = BEL) -> list[tuple[str, ...]]:
    return [one.report.path for one in known(told, party)]


def step(act: str) -> bytes:
    return encode_document("case-step/1", {"act": f"CASE_ACT_{act}"})


async def test_routes_are_known_to_who_sent_and_who_received_them(
    told: RecallWorld,
) -> None:
    sent = tell(told.sides[KEN], "KEN", "SOM")
    await told.settle()
    [mine], [theirs] = known(told, KEN), known(told)
    assert (mine.report.bearing.own, theirs.report.bearing.own) == (True, False)
    assert theirs.report.bearing.root == sent.message_digest
    assert theirs.report.path == mine.report.path == ("KEN", "SOM")
    assert theirs.standing is Standing.PUBLISHED


async def test_a_copy_passed_on_has_the_root_of_its_original(told: RecallWorld) -> None:
    sent = tell(told.sides[KEN], "KEN", "SOM")
    await told.settle()
    forward(told.sides[BEL], sent.message_digest, (MEX,))
    await told.settle()
    [copy] = known(told, MEX)
    assert copy.report.bearing.root == sent.message_digest
    assert copy.report.bearing.provider == KEN
    assert copy.report.bearing.copied


async def test_what_was_recalled_is_gone_at_both_ends(told: RecallWorld) -> None:
    sent = tell(told.sides[KEN], "KEN", "SOM")
    tell(told.sides[KEN], "KEN", "UGA")
    await told.settle()
    told.sides[KEN].recall(sent)
    await told.settle()
    assert paths(told) == paths(told, KEN) == [("KEN", "UGA")]


async def test_a_newer_version_supersedes_and_a_step_withdraws(
    told: RecallWorld,
) -> None:
    first = tell(told.sides[KEN], "KEN", "SOM")
    tell(told.sides[KEN], "KEN", "ETH", in_reply_to=first.message_digest)
    gone = tell(told.sides[KEN], "KEN", "UGA")
    told.sides[KEN].send(
        (BEL,), step("WITHDRAW"), "case-step/1", in_reply_to=gone.message_digest
    )
    await told.settle()
    for party in (KEN, BEL):
        standing = {one.report.path[-1]: one.standing for one in known(told, party)}
        assert standing == {
            "SOM": Standing.SUPERSEDED,
            "ETH": Standing.PUBLISHED,
            "UGA": Standing.WITHDRAWN,
        }


async def test_nobody_else_can_withdraw_a_route(told: RecallWorld) -> None:
    sent = tell(told.sides[KEN], "KEN", "SOM")
    await told.settle()
    told.sides[BEL].send(
        (KEN,), step("WITHDRAW"), "case-step/1", in_reply_to=sent.message_digest
    )
    tell(told.sides[BEL], "KEN", "ETH", to=(KEN,), in_reply_to=sent.message_digest)
    await told.settle()
    assert {one.standing for one in known(told, KEN)} == {Standing.PUBLISHED}


async def test_who_passed_a_route_on_cannot_withdraw_what_its_provider_tells(
    told: RecallWorld,
) -> None:
    sent = tell(told.sides[KEN], "KEN", "SOM", to=(BEL, MEX))
    await told.settle()
    copy = forward(told.sides[BEL], sent.message_digest, (MEX,))
    told.sides[BEL].send(
        (MEX,), step("WITHDRAW"), "case-step/1", in_reply_to=copy.message_digest
    )
    await told.settle()
    assert [one.standing for one in known(told, MEX)] == [Standing.PUBLISHED] * 2


async def test_what_others_pass_on_as_ours_does_not_stand_for_ours(
    told: RecallWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A copy is not proved to be its provider's: a hostile node can fill one in."""
    monkeypatch.setattr(Onward, "check", lambda *_: None)
    monkeypatch.setattr(Dispatcher, "_check_not_taken_back", lambda *_: None)
    sent = tell(told.sides[KEN], "KEN", "SOM", to=(BEL, MEX))
    other = tell(told.sides[MEX], "KEN", "UGA", "SSD", "SOM", to=(BEL,))
    await told.settle()
    provided = told.sides[BEL].holdings.provided(
        told.sides[BEL].received(other.message_digest)
    )
    copy = copy_of(provided, (KEN,), ())
    forged = replace(copy, provider=KEN, message_digest=sent.message_digest)
    handling = Handling.parse("TLP:GREEN")
    told.sides[BEL].send((KEN,), encode_copy(forged), ONWARD_KIND, handling)
    await told.settle()
    own = [one for one in known(told, KEN) if one.report.bearing.own]
    assert [one.report.path for one in own] == [("KEN", "SOM")]
    assert [one.report.bearing.own for one in known(told, KEN)].count(False) == 1


def test_a_document_that_left_as_two_messages_is_one_report(told: RecallWorld) -> None:
    exact = place("SOM", at=(42.5, -0.5))
    tell(told.sides[KEN], "KEN", exact, to=(BEL,))
    told.clock.at_ms -= 1
    tell(told.sides[KEN], "KEN", "SOM", to=(MEX,))
    [one] = known(told, KEN)
    assert one.report.stops[-1].spot.position == (42.5, -0.5)


async def test_what_our_own_policy_binds_us_to_is_part_of_the_handling(
    told: RecallWorld,
) -> None:
    consent = replace(
        world.open_policy(BEL),
        imports=(
            Rule(
                id="take",
                effect=Effect.PERMIT,
                everyone=True,
                every_kind=True,
                up_to=Ceiling(tlp=Tlp.AMBER),
                terms=RuleTerms(with_consent=True),
            ),
        ),
    )
    side = told.sides[BEL]
    side.trust = world.trust({BEL: world.entry(BEL, consent)})
    side.restart()
    tell(told.sides[KEN], "KEN", "SOM")
    await told.settle()
    [one] = known(told)
    assert one.report.bearing.handling.restrictions.no_onward


async def test_what_waits_for_a_person_is_not_known_yet(told: RecallWorld) -> None:
    first = told.sides[BEL].trust
    looks = replace(
        world.open_policy(BEL),
        imports=(
            replace(
                world.open_policy(BEL).imports[0], terms=RuleTerms(quarantine=True)
            ),
        ),
    )
    told.sides[BEL].trust = world.trust({BEL: world.entry(BEL, looks)})
    told.sides[BEL].restart()
    sent = tell(told.sides[KEN], "KEN", "SOM")
    await told.settle()
    terms = told.sides[BEL].store.admission(sent.message_digest)
    assert terms
    assert terms.state is AdmissionState.QUARANTINED
    assert known(told) == []
    assert first is not told.sides[BEL].trust


async def test_routes_and_alerts_are_counted_and_what_is_cancelled_is_not(
    told: RecallWorld,
) -> None:
    tell(told.sides[KEN], "KEN", "SOM")
    alert = _example("diversion-alert")
    told.clock.at_ms += 1
    kept = told.sides[KEN].send(
        (BEL,), alert, "diversion-alert/1", Handling(tlp=Tlp.GREEN)
    )
    told.clock.at_ms += 1
    gone = told.sides[KEN].send(
        (BEL,), alert, "diversion-alert/1", Handling(tlp=Tlp.GREEN)
    )
    cancel = {"kind": "UPDATE_KIND_CANCEL", "sequence": 1, "reason": "Unfounded"}
    told.sides[KEN].send(
        (BEL,),
        encode_document("diversion-update/1", cancel),
        "diversion-update/1",
        in_reply_to=gone.message_digest,
    )
    await told.settle()
    seen: list[tuple[int, int]] = []
    counted = counted_contents(
        node(told.sides[BEL]), keys(BEL), lambda read, of: seen.append((read, of))
    )
    roots = {one.root for one in counted}
    assert len(counted) == 2
    assert kept.message_digest in roots
    assert gone.message_digest not in roots
    assert seen[-1] == (3, 3)


def test_a_list_of_places_in_the_folder_is_used_unless_another_is_named(
    told: RecallWorld, tmp_path: Path
) -> None:
    here = node(told.sides[BEL])
    assert places_of(here, None).locodes == {}
    (tmp_path / "places.csv").write_text("KEMBA,-4.05,39.67\n", "utf-8")
    assert places_of(here, None).locodes == {"KEMBA": (39.67, -4.05)}
    other = tmp_path / "other.csv"
    other.write_text("BEANR,51.22,4.4\n", "utf-8")
    assert set(places_of(here, other).locodes) == {"BEANR"}
    with pytest.raises(ConfigurationError, match="cannot read"):
        places_of(here, tmp_path / "missing.csv")


def _example(name: str) -> bytes:
    text = (EXAMPLES / f"{name}.yaml").read_text("utf-8")
    loaded: Any = yaml.safe_load(text)
    draft = parse_draft(loaded)
    return encode_document(draft.kind, draft.content)
