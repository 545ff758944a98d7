"""How diversion alerts are shown: as fields for programs, as rows for people."""

from collections.abc import Iterable, Sequence
from typing import Final

from broker.app.alerts import ask_name
from broker.app.contents import Content
from broker.cli.following import short_time
from broker.core.cases.alert_values import (
    ADDITIONS,
    AlertMessage,
    AlertView,
    Answered,
    Ask,
    Corrected,
)
from broker.core.cases.case import Case
from broker.core.cases.clocks import end_of_day_ms
from broker.core.cases.leg import Leg
from broker.core.status import iso_time

LIST_COLUMNS: Final = (
    "at",
    "from",
    "urgency",
    "stage",
    "state",
    "asked",
    "title",
    "id",
)
ASK_COLUMNS: Final = ("no", "asks for", "by", "of", "answer", "in words")
UPDATE_COLUMNS: Final = ("at", "from", "no", "what", "reason", "id")
LEG_COLUMNS: Final = ("to", "state", "means")

_PREFIXES: Final = (
    "UPDATE_KIND_",
    "ASK_KIND_",
    "URGENCY_",
    "DIVERSION_STAGE_",
    "DIVERSION_METHOD_",
    "RESOLUTION_OUTCOME_",
)


def word(value: object) -> str:
    """Returns "verify-euc" for ASK_KIND_VERIFY_EUC."""
    text = str(value or "")
    for prefix in _PREFIXES:
        text = text.removeprefix(prefix)
    return text.lower().replace("_", "-")


def legs_of(case: Case, view: AlertView) -> list[Leg]:
    """Returns the legs that an alert has opened, by addressee."""
    return [leg for leg in case.legs if leg.opening.digest == view.alert.digest]


def alert_fields(
    content: Content, view: AlertView, legs: Iterable[Leg], now_ms: int
) -> dict[str, object]:
    """Returns an alert as it stands.

    Args:
        content: The alert as it was issued.
        view: What became of it.
        legs: Where it is with each State that was alerted.
        now_ms: The present, in ms since the epoch.
    """
    alert, ending = view.alert, view.ending
    return {
        **message_fields(alert),
        "to": [str(party) for party in alert.to],
        "case": content.header.case_reference or None,
        "handling": str(content.header.handling),
        "title": alert.document.get("title"),
        "urgency": word(alert.document.get("urgency")),
        "stage": word(alert.document.get("stage")),
        "methods": [word(one) for one in _texts(alert, "methods")],
        "states": {str(leg.addressee): leg.state for leg in legs},
        "ending": None if ending is None else _update_fields(ending),
        "asks": [_ask_fields(view, ask, now_ms) for ask in view.asks],
        "corrections": [_correction_fields(one) for one in view.corrections],
        "updates": [
            {
                **_update_fields(one.message),
                "contradicted": one.contradicted,
                "counts": one.counts,
            }
            for one in view.updates
        ],
        "missing": {str(party): [*gone] for party, gone in view.missing.items()},
        "added": {
            name: [
                {**message_fields(message), "value": value}
                for message, value in view.additions(name)
            ]
            for name in ADDITIONS
        },
        "content": alert.document,
    }


def message_fields(message: AlertMessage) -> dict[str, object]:
    """Returns which message it is, of whom, and when."""
    return {
        "message": message.name,
        "digest": message.digest.hex(),
        "by": str(message.by),
        "at": iso_time(message.at_ms),
    }


def list_row(view: AlertView, legs: Sequence[Leg]) -> tuple[str, ...]:
    """Returns an alert as a row of the list."""
    alert = view.alert
    replies = [reply for ask in view.asks for reply in ask.replies]
    still = sum(reply.answered is Answered.OPEN for reply in replies)
    return (
        short_time(alert.at_ms),
        str(alert.by),
        word(alert.document.get("urgency")),
        word(alert.document.get("stage")),
        " ".join(f"{leg.addressee}:{leg.state}" for leg in legs),
        f"{still} of {len(replies)} open",
        str(alert.document.get("title", "")),
        alert.name,
    )


def ask_rows(view: AlertView, now_ms: int) -> list[tuple[str, ...]]:
    """Returns what is asked, a row for each State that it is asked of."""
    return [
        (
            ask_name(view, ask),
            word(ask.what),
            ask.by_when,
            str(reply.party),
            reply.answered.value
            + (", overdue" if _late(ask, reply.answered, now_ms) else ""),
            ask.detail,
        )
        for ask in view.asks
        for reply in ask.replies
    ]


def update_rows(view: AlertView) -> list[tuple[str, ...]]:
    """Returns the updates of an alert, in order."""
    rows: list[tuple[str, ...]] = []
    for one in view.updates:
        message = one.message
        doubt = ", contradicted" if one.contradicted else ""
        doubt += "" if one.counts else ", no effect: not the issuer"
        rows.append(
            (
                short_time(message.at_ms),
                str(message.by),
                str(message.number),
                word(message.document.get("kind")) + doubt,
                str(message.document.get("reason", "")),
                message.name,
            )
        )
    return rows


def correction_lines(corrected: Corrected) -> list[str]:
    """Returns what was corrected in one field, by whom and when."""
    lines = [f"{corrected.field}: the alert says {corrected.original or 'nothing'!r}"]
    lines += [
        f"  {one.message.by} at {short_time(one.message.at_ms)}: "
        f"{one.value or 'withdrawn'!r}"
        for one in corrected.statements
    ]
    if corrected.conflicting:
        lines.append("  They contradict one another: ask.")
    return lines


def _ask_fields(view: AlertView, ask: Ask, now_ms: int) -> dict[str, object]:
    return {
        "name": ask_name(view, ask),
        "what": word(ask.what),
        "by_when": ask.by_when or None,
        "detail": ask.detail or None,
        "message": ask.message.name,
        "number": ask.number,
        "replies": [
            {
                "party": str(reply.party),
                "answer": reply.answered.value,
                "overdue": _late(ask, reply.answered, now_ms),
                "said": [
                    {
                        **message_fields(one),
                        "text": one.document.get("text"),
                        "authority": one.document.get("authority"),
                    }
                    for one in reply.steps
                ],
            }
            for reply in ask.replies
        ],
    }


def _correction_fields(one: Corrected) -> dict[str, object]:
    return {
        "field": one.field,
        "original": one.original or None,
        "conflicting": one.conflicting,
        "said": [
            {**message_fields(said.message), "was": said.was, "is": said.value or None}
            for said in one.statements
        ],
    }


def _update_fields(message: AlertMessage) -> dict[str, object]:
    return {
        **message_fields(message),
        "number": message.number,
        "kind": word(message.document.get("kind")),
        "reason": message.document.get("reason"),
        "resolution": message.document.get("resolution"),
    }


def _late(ask: Ask, answered: Answered, now_ms: int) -> bool:
    waits = answered in (Answered.OPEN, Answered.UNDER_WAY)
    return waits and bool(ask.by_when) and end_of_day_ms(ask.by_when) < now_ms


def _texts(message: AlertMessage, name: str) -> list[str]:
    found = message.document.get(name)
    return [str(one) for one in found] if isinstance(found, list) else []
