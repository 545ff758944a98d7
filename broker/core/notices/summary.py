"""One line on a notice: what it is about, how it is graded, until when it is good.

Names of persons never stand in it: lists are looked at over shoulders.
"""

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from broker.core.cases.clocks import end_of_day_ms
from broker.core.policy.vocabulary import ABOUT_PERSONS

NOTICE_KINDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "prosecution-notice": "title",
        "transfer-notice": "title",
        "financial-lead": "title",
        "manufacture-trend": "title",
        "practice-note": "title",
        "conversion-technique": "recognition",
        "brokering-notice": "",
        "actor-profile": "",
    }
)
"""Kinds without version, each with the field that says what it is about."""

PERSONAL_KINDS: Final = frozenset(ABOUT_PERSONS)
"""Those that are about somebody: they are listed when they are asked for by name."""

_GRADES: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        "admiralty": ("ADMIRALTY_SOURCE_", "ADMIRALTY_INFORMATION_"),
        "europol": ("EUROPOL_SOURCE_", "EUROPOL_INFORMATION_"),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """What a list says of a notice.

    Attributes:
        about: What it is about, in the words of its author or in those of its lists.
        words: Words of closed lists: stages, methods, findings.
        items: Classes of items.
        grade: Scheme and grades: "admiralty B2"; empty: not graded.
        expires_on: Its last day; None: it names none.
    """

    about: str
    words: tuple[str, ...]
    items: tuple[str, ...]
    grade: str
    expires_on: dt.date | None

    def expired(self, now_ms: int) -> bool:
        """Tells whether its last day is over."""
        if self.expires_on is None:
            return False
        return end_of_day_ms(self.expires_on.isoformat()) < now_ms


def summary_of(kind: str, document: Mapping[str, object]) -> Summary:
    """Returns what a list says of a content.

    Args:
        kind: Without version; one of `NOTICE_KINDS`.
        document: Protobuf's JSON mapping of it.
    """
    field = NOTICE_KINDS[kind]
    expires = document.get("expiresOn")
    return Summary(
        about=str(document.get(field, "")) if field else _somebody(kind, document),
        words=tuple(_words(document)),
        items=tuple(dict.fromkeys(_items(document))),
        grade=_grade(document.get("evaluation")),
        expires_on=dt.date.fromisoformat(expires) if isinstance(expires, str) else None,
    )


def _somebody(kind: str, document: Mapping[str, object]) -> str:
    """Returns what somebody is, and from where, without saying who."""
    actor = document.get("broker" if kind == "brokering-notice" else "actor")
    if not isinstance(actor, Mapping):
        return ""
    what = _plain(str(actor.get("kind")), "ACTOR_KIND_")
    role = _plain(str(actor.get("role")), "ACTOR_ROLE_")
    country = f", {actor['country']}" if "country" in actor else ""
    return f"{what}, {role}{country}"


def _words(document: Mapping[str, object]) -> Iterator[str]:
    for name, prefix in (
        ("stage", "PROCEEDINGS_STAGE_"),
        ("finding", "BROKERING_FINDING_"),
        ("topic", "PRACTICE_TOPIC_"),
        ("activities", "ACTOR_ACTIVITY_"),
        ("methods", "PAYMENT_METHOD_"),
        ("methods", "CONVERSION_METHOD_"),
        ("modes", "MANUFACTURE_MODE_"),
        ("illicitBasis", "ILLICIT_BASIS_"),
        ("indicators", "RISK_INDICATOR_"),
    ):
        value = document.get(name)
        for one in value if isinstance(value, list) else [value]:
            if str(one).startswith(prefix):
                yield _plain(str(one), prefix)


def _items(document: Mapping[str, object]) -> Iterator[str]:
    for name in ("items", "objects"):
        value = document.get(name)
        for one in value if isinstance(value, list) else ():
            if isinstance(one, Mapping) and "itemClass" in one:
                yield _plain(str(one["itemClass"]), "ITEM_CLASS_")


def _grade(evaluation: object) -> str:
    if not isinstance(evaluation, Mapping):
        return ""
    for scheme, (source, information) in _GRADES.items():
        grades = evaluation.get(scheme)
        if isinstance(grades, Mapping):
            letter = str(grades.get("source")).removeprefix(source)
            number = str(grades.get("information")).removeprefix(information)
            return f"{scheme} {letter}{number}"
    return ""


def _plain(value: str, prefix: str) -> str:
    return value.removeprefix(prefix).lower().replace("_", "-")
