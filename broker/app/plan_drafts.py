"""Proposals and amendments of joint mitigation plans, from the files people write.

Reading the files is left to the command line, sending to the dispatcher.
"""

import base64
import secrets
from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Final

from broker.core.cases.plan_messages import PlanTerms, Proposal
from broker.core.cases.plan_state import PlanState
from broker.core.codec.documents import encode_document
from broker.core.codec.draft import Draft
from broker.core.codec.plans import PROPOSAL_KIND, read_word, terms_document
from broker.core.errors import ConfigurationError
from broker.core.handling import Handling
from broker.core.model import Header
from broker.core.outgoing import OutgoingDocument
from keys.identity import PartyId

_ID_SIZE: Final = 32  # bytes
_OF_VERSION: Final = frozenset({"planId", "plan_id", "replaces"})
"""What an amendment takes from the plan, whatever its file says."""


def proposal_from(
    draft: Draft, me: PartyId, alert: Header | None = None
) -> OutgoingDocument:
    """Returns a proposal to all other parties that it names.

    It gets a random id if the file has none.

    Args:
        draft: A file, read.
        me: Who proposes.
        alert: Header of the alert that it answers; says what the file does not.

    Raises:
        DocumentError: The proposal is not sound.
        HandlingError: Not a handling label.
        ConfigurationError: The file is of another kind; or we are no party; or nobody
            says how it may be handled.
    """
    fresh = base64.b64encode(secrets.token_bytes(_ID_SIZE)).decode()
    given = _terms_in(draft)
    named = {"planId", "plan_id"} & {*given}
    fields = given if named else {"planId": fresh, **given}
    body = encode_document(PROPOSAL_KIND, {**draft.content, "terms": fields})
    parties = _read(body).parties
    if me not in parties:
        raise ConfigurationError(f"{me} is no party of it: {', '.join(parties)}")
    label = draft.handling or (str(alert.handling) if alert else "")
    if not label:
        raise ConfigurationError("how may it be handled? Give --handling TLP:AMBER, …")
    reference = draft.case_reference or (alert.case_reference if alert else "")
    return OutgoingDocument(
        kind=PROPOSAL_KIND,
        body=body,
        recipients=tuple(party for party in parties if party != me),
        handling=Handling.parse(label, draft.restrictions),
        case_reference=reference,
    )


def amendment_from(
    plan: PlanState, replaced: Collection[bytes], draft: Draft
) -> dict[str, object]:
    """Returns the document of a version that replaces others.

    Args:
        plan: The plan.
        replaced: Digests of the versions that it replaces.
        draft: A file, read; as of a proposal.

    Raises:
        DocumentError: The version is not sound.
        ConfigurationError: The file is of another kind, or changes who is a party.
    """
    given = {k: v for k, v in _terms_in(draft).items() if k not in _OF_VERSION}
    plan_id = base64.b64encode(plan.plan_id).decode()
    fields = {"planId": plan_id, **given}
    terms = _read(encode_document(PROPOSAL_KIND, {"terms": fields}))
    if terms.parties != plan.parties:
        raise ConfigurationError(
            f"the parties of a plan stay {', '.join(plan.parties)}; for others, "
            "propose another plan"
        )
    return terms_document(replace(terms, replaces=tuple(sorted(set(replaced)))))


def joint_plan(plan: PlanState) -> dict[str, object]:
    """Returns an agreed plan as an update of an alert tells of it.

    Raises:
        ConfigurationError: It is not agreed.
    """
    agreed = plan.version(plan.agreed)
    if agreed is None:
        raise ConfigurationError(f"the plan is {plan.phase}: there is nothing to tell")
    fields: dict[str, object] = {
        "actions": [
            {
                "country": str(one.action.owner),
                "what": one.action.what,
                "byWhen": one.action.by_when,
                "status": f"ACTION_STATUS_{one.progress.name}",
            }
            for one in plan.actions
        ],
        "agreements": [
            {
                "party": str(one.party),
                "messageDigest": base64.b64encode(one.messages[0].digest).decode(),
            }
            for one in plan.positions
        ],
    }
    if agreed.terms.review_on:
        fields["reviewOn"] = agreed.terms.review_on
    return fields


def _terms_in(draft: Draft) -> Mapping[str, object]:
    """Returns the terms that a file holds; what is of no right shape is reported later.

    Raises:
        ConfigurationError: The file is of another kind.
    """
    if draft.kind != PROPOSAL_KIND:
        raise ConfigurationError(f"that is a {draft.kind}, not a {PROPOSAL_KIND}")
    found = draft.content.get("terms")
    return found if isinstance(found, Mapping) else {}


def _read(body: bytes) -> PlanTerms:
    word = read_word(PROPOSAL_KIND, body)
    if not isinstance(word, Proposal):
        raise TypeError("a proposal was read as something else")
    return word.terms
