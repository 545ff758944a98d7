"""A document with fields of many classes, and policies that treat them, for tests."""

from collections.abc import Collection, Mapping
from functools import cache
from typing import Any, Final

from broker.core.codec.documents import encode_document
from broker.core.codec.draft import parse_draft
from broker.core.fields import FieldClass, Treatment
from broker.core.flows.export import ExportPlan, plan_export
from broker.core.flows.recipient import Circumstances
from broker.core.handling import Handling, Tlp
from broker.core.outgoing import OutgoingDocument
from broker.core.policy.rule import (
    Ceiling,
    Effect,
    Officer,
    Rule,
    RuleTerms,
)
from broker.core.policy.rules import Policy
from broker.core.trust import Trust
from broker.infra.document_files import load_file
from keys.identity import PartyId
from tests import world
from tests.federation import EXAMPLES
from tests.officers import public_keys
from tests.world import BEL, KEN, NOW_MS

SERIAL: Final = "ZZQ-00417"
AUTHORITY: Final = "Port police unit"
"""What only a field of the class SOURCE says."""


@cache
def example(name: str = "trace-request") -> tuple[str, bytes]:
    """Returns kind and content of an example file."""
    draft = parse_draft(load_file(EXAMPLES / f"{name}.yaml"))
    return draft.kind, encode_document(draft.kind, draft.content)


def document(*to: PartyId, name: str = "trace-request") -> OutgoingDocument:
    """Returns an example as it is to be sent."""
    kind, body = example(name)
    return OutgoingDocument(
        kind=kind,
        body=body,
        recipients=to or (BEL,),
        handling=Handling(tlp=Tlp.AMBER),
    )


def permit(
    rule_id: str,
    *to: PartyId,
    fields: Mapping[FieldClass, Treatment] | None = None,
    **terms: Any,  # noqa: ANN401 - fields of a dataclass
) -> Rule:
    """Returns a rule that lets everything go to some parties, on terms."""
    return Rule(
        id=rule_id,
        effect=Effect.PERMIT,
        parties=frozenset(to),
        every_kind=True,
        up_to=Ceiling(tlp=Tlp.AMBER),
        terms=RuleTerms(fields=fields or {}, **terms),
        because="agreement",
    )


def policy(
    *exports: Rule, party: PartyId = KEN, officers: Collection[str] = ()
) -> Policy:
    """Returns a policy that takes everything, and lets go what the rules say."""
    return Policy(
        party=party,
        exports=exports,
        imports=world.open_policy(party).imports,
        officers=tuple(
            Officer(name=name, public_key=public_keys([name])[name])
            for name in officers
        ),
    )


def plan(
    outgoing: OutgoingDocument,
    trust: Trust | Policy | None = None,
    now_ms: int = NOW_MS,
) -> ExportPlan:
    """Returns what KEN's node plans, by a directory, or by a policy of KEN's."""
    if isinstance(trust, Policy):
        trust = world.trust({KEN: world.entry(KEN, trust)})
    trust = trust or world.trust()
    return plan_export(
        KEN,
        outgoing,
        Circumstances(directory=trust.view, engines=trust.engines, now_ms=now_ms),
        policy_digest=trust.policy_digests.get(KEN, b""),
    )
