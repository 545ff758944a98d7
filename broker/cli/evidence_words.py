"""What checking evidence has shown, for people and for programs."""

from typing import Final

from broker.cli.output import say_item
from broker.core.codec.documents import decode_document
from broker.core.evidence.decided import read_decisions
from broker.core.evidence.findings import Report, State
from broker.core.evidence.stated import StatedMessage
from broker.core.model import message_id_text
from broker.core.status import iso_time

_TITLES: Final = {
    State.BROKEN: "DOES NOT HOLD",
    State.PROVED: "Proved",
    State.CAUTION: "Be careful",
    State.UNPROVED: "Not proved",
}


def report_fields(report: Report) -> dict[str, object]:
    """Returns a report as programs read it."""
    return {
        "holds": report.holds,
        "witnesses": list(report.witnesses),
        "findings": [
            {"state": one.state.value, "about": one.topic, "text": one.text}
            for one in report.findings
        ],
    }


def say_report(report: Report) -> None:
    """Prints a report for a person: what is wrong first, then what is proved."""
    for state, title in _TITLES.items():
        found = report.of(state)
        if found:
            say_item("", f"{title}:")
        for one in found:
            say_item("  - ", one.text)
    say_item(
        "",
        "Everything that is claimed and asked for holds."
        if report.holds
        else "THIS EVIDENCE DOES NOT HOLD as claimed or asked for; see above.",
    )


def message_fields(message: StatedMessage) -> dict[str, object]:
    """Returns what a message says of itself, unchecked, as programs read it."""
    header, parts = message.header, message.parts
    content = parts.content
    return {
        "id": message_id_text(header.message_id),
        "digest": parts.digest.hex(),
        "kind": header.kind,
        "from": header.origin,
        "to": list(header.parties),
        "handling": str(header.handling),
        "case": header.case_reference or None,
        "sealed": iso_time(header.created_ms),
        "receipts": [
            {
                "stage": one.receipt.stage.name,
                "by": one.receipt.by,
                "at": iso_time(one.receipt.at_ms),
                "code": one.receipt.code or None,
                "authority": one.receipt.authority or None,
            }
            for one in message.receipts
        ],
        "decisions": read_decisions(parts.decisions) if parts.decisions else [],
        "content": None
        if content is None
        else decode_document(header.kind, content.body),
    }


def say_message(message: StatedMessage) -> None:
    """Prints what a message says of itself, unchecked."""
    header = message.header
    say_item(
        "",
        f"{message}: {header.kind}, {header.origin} to {', '.join(header.parties)}, "
        f"{header.handling}, sealed {iso_time(header.created_ms)}",
    )
    for one in message.receipts:
        receipt = one.receipt
        say_item("  - ", f"{iso_time(receipt.at_ms)} {one} {receipt.code}".rstrip())
    shown = "disclosed: see --json" if message.parts.content else "not disclosed"
    say_item("  - ", f"content {shown}")
