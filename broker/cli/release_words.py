"""A release, and what officers said about it, in words for whoever has to decide."""

import yaml

from broker.app.release_files import ReleaseRequest
from broker.cli.output import note
from broker.core.handling import Restrictions
from broker.core.policy.decision import Approval
from broker.core.releases import Release, Statement
from broker.core.status import iso_time

_INDENT = "      "


def show_request(request: ReleaseRequest) -> None:
    """Says what would leave, to whom and how, on standard error; content included."""
    release = request.release
    note(f"{release.origin} would send: {_line(release.kind)}")
    if release.case_reference:
        note(f"  case             {_line(release.case_reference)}")
    if release.in_reply_to:
        note(f"  in answer to     {release.in_reply_to.hex()}")
    note(f"  under policy     {release.policy_digest.hex()}")
    for number, (parcel, content) in enumerate(request.contents(), start=1):
        note(f"  message {number} to     {', '.join(parcel.recipients)}")
        note(f"    handling       {parcel.handling}")
        for line in restrictions(parcel.handling.restrictions):
            note(f"    restriction    {_line(line)}")
        withheld = ", ".join(one.word for one in parcel.withheld)
        note(f"    left out       {withheld or 'nothing'}")
        note(f"    content digest {parcel.body_digest.hex()}")
        if content is None:
            note("    content        NOT SHOWN: it is not in this file")
            continue
        note("    content")
        text = yaml.safe_dump(content, sort_keys=False, allow_unicode=True)
        for line in text.splitlines():
            note(f"{_INDENT}{line}")
    for need in release.needed:
        note(f"  needed           {_line(need_words(need))}")
    note(f"  waits until      {iso_time(request.lapses_ms)}")
    note(f"  you would sign   {request.digest.hex()}")


def _line(text: str) -> str:
    """Writes a text in one line: what goes on in the next would pass for our words."""
    return text.replace("\n", "\\n")


def need_words(need: Approval) -> str:
    """Returns what a rule asks for: "rule routes: 2 of amina, brian, chen"."""
    return f"rule {need.rule_id}: {need.needed} of {', '.join(sorted(need.officers))}"


def restrictions(found: Restrictions) -> list[str]:
    """Returns the restrictions of a handling, one by one."""
    purposes = ", ".join(
        use.name.lower().replace("_", "-") for use in sorted(found.purposes)
    )
    words = (
        (found.release_to, f"for {', '.join(found.release_to)} only"),
        (found.purpose, f"purpose: {found.purpose}"),
        (found.purposes, f"may be used for {purposes} only"),
        (found.no_onward, "not to be passed on without consent"),
        (found.retention_days, f"to be kept for {found.retention_days} days at most"),
        (found.other, found.other),
    )
    return [text for there, text in words if there]


def release_fields(release: Release) -> dict[str, object]:
    """Returns a release for JSON."""
    return {
        "origin": release.origin,
        "kind": release.kind,
        "case": release.case_reference or None,
        "in_reply_to": release.in_reply_to.hex() or None,
        "policy": release.policy_digest.hex(),
        "messages": [
            {
                "to": list(parcel.recipients),
                "handling": str(parcel.handling),
                "restrictions": restrictions(parcel.handling.restrictions),
                "withheld": [one.word for one in parcel.withheld],
                "content_sha256": parcel.body_digest.hex(),
            }
            for parcel in release.parcels
        ],
        "needed": [
            {
                "rule": need.rule_id,
                "needed": need.needed,
                "officers": sorted(need.officers),
            }
            for need in release.needed
        ],
    }


def statement_fields(said: Statement) -> dict[str, object]:
    """Returns what an officer said for JSON."""
    return {
        "officer": said.officer,
        "verdict": said.verdict.word,
        "at": iso_time(said.at_ms),
        "counts_until": iso_time(said.expires_ms),
        "reason": said.reason or None,
    }


def statement_words(said: Statement) -> str:
    """Returns what an officer said in a line: "amina approved, 2026-…: reason"."""
    verb = {"approve": "approved", "reject": "rejected"}[said.verdict.word]
    reason = f": {said.reason}" if said.reason else ""
    return f"{said.officer} {verb}, {iso_time(said.at_ms)}{reason}"
