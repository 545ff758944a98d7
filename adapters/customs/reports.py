"""What a border post reports as seized, and the recovery record that becomes of it.

Pure: whoever proposes it to a person, and when the post's message is acknowledged, is
left to `adapters.customs.report_intake`.
"""

import base64
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Final, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from adapters.customs.settings import PostName
from adapters.customs.watchlist import Entry
from adapters.errors import RejectedError
from adapters.values import Proposal, Submission
from broker.core.errors import RefusedError
from broker.core.handling import Handling
from broker.core.tightening import tighten

FORMAT: Final = "rogatory-seizure/1"
MAX_SIZE: Final = 262_144  # bytes of a report

_ITEMS_MAX: Final = 500
_WEAPONS: Final = frozenset({"FIREARM", "LIGHT_WEAPON", "CONVERTIBLE"})
_PARTS: Final = frozenset({"PART", "ACCESSORY"})
_DETAILS: Final = frozenset({"type", "part", "make", "model", "calibre", "serial"})
_NAME: Final = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9_-]{0,62}[A-Za-z0-9])?\Z")

_Word = Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9_]{0,63}$")]
_Line = Annotated[str, Field(min_length=1, max_length=300)]
_Text = Annotated[str, Field(min_length=1, max_length=4000)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ReportedPlace(_Strict):
    """Where; the country in three letters, and a UN/LOCODE or a name."""

    country: Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
    locode: Annotated[str, Field(pattern=r"^[A-Z]{2}[A-Z2-9]{3}$")] | None = None
    name: _Line | None = None


class ReportedItem(_Strict):
    """One item, in the words of `recovery-record` without their prefixes.

    Attributes:
        item_class: Such as "FIREARM".
        type: Of a weapon, such as "PISTOL".
        part: Of a part, which one, such as "SLIDE".
        serial: As read; "?" for a sign that could not be read.
        quantity: Pieces, or rounds.
        exhibit: The post's own reference.
        description: In words.
    """

    item_class: _Word
    type: _Word | None = None
    part: _Word | None = None
    make: _Line | None = None
    model: _Line | None = None
    calibre: _Line | None = None
    serial: _Line | None = None
    quantity: int = Field(default=1, ge=1, le=100_000_000)
    exhibit: _Line | None = None
    description: _Text | None = None

    @model_validator(mode="after")
    def _has_a_place_for_each(self) -> Self:
        """Refuses what the record would have no place for: nothing is left out."""
        if self.item_class in _WEAPONS:
            known = {"type", "make", "model", "calibre", "serial"}
        elif self.item_class in _PARTS and self.part is not None:
            known = {"part", "make", "model", "calibre", "serial"}
        elif self.item_class == "AMMUNITION":
            known = {"make", "calibre", "serial"}
        else:
            known = set()
        if any(getattr(self, name) is not None for name in _DETAILS - known):
            raise ValueError("a detail that items of this class do not have")
        return self


class Hit(_Strict):
    """The entry of the watch-list that led to it."""

    entry_id: Annotated[str, Field(pattern=r"^W-[0-9a-f]{20}$")]
    version: int = Field(ge=1)


class Report(_Strict):
    """A report of a border post, as it travels: JSON in UTF-8.

    Attributes:
        format: What it is.
        post: Who reports it.
        report_id: What the post calls it; never the same for two reports.
        kind: How the items came into its hands.
        ground: SEIZED: for what sort of offence.
        day: When.
        place: Where.
        circumstances: In words, without names of persons.
        items: What.
        hit: The entry of the watch-list that led to it.
    """

    format: Literal["rogatory-seizure/1"]
    post: PostName
    report_id: Annotated[str, Field(min_length=1, max_length=64)]
    kind: Literal["SEIZED", "FOUND", "SURRENDERED"] = "SEIZED"
    ground: Literal["CRIMINAL", "ADMINISTRATIVE"] | None = None
    day: date
    place: ReportedPlace
    circumstances: _Text | None = None
    items: Annotated[
        tuple[ReportedItem, ...], Field(min_length=1, max_length=_ITEMS_MAX)
    ]
    hit: Hit | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportAddress:
    """From whom a report came, by the topic that the broker let it be published under.

    Attributes:
        post: The post.
        report_id: What the post calls the report.
    """

    post: str
    report_id: str

    @property
    def is_plain(self) -> bool:
        """Tells whether both can be part of the topic of an answer."""
        return all(_NAME.match(one) for one in (self.post, self.report_id))


def read_report(payload: bytes, address: ReportAddress) -> Report:
    """Reads a report, and checks that it says of itself what its topic says.

    Raises:
        RejectedError: It is too long, does not have the form, or is another's.
    """
    if len(payload) > MAX_SIZE:
        raise RejectedError(
            f"a report has at most {MAX_SIZE} bytes", code="too-long", payload=payload
        )
    try:
        report = Report.model_validate_json(payload, strict=True)
    except ValidationError as error:
        raise RejectedError(_said(error), code="bad-form", payload=payload) from error
    # The broker's list of rights says who may publish under a topic; what a report says
    # of itself anybody could have written.
    if (report.post, report.report_id) != (address.post, address.report_id):
        raise RejectedError(
            f"published by {address.post} as {address.report_id}, and says that it is "
            "another post's, or another report",
            code="another-post",
            payload=payload,
        )
    return report


def proposal_of(
    report: Report, entry: Entry | None, *, key: str, handling: Handling
) -> Proposal:
    """Returns a recovery record for a person to look at.

    Args:
        report: What was reported.
        entry: The entry that led to it, when it is on the list.
        key: What the proposal is called by.
        handling: What binds at least.

    Raises:
        RejectedError: Nothing binds as much as both that and the entry do.
    """
    reasons = [f"Border post {report.post} reports it as {report.report_id}."]
    content = _content(report)
    if entry is not None:
        try:
            handling = tighten(handling, entry.handling)
        except RefusedError as error:
            raise RejectedError(str(error), code="handling-conflict") from error
        reasons.append(
            f"Entry {entry.entry_id} of the watch-list led to it: "
            f"{', '.join(entry.reasons)}."
        )
        digest = base64.b64encode(entry.sources[0]).decode()
        content["references"] = [
            {"system": "watch-list", "identifier": entry.entry_id},
            {"messageDigest": digest},
        ]
    elif report.hit is not None:
        reasons.append(
            f"The post names entry {report.hit.entry_id}, which is not on the list "
            "(any more)."
        )
    return Proposal(
        submission=Submission(
            key=key,
            kind="recovery-record/1",
            content=content,
            handling=str(handling),
            to=() if entry is None else (entry.origin,),
            case_reference="" if entry is None else entry.case_reference,
            based_on=() if entry is None else entry.sources,
        ),
        title=f"Seizure reported by border post {report.post}",
        reasons=tuple(reasons),
    )


def _content(report: Report) -> dict[str, object]:
    place = report.place.model_dump(exclude_none=True)
    recovery: dict[str, object] = {
        "kind": f"RECOVERY_KIND_{report.kind}",
        "date": report.day.isoformat(),
        "place": place,
        "authority": f"Customs, border post {report.post}",
    }
    if report.circumstances is not None:
        recovery["circumstances"] = report.circumstances
    content: dict[str, object] = {
        "recovery": recovery,
        "items": [
            {
                "item": _item(one),
                "marked": "CHECK_ANSWER_NOT_YET",
                "recorded": "CHECK_ANSWER_YES",
                "traced": "CHECK_ANSWER_NOT_YET",
            }
            for one in report.items
        ],
    }
    if report.ground is not None:
        content["seizureGround"] = f"SEIZURE_GROUND_{report.ground}"
    return content


def _item(item: ReportedItem) -> dict[str, object]:
    found: dict[str, object] = {
        "itemClass": f"ITEM_CLASS_{item.item_class}",
        "quantity": str(item.quantity),
    }
    if item.exhibit is not None:
        found["reference"] = item.exhibit
    if item.description is not None:
        found["description"] = item.description
    calibre = None if item.calibre is None else {"raw": item.calibre}
    serial = None if item.serial is None else {"raw": item.serial}
    if item.item_class in _WEAPONS:
        found["firearm"] = _stated(
            type=None if item.type is None else f"FIREARM_TYPE_{item.type}",
            make=item.make,
            model=item.model,
            calibre=calibre,
            frameSerial=serial,
        )
    elif item.part is not None:
        found["part"] = _stated(
            kind=f"PART_KIND_{item.part}",
            make=item.make,
            fits=item.model,
            calibre=calibre,
            serial=serial,
        )
    elif item.item_class == "AMMUNITION":
        found["ammunition"] = _stated(make=item.make, calibre=calibre, lot=item.serial)
    return found


def _stated(**fields: object) -> Mapping[str, object]:
    return {name: value for name, value in fields.items() if value is not None}


def _said(error: ValidationError) -> str:
    """Returns what is wrong, without anything that the report says."""
    first = error.errors(include_url=False, include_input=False)[0]
    where = ".".join(str(step) for step in first["loc"]) or "the report"
    return f"{where}: {first['type']}"
