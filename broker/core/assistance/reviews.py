"""A voluntary review among peers: each question with what was said to it, by part.

Nothing is judged here, and nothing is counted against anybody.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum


class Part(StrEnum):
    """Which part of a review something is, in the order of a review."""

    SELF_ASSESSMENT = "self-assessment"
    FINDINGS = "findings"
    RESPONSE = "response"


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """What one party says to one question.

    Attributes:
        by: Who.
        part: In which part.
        digest: Of the message.
        text: What is said.
        recommendation: What is recommended, or will be done; empty: nothing.
    """

    by: str
    part: Part
    digest: bytes
    text: str
    recommendation: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One question of a review.

    Attributes:
        number: The same through all parts.
        wordings: The question as it was put; more than one when they differ.
        remarks: By part, then in order of time.
    """

    number: int
    wordings: tuple[str, ...]
    remarks: tuple[Remark, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Contribution:
    """One message of a review, as it was read.

    Attributes:
        digest: Of the message.
        by: Who sent it.
        at_ms: When it was sealed.
        document: Its content, of the kind peer-review.
    """

    digest: bytes
    by: str
    at_ms: int
    document: Mapping[str, object]

    @property
    def part(self) -> Part:
        """Which part it is."""
        word = str(self.document.get("part")).removeprefix("REVIEW_PART_")
        return Part[word]


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """One review, as far as its messages are known.

    Attributes:
        country: Under review.
        contributions: By part, then in order of time.
        questions: By number.
        open_numbers: Questions with a finding that the country has not responded to.
    """

    country: str
    contributions: tuple[Contribution, ...]
    questions: tuple[Question, ...]
    open_numbers: tuple[int, ...]


def review(contributions: Iterable[Contribution]) -> Review:
    """Returns the review that messages make up, whatever order they came in.

    Findings of the country itself, and responses of others, are shown as what they
    are: each remark names who made it.

    Args:
        contributions: Those of one review; one at least.
    """
    order = list(Part)
    ordered = sorted(
        {one.digest: one for one in contributions}.values(),
        key=lambda one: (order.index(one.part), one.at_ms, one.digest),
    )
    wordings: dict[int, dict[str, None]] = {}
    remarks: dict[int, list[Remark]] = {}
    for one in ordered:
        for number, finding in _findings(one):
            wordings.setdefault(number, {})[str(finding.get("question", ""))] = None
            remarks.setdefault(number, []).append(
                Remark(
                    by=one.by,
                    part=one.part,
                    digest=one.digest,
                    text=str(finding.get("text", "")),
                    recommendation=str(finding.get("recommendation", "")),
                )
            )
    questions = tuple(
        Question(
            number=number,
            wordings=tuple(wordings[number]),
            remarks=tuple(remarks[number]),
        )
        for number in sorted(remarks)
    )
    return Review(
        country=str(ordered[0].document.get("country", "")),
        contributions=tuple(ordered),
        questions=questions,
        open_numbers=tuple(one.number for one in questions if _is_open(one)),
    )


def _findings(
    one: Contribution,
) -> Iterable[tuple[int, Mapping[str, object]]]:
    listed = one.document.get("findings")
    for finding in listed if isinstance(listed, list) else ():
        if isinstance(finding, Mapping):
            yield int(str(finding.get("number"))), finding


def _is_open(question: Question) -> bool:
    parts = {one.part for one in question.remarks}
    return Part.FINDINGS in parts and Part.RESPONSE not in parts
