"""The joint mitigation plans of a node: all of them, one by name, and speaking of one.

What messages amount to is left to `broker.core.cases.plan_fold`; sending them, to the
dispatcher.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from broker.app.cases import cases
from broker.app.credentials import NodeKeys
from broker.app.node_folder import Node
from broker.core.cases.duties import Duty
from broker.core.cases.plan_duties import plan_duties
from broker.core.cases.plan_fold import plans_in
from broker.core.cases.plan_messages import (
    Answer,
    PlanMessage,
    Report,
    Verdict,
)
from broker.core.cases.plan_state import Misplaced, Plans, PlanState
from broker.core.cases.plan_steps import (
    check_answer,
    check_report,
    next_answer,
    next_report,
)
from broker.core.codec.documents import encode_document
from broker.core.codec.plans import (
    ANSWER_KIND,
    REPORT_KIND,
    answer_document,
    report_document,
    terms_of,
)
from broker.core.errors import Code, ConfigurationError, RefusedError
from broker.core.flows.export import ExportPlan
from broker.core.model import Header
from broker.core.outgoing import OutgoingDocument
from broker.services.plan_book import PlanBook
from keys.identity import PartyId

_SHORT: Final = 8  # digits that the beginning of an id needs


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownPlans:
    """The plans that a node's contents tell of.

    Attributes:
        found: The plans, and what belongs to none of them.
        headers: Of every message about one, by digest.
    """

    found: Plans
    headers: Mapping[bytes, Header]

    def named(self, name: str) -> list[PlanState]:
        """Returns the plans that a name may mean.

        Args:
            name: Id of the plan or of a message in it, or its beginning, of 8 digits
                or more; or the reference of a case.
        """
        begin = name.lower().replace("-", "")
        return [one for one in self.found.plans if self._is_named(one, name, begin)]

    def stray_in(self, plan: PlanState) -> tuple[Misplaced, ...]:
        """Returns what bears the id of a plan and is not between its parties."""
        return tuple(
            one for one in self.found.stray if one.message.word.plan_id == plan.plan_id
        )

    def header(self, message: PlanMessage) -> Header:
        """Returns the header of a message about a plan."""
        return self.headers[message.digest]

    def _is_named(self, plan: PlanState, name: str, begin: str) -> bool:
        headers = [self.header(one) for one in plan.messages]
        if any(name and one.case_reference == name for one in headers):
            return True
        ids = (plan.plan_id, *(one.message_id for one in headers))
        digests = (one.digest for one in plan.messages)
        return len(begin) >= _SHORT and any(
            one.hex().startswith(begin) for one in (*ids, *digests)
        )


def known_plans(node: Node, keys: NodeKeys) -> KnownPlans:
    """Returns what this node may read of plans.

    Raises:
        StoreError: The store cannot be read.
        ContentError: Something was protected under another key.
    """
    headers: dict[bytes, Header] = {}
    said: list[PlanMessage] = []
    for header, message in PlanBook(keys.holder, node.store).messages():
        headers[message.digest] = header
        said.append(message)
    return KnownPlans(found=plans_in(said), headers=headers)


def plan_of(node: Node, keys: NodeKeys, name: str) -> tuple[KnownPlans, PlanState]:
    """Returns the one plan that is called so, and all that are known.

    Raises:
        ConfigurationError: There is none, or several.
        StoreError: The store cannot be read.
        ContentError: Something was protected under another key.
    """
    known = known_plans(node, keys)
    found = known.named(name)
    if not found:
        raise ConfigurationError(
            f"no plan is called {name!r} here; see: rogatory plan list"
        )
    if len(found) > 1:
        ids = ", ".join(_first_id(known, one) for one in found)
        raise ConfigurationError(
            f"{name!r} could be {len(found)} plans; name one by its proposal: {ids}"
        )
    return known, found[0]


def duties_in_plans(
    node: Node, keys: NodeKeys, plans: Collection[PlanState]
) -> list[Duty]:
    """Returns what is owed in some plans, by whomever.

    Raises:
        StoreError: The store cannot be read or written.
        ContentError: Something was protected under another key.
    """
    spans = node.settings.case_clocks
    known = cases(node, keys) if plans else ()
    return [duty for case in known for duty in plan_duties(case, plans, spans)]


def answer_to(
    known: KnownPlans,
    plan: PlanState,
    by: PartyId,
    verdict: Verdict,
    *,
    version: bytes,
    amended: Mapping[str, object] | None = None,
    reason: str = "",
) -> OutgoingDocument:
    """Returns an answer to a plan, for all of its other parties.

    Args:
        known: All plans.
        plan: Which is answered.
        by: Who answers.
        verdict: What it says.
        version: Digest of the version that it answers.
        amended: AMEND: the document of the other version.
        reason: Why, in words.

    Raises:
        RefusedError: ILLEGAL_STEP.
        DocumentError: The other version, or the answer, is not sound.
    """
    check_answer(plan, by, verdict, version)
    answer = Answer(
        plan_id=plan.plan_id,
        terms_digest=version,
        verdict=verdict,
        sequence=next_answer(plan, by),
        amended=None if amended is None else terms_of(amended),
        reason=reason,
    )
    body = encode_document(ANSWER_KIND, answer_document(answer, amended))
    return _to_all(known, plan, by, ANSWER_KIND, body)


def report_on(
    known: KnownPlans, plan: PlanState, by: PartyId, report: Report
) -> OutgoingDocument:
    """Returns a report on an action, for all other parties of its plan.

    Args:
        known: All plans.
        plan: Which is reported on.
        by: Who reports.
        report: What; its plan, version and number are filled in.

    Raises:
        RefusedError: ILLEGAL_STEP.
        DocumentError: The report is not sound.
    """
    check_report(plan, by, report.action, report.status)
    whole = Report(
        plan_id=plan.plan_id,
        terms_digest=plan.agreed,
        action=report.action,
        status=report.status,
        sequence=next_report(plan, by, report.action),
        date=report.date,
        detail=report.detail,
    )
    body = encode_document(REPORT_KIND, report_document(whole))
    return _to_all(known, plan, by, REPORT_KIND, body)


def check_whole(export: ExportPlan, parties: Iterable[PartyId]) -> None:
    """Refuses what would not reach all parties of a plan as one message.

    A message of which some get less, or nothing, would be counted by nobody.

    Args:
        export: What the policies let through.
        parties: Whom it has to reach.

    Raises:
        RefusedError: EXPORT_POLICY, or the code of whoever would get nothing.
    """
    for kept in export.withheld:
        raise RefusedError(
            kept.code, f"{kept.party} would not get it: {'; '.join(kept.reasons)}"
        )
    missing = {*parties} - {one.party for one in export.releases}
    if missing:
        raise RefusedError(
            Code.INVALID_RECIPIENTS, f"{', '.join(sorted(missing))} must get it as well"
        )
    if len(export.parcels) > 1:
        raise RefusedError(Code.EXPORT_POLICY, "; ".join(_different(export)))


def _different(export: ExportPlan) -> Iterator[str]:
    yield "a plan needs the same message for all, and our export policy makes of it"
    for parcel in export.parcels:
        rules = {rule for one in parcel.releases for rule in one.decision.rule_ids}
        treated = ", ".join(sorted(one.word for one in parcel.withheld)) or "nothing"
        yield (
            f"for {', '.join(parcel.parties)}: {parcel.handling}, without {treated} "
            f"(rules {', '.join(sorted(rules))})"
        )


def _to_all(
    known: KnownPlans, plan: PlanState, by: PartyId, kind: str, body: bytes
) -> OutgoingDocument:
    """Addresses what is said about a plan: as its proposal was, in reply to that."""
    root = plan.root
    header = known.header(root)
    return OutgoingDocument(
        kind=kind,
        body=body,
        recipients=tuple(party for party in plan.parties if party != by),
        handling=header.handling,
        case_reference=header.case_reference,
        in_reply_to=root.digest,
    )


def _first_id(known: KnownPlans, plan: PlanState) -> str:
    return known.header(plan.root).message_id.hex()
