"""Three parties that speak about a plan: real nodes, stores, envelopes and policies.

The hub is in memory; what is said is left to the tests.
"""

from dataclasses import replace
from types import SimpleNamespace
from typing import Any, Final

from broker.app.plan_drafts import amendment_from
from broker.app.plans import KnownPlans, answer_to, known_plans
from broker.core.cases.plan_messages import Verdict
from broker.core.cases.plan_state import PlanState
from broker.core.codec.draft import Draft, parse_draft
from broker.core.outgoing import OutgoingDocument
from broker.infra.document_files import load_file
from keys.identity import PartyId
from tests import world
from tests.federation import EXAMPLES
from tests.link_world import LinkWorld
from tests.world import BEL, KEN, MEX

PARTIES: Final = (BEL, KEN, MEX)
DRAFT: Final[Draft] = parse_draft(load_file(EXAMPLES / "mitigation-proposal.yaml"))


def seen(links: LinkWorld, party: PartyId) -> KnownPlans:
    """Returns what a party's node knows of plans."""
    node: Any = SimpleNamespace(store=links[party].store)
    keys: Any = SimpleNamespace(holder=world.holder(party))
    return known_plans(node, keys)


def plan_at(links: LinkWorld, party: PartyId) -> PlanState:
    [plan] = seen(links, party).found.plans
    return plan


async def say(links: LinkWorld, by: PartyId, document: OutgoingDocument) -> None:
    """Sends a document to all that it is for, as one message, and lets it arrive."""
    send(links, by, document)
    await links.settle()


def send(links: LinkWorld, by: PartyId, document: OutgoingDocument) -> None:
    links.clock.at_ms += 1000
    links[by].send(
        *document.recipients,
        kind=document.kind,
        body=document.body,
        handling=document.handling,
        case_reference=document.case_reference,
        in_reply_to=document.in_reply_to,
    )


async def answer(
    links: LinkWorld, by: PartyId, verdict: Verdict, version: bytes, **more: object
) -> None:
    known = seen(links, by)
    [plan] = known.found.plans
    document = answer_to(known, plan, by, verdict, version=version, **more)  # type: ignore[arg-type]
    await say(links, by, document)


def amended(plan: PlanState, *replaced: bytes) -> dict[str, object]:
    """Returns another version: Mexico gets until the end of May."""
    terms = dict(DRAFT.content["terms"])  # type: ignore[call-overload]
    terms["actions"] = [dict(one) for one in terms["actions"]]
    terms["actions"][2]["byWhen"] = "2026-05-31"
    return amendment_from(plan, replaced, replace(DRAFT, content={"terms": terms}))
