"""Who would get what of a document, for people and for programs.

Deciding it is left to `broker.core.flows.export`.
"""

from collections.abc import Iterable, Iterator, Sequence

from broker.core.fields import FieldClass, Treatment
from broker.core.flows.export import ExportPlan, Parcel
from broker.core.flows.recipient import Release
from broker.core.policy.decision import Approval, Redact

COLUMNS = ("gets it", "party", "why")


def plan_fields(plan: ExportPlan) -> dict[str, object]:
    """Returns a plan as JSON; `message` counts the messages that it would make."""
    return {
        "would_get_it": [
            {
                "party": release.party,
                "message": number,
                "withheld": dict(_treated(release, parcel)),
                "handling": str(parcel.handling),
                "retention_days": parcel.handling.restrictions.retention_days,
                "approvals": [_approval_fields(one) for one in parcel.approvals],
                "rules": list(release.decision.rule_ids),
                "why": release.decision.summary,
            }
            for number, parcel in enumerate(plan.parcels, 1)
            for release in parcel.releases
        ],
        "would_not": [
            {"party": one.party, "code": one.code, "why": list(one.reasons)}
            for one in plan.withheld
        ],
        "release": plan.digest.hex(),
    }


def plan_rows(plan: ExportPlan) -> list[tuple[str, ...]]:
    """Returns a plan as the rows of a table, those who get nothing last."""
    got: list[tuple[str, ...]] = [
        ("; ".join(_how(release, parcel)), release.party, release.decision.summary)
        for parcel in plan.parcels
        for release in parcel.releases
    ]
    got.sort(key=lambda row: row[1])
    denied: list[tuple[str, ...]] = [
        ("no", one.party, f"{one.code}: {'; '.join(one.reasons)}")
        for one in plan.withheld
    ]
    return got + denied


def withheld_words(classes: Sequence[FieldClass]) -> str:
    """Returns classes of fields as people read them."""
    return ", ".join(one.word for one in classes)


def treated_words(fields: Iterable[tuple[FieldClass, Treatment]]) -> str:
    """Returns what becomes of classes of fields: "personal: drop"."""
    return ", ".join(f"{one.word}: {how.word}" for one, how in fields)


def _how(release: Release, parcel: Parcel) -> Iterator[str]:
    treated = _treated(release, parcel)
    dropped = [name for name, how in treated if how == Treatment.DROP.word]
    blurred = [name for name, how in treated if how == Treatment.BLUR.word]
    yield "yes" + (f", without {', '.join(dropped)}" if dropped else "")
    if blurred:
        yield f"{', '.join(blurred)} blurred"
    for one in parcel.approvals:
        who = ", ".join(sorted(one.officers))
        yield f"once {one.needed} of {who} approve"


def _treated(release: Release, parcel: Parcel) -> list[tuple[str, str]]:
    """Returns what of this document is withheld, each class with its treatment."""
    fields = release.decision.fields if isinstance(release.decision, Redact) else ()
    return [(one.word, how.word) for one, how in fields if one in parcel.withheld]


def _approval_fields(approval: Approval) -> dict[str, object]:
    return {
        "rule": approval.rule_id,
        "needed": approval.needed,
        "officers": sorted(approval.officers),
    }
