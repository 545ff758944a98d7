"""Takes values out of a policy document and notes what does not fit.

Which values make a rule is left to `broker.core.policy.parse_rule`.
"""

import datetime as dt
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from reprlib import Repr
from typing import Final, TypeVar

from broker.core.errors import DocumentProblem
from broker.core.policy.problems import suggestion
from broker.core.policy.rule import ALWAYS, Validity
from broker.core.policy.vocabulary import (
    DAYS_IN,
    DAYS_MAX,
    SPAN_PATTERN,
    VALIDITY_KEYS,
)
from broker.core.words import Word
from keys.errors import PartyCodeError
from keys.identity import PartyId

W = TypeVar("W", bound=Word)

_VALUE_MAX: Final = 60  # characters of a value that a problem repeats
_SHORT: Final = Repr()
_SHORT.maxstring = _SHORT.maxother = _VALUE_MAX
_SHORT.maxlevel = 2  # YAML aliases can make a small file very deep
_SPAN: Final = re.compile(SPAN_PATTERN)


def shown(value: object) -> str:
    """Returns a value as a problem repeats it: short, and in ASCII."""
    # So that a letter of another script does not pass for what it is not.
    if value is None:
        return "nothing"
    return _SHORT.repr(value).encode("ascii", "backslashreplace").decode()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Takes values out of a document and notes what does not fit.

    What does not fit is replaced by what means least, so that reading goes on.
    """

    problems: list[DocumentProblem] = field(default_factory=list)
    paths: set[str] = field(default_factory=set)

    def add(self, path: str, value: object, expected: str) -> None:
        """Notes a problem, unless one is known at its place or around it."""
        if self.reported(path):
            return
        self.problems.append(DocumentProblem(path, shown(value), expected))
        self.paths.add(path)

    def reported(self, path: str) -> bool:
        """Tells whether a problem is known at `path` or around it."""
        around = (path[:at] for at, sign in enumerate(path) if sign in ".[")
        return not self.paths.isdisjoint(("", path, *around))

    def repeats(self, problem: DocumentProblem) -> bool:
        """Tells whether a problem only follows from one that is known already.

        What could not be read is missing, and what holds it may look empty.
        """
        path = problem.path
        inside = (f"{path}.", f"{path}[")
        return self.reported(path) or (
            problem.value in {"[]", "{}"}
            and any(known.startswith(inside) for known in self.paths)
        )

    def mapping(
        self, value: object, path: str, known: Sequence[str]
    ) -> Mapping[str, object]:
        """Returns a mapping, and notes keys that are not known."""
        if not isinstance(value, Mapping):
            self.add(path, value, f"expected a mapping with {', '.join(known)}")
            return {}
        for key in value:
            if key not in known:
                place = f"{path}.{key}" if path else str(key)
                hint = suggestion(str(key), known)
                self.add(place, key, f"expected a key among {', '.join(known)}{hint}")
        return value

    def names(self, value: object, path: str, expected: str) -> Mapping[str, object]:
        """Returns a mapping from names that the party chose."""
        if not isinstance(value, Mapping):
            self.add(path, value, f"expected {expected}")
            return {}
        for name in value:
            if not isinstance(name, str):
                self.add(f"{path}.{name}", name, "expected a name")
        return {name: one for name, one in value.items() if isinstance(name, str)}

    def text(self, value: object, path: str, expected: str) -> str:
        """Returns a text."""
        if isinstance(value, str):
            return value
        self.add(path, value, f"expected {expected}")
        return ""

    def line(self, value: object, path: str, expected: str) -> str:
        """Returns a text in one line; YAML folds long ones."""
        return " ".join(self.text(value, path, expected).split())

    def truth(self, value: object, path: str) -> bool:
        """Returns true or false."""
        if isinstance(value, bool):
            return value
        self.add(path, value, "expected true or false")
        return False

    def count(self, value: object, path: str, expected: str) -> int:
        """Returns a whole number."""
        if isinstance(value, int) and not isinstance(value, bool):
            return value
        self.add(path, value, f"expected {expected}")
        return 0

    def texts(
        self, value: object, path: str, expected: str
    ) -> Iterator[tuple[str, str]]:
        """Yields the texts of a list, each with its path."""
        if not isinstance(value, list):
            self.add(path, value, f"expected {expected}")
            return
        seen: set[str] = set()
        for index, item in enumerate(value):
            place = f"{path}[{index}]"
            if not isinstance(item, str):
                self.add(place, item, f"expected {expected}")
            elif item in seen:
                self.add(place, item, "expected each once")
            else:
                seen.add(item)
                yield place, item

    def name_set(self, value: object, path: str, expected: str) -> frozenset[str]:
        """Returns the names of a list; whether they are defined is not looked at."""
        return frozenset(name for _, name in self.texts(value, path, expected))

    def choice(self, value: object, path: str, known: Sequence[str]) -> str | None:
        """Returns one word of a closed list, or None."""
        if isinstance(value, str) and value in known:
            return value
        near = value if isinstance(value, str) else ""
        self.add(path, value, f"expected {_one_of(known)}{_hint(near, known)}")
        return None

    def choices(
        self, value: object, path: str, known: Sequence[str], expected: str
    ) -> Iterator[str]:
        """Yields the words of a list, all of one closed list."""
        for place, text in self.texts(value, path, expected):
            word = self.choice(text, place, known)
            if word is not None:
                yield word

    def words(
        self, value: object, path: str, kind: type[W], expected: str
    ) -> frozenset[W]:
        """Returns the members of `kind` that a list of words means."""
        words = frozenset(self.choices(value, path, kind.words(), expected))
        return frozenset(member for member in kind if member.word in words)

    def parties(self, value: object, path: str) -> frozenset[PartyId]:
        """Returns the parties of a list of codes."""
        texts = self.texts(value, path, "a list of party codes")
        found = (self.party(code, place) for place, code in texts)
        return frozenset(party for party in found if party is not None)

    def party(self, value: object, path: str) -> PartyId | None:
        """Returns a party, or None."""
        if isinstance(value, str):
            try:
                return PartyId(value)
            except PartyCodeError:
                pass
        self.add(path, value, "expected a party code: three capital letters, as in KEN")
        return None

    def days(self, value: object, path: str) -> int | None:
        """Returns a span of time in days, or None."""
        match = _SPAN.fullmatch(value) if isinstance(value, str) else None
        days = int(match[1]) * DAYS_IN[match[2]] if match else 0
        if 0 < days <= DAYS_MAX:
            return days
        self.add(
            path,
            value,
            "expected days, weeks or years, such as 30d, 8w or 2y, "
            f"of at most {DAYS_MAX} days",
        )
        return None

    def validity(self, value: object, path: str) -> Validity:
        """Returns the days on which something holds."""
        fields = self.mapping(value, path, VALIDITY_KEYS)
        if isinstance(value, Mapping) and not fields:
            self.add(path, value, "expected from, until, or both")
        ends = {
            key: self.day(fields[key], f"{path}.{key}")
            for key in VALIDITY_KEYS
            if key in fields
        }
        if not ends:
            return ALWAYS
        return Validity(first=ends.get("from"), last=ends.get("until"))

    def day(self, value: object, path: str) -> dt.date | None:
        """Returns a day, or None."""
        if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
            return value
        if isinstance(value, str):
            try:
                day = dt.date.fromisoformat(value)
            except ValueError:
                day = None
            # Python reads other forms too, such as 20260101.
            if day is not None and day.isoformat() == value:
                return day
        self.add(path, value, "expected a day, such as 2026-12-31")
        return None


def _one_of(known: Sequence[str]) -> str:
    return f"one of {', '.join(known)}"


def _hint(text: str, known: Sequence[str]) -> str:
    """Suggests what is near, whichever letters are capitals."""
    by_folded = {one.lower(): one for one in known}
    hint = suggestion(text.lower(), tuple(by_folded))
    for folded, one in by_folded.items():
        hint = hint.replace(f"'{folded}'", f"'{one}'")
    return hint
