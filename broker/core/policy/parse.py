"""A policy between its document form and `Policy`.

The document is what a loader made of YAML or JSON: mappings, lists and texts. What
a policy means is left to `broker.core.policy.rules`.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from reprlib import Repr
from typing import Any, Final

from broker.core.errors import DocumentProblem, HandlingError, PolicyError
from broker.core.handling import Tlp
from broker.core.policy.rules import (
    Effect,
    Group,
    Policy,
    Rule,
    problems_in,
    suggestion,
)
from keys.errors import PartyCodeError
from keys.identity import PartyId

KINDS: Final = (
    "trace-request",
    "trace-response",
    "trace-info-request",
    "trace-clarification",
    "diversion-alert",
    "diversion-update",
    "route-intelligence",
    "contact-card",
)
"""Kinds that a policy may name, without version."""

_POLICY_KEYS: Final = ("party", "groups", "export", "import")
_SUBJECT_KEYS: Final = ("parties", "groups")
_EVERYONE: Final = "everyone"
_EVERY_KIND: Final = "every-kind"
_VALUE_MAX: Final = 60  # characters of a value that a problem repeats
_SHORT: Final = Repr()
_SHORT.maxstring = _SHORT.maxother = _VALUE_MAX
_SHORT.maxlevel = 2  # YAML aliases can make a small file very deep


def parse_policy(document: object) -> Policy:
    """Reads a policy.

    Args:
        document: As loaded from YAML or JSON. The loader has to refuse a key given
            twice: here it can no longer be seen.

    Raises:
        PolicyError: With everything that is wrong at once.
    """
    reader = _Reader()
    fields = reader.mapping(document, "", _POLICY_KEYS)
    party = reader.party(fields.get("party"), "party")
    groups = tuple(_groups(reader, fields.get("groups", {})))
    exports = tuple(_rules(reader, fields.get("export", []), "export", "to"))
    imports = tuple(_rules(reader, fields.get("import", []), "import", "from"))
    # What stands where reading already failed would be reported twice.
    problems = reader.problems + [
        problem
        for problem in problems_in(party, groups, exports, imports)
        if not reader.reported(problem.path)
    ]
    if problems or party is None:
        raise PolicyError(problems)
    return Policy(party=party, groups=groups, exports=exports, imports=imports)


def render_policy(policy: Policy) -> dict[str, Any]:
    """Returns the document form, such that `parse_policy` gives `policy` back."""
    document: dict[str, Any] = {"party": str(policy.party)}
    if policy.groups:
        document["groups"] = {
            group.name: [str(member) for member in sorted(group.members)]
            for group in policy.groups
        }
    document["export"] = [_render_rule(rule, "to") for rule in policy.exports]
    document["import"] = [_render_rule(rule, "from") for rule in policy.imports]
    return document


def _render_rule(rule: Rule, key: str) -> dict[str, Any]:
    named = {
        "parties": [str(party) for party in sorted(rule.parties)],
        "groups": sorted(rule.groups),
    }
    rendered: dict[str, Any] = {
        "id": rule.id,
        rule.effect.name.lower(): _EVERY_KIND
        if rule.every_kind
        else sorted(rule.kinds),
        key: _EVERYONE
        if rule.everyone
        else {name: members for name, members in named.items() if members},
    }
    if rule.handling_up_to is not None:
        rendered["up-to"] = rule.handling_up_to.label
    if rule.handling_from is not None:
        rendered["starting-at"] = rule.handling_from.label
    if rule.because:
        rendered["because"] = rule.because
    return rendered


def _shown(value: object) -> str:
    # In ASCII, so that a letter of another script does not pass for what it is not.
    if value is None:
        return "nothing"
    return _SHORT.repr(value).encode("ascii", "backslashreplace").decode()


def _groups(reader: "_Reader", value: object) -> Iterator[Group]:
    if not isinstance(value, Mapping):
        reader.add("groups", value, "expected group names, each with a list of parties")
        return
    for name, members in value.items():
        if isinstance(name, str):
            parties = frozenset(reader.parties(members, f"groups.{name}"))
            yield Group(name=name, members=parties)
        else:
            reader.add(f"groups.{name}", name, "expected a name")


def _rules(reader: "_Reader", value: object, side: str, key: str) -> Iterator[Rule]:
    if not isinstance(value, list):
        reader.add(side, value, "expected a list of rules; [] when there is none")
        return
    for index, item in enumerate(value):
        yield _rule(reader, item, f"{side}[{index}]", key)


def _rule(reader: "_Reader", value: object, path: str, key: str) -> Rule:
    known = ("id", "permit", "deny", key, "up-to", "starting-at", "because")
    fields = reader.mapping(value, path, known)
    what = "deny" if "deny" in fields else "permit"
    kinds = fields.get(what)
    subject = fields.get(key)
    place = f"{path}.{key}"
    named = {} if subject == _EVERYONE else reader.subject(subject, place)
    return Rule(
        id=reader.text(fields.get("id"), f"{path}.id", "a name for the rule"),
        effect=reader.effect(fields, path),
        parties=frozenset(reader.parties(named.get("parties", []), f"{place}.parties")),
        groups=frozenset(reader.groups(named.get("groups", []), f"{place}.groups")),
        everyone=subject == _EVERYONE,
        kinds=frozenset(
            () if kinds == _EVERY_KIND else reader.kinds(kinds, f"{path}.{what}")
        ),
        every_kind=kinds == _EVERY_KIND,
        handling_up_to=reader.label(fields, "up-to", path),
        handling_from=reader.label(fields, "starting-at", path),
        because=reader.reason(fields.get("because", ""), f"{path}.because"),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reader:
    """Takes values out of a document and notes what does not fit.

    What does not fit is replaced by what means least, so that reading goes on.
    """

    problems: list[DocumentProblem] = field(default_factory=list)
    paths: set[str] = field(default_factory=set)

    def add(self, path: str, value: object, expected: str) -> None:
        """Notes a problem, unless one is known at its place or around it."""
        if self.reported(path):
            return
        self.problems.append(DocumentProblem(path, _shown(value), expected))
        self.paths.add(path)

    def reported(self, path: str) -> bool:
        """Tells whether a problem is known at `path` or around it."""
        around = (path[:at] for at, sign in enumerate(path) if sign in ".[")
        return not self.paths.isdisjoint(("", path, *around))

    def mapping(
        self, value: object, path: str, known: Sequence[str]
    ) -> Mapping[str, object]:
        if not isinstance(value, Mapping):
            self.add(path, value, f"expected a mapping with {', '.join(known)}")
            return {}
        for key in value:
            if key not in known:
                place = f"{path}.{key}" if path else str(key)
                hint = suggestion(str(key), known)
                self.add(place, key, f"expected a key among {', '.join(known)}{hint}")
        return value

    def effect(self, fields: Mapping[str, object], path: str) -> Effect:
        given = [key for key in ("permit", "deny") if key in fields]
        if len(given) != 1:
            self.add(f"{path}.permit", given or None, "expected either permit or deny")
            # Whichever the rest of the rule fits, so that it is not reported too.
            return Effect.PERMIT if "up-to" in fields else Effect.DENY
        return Effect[given[0].upper()]

    def subject(self, value: object, path: str) -> Mapping[str, object]:
        if not isinstance(value, Mapping):
            self.add(path, value, "expected everyone, or parties and groups")
            return {}
        return self.mapping(value, path, _SUBJECT_KEYS)

    def text(self, value: object, path: str, expected: str) -> str:
        if isinstance(value, str):
            return value
        self.add(path, value, f"expected {expected}")
        return ""

    def reason(self, value: object, path: str) -> str:
        """Returns a text in one line; YAML folds long ones."""
        return " ".join(self.text(value, path, "the reason in words").split())

    def groups(self, value: object, path: str) -> Iterator[str]:
        for _, name in self.texts(value, path, "a list of group names"):
            yield name

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

    def kinds(self, value: object, path: str) -> Iterator[str]:
        expected = f"{_EVERY_KIND}, or a list of kinds"
        for place, kind in self.texts(value, path, expected):
            if kind in KINDS:
                yield kind
            else:
                hint = suggestion(kind, KINDS)
                self.add(place, kind, f"expected one of {', '.join(KINDS)}{hint}")

    def parties(self, value: object, path: str) -> Iterator[PartyId]:
        for place, code in self.texts(value, path, "a list of party codes"):
            party = self.party(code, place)
            if party is not None:
                yield party

    def party(self, value: object, path: str) -> PartyId | None:
        if isinstance(value, str):
            try:
                return PartyId(value)
            except PartyCodeError:
                pass
        self.add(path, value, "expected a party code: three capital letters, as in KEN")
        return None

    def label(self, fields: Mapping[str, object], key: str, path: str) -> Tlp | None:
        if key not in fields:
            return None
        value = fields[key]
        if isinstance(value, str):
            try:
                return Tlp.from_label(value)
            except HandlingError:
                pass
        labels = [tlp.label for tlp in Tlp]
        hint = suggestion(str(value).upper(), labels)
        self.add(f"{path}.{key}", value, f"expected one of {', '.join(labels)}{hint}")
        return None
