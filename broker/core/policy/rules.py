"""A sharing policy as plain values that cannot be built wrong.

Reading and writing documents is left to `broker.core.policy.parse`, the wire to
`broker.core.codec.policy`, and deciding to `broker.core.policy.engine`.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from enum import IntEnum
from typing import Final

from broker.core.errors import DocumentProblem, PolicyError
from broker.core.handling import Tlp
from keys.identity import PartyId

NAME_MAX: Final = 64  # characters of a rule's id, a group's name or a kind
BECAUSE_MAX: Final = 300  # characters; a receipt's detail has to hold it
RULES_MAX: Final = 500  # rules in one direction
GROUPS_MAX: Final = 100  # groups
_SUGGESTIONS_MAX: Final = 20  # for one policy

_NAME: Final = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


class Effect(IntEnum):
    """What a rule does when it applies."""

    PERMIT = 1
    DENY = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Some parties under a name that rules can use."""

    name: str
    members: frozenset[PartyId]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """Applies when every condition it has is met; an empty condition never is.

    Attributes:
        id: Its name within the policy.
        effect: What it does.
        parties: The other parties it is about.
        groups: The groups it is about, by name.
        everyone: Every other party, instead of `parties` and `groups`.
        kinds: Kinds without version: "trace-request".
        every_kind: Every kind, instead of `kinds`.
        handling_up_to: PERMIT: the most closed label it covers. Required there.
        handling_from: DENY: the most open label it covers; None: any label.
        because: Why, in words.
    """

    id: str
    effect: Effect
    parties: frozenset[PartyId] = frozenset()
    groups: frozenset[str] = frozenset()
    everyone: bool = False
    kinds: frozenset[str] = frozenset()
    every_kind: bool = False
    handling_up_to: Tlp | None = None
    handling_from: Tlp | None = None
    because: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What a party shares with whom, and what it takes from whom.

    Raises:
        PolicyError: Built wrong; see `problems_in`.
    """

    party: PartyId
    groups: tuple[Group, ...] = ()
    exports: tuple[Rule, ...] = ()
    imports: tuple[Rule, ...] = ()

    def __post_init__(self) -> None:
        """Refuses what has no meaning, everything at once."""
        problems = problems_in(self.party, self.groups, self.exports, self.imports)
        if problems:
            raise PolicyError(problems)


def problems_in(
    party: PartyId | None,
    groups: Sequence[Group],
    exports: Sequence[Rule],
    imports: Sequence[Rule],
) -> list[DocumentProblem]:
    """Returns everything that keeps these parts from being a policy.

    Paths are those of the document form ("export[0].up-to").

    Args:
        party: Whose policy it is; None when that could not be read.
        groups: Its groups.
        exports: Its rules for what leaves.
        imports: Its rules for what arrives.
    """
    checks = _Checks(party=party, names={group.name for group in groups})
    problems = list(_group_problems(groups))
    seen: dict[str, str] = {}
    for side, key, rules in (("export", "to", exports), ("import", "from", imports)):
        if len(rules) > RULES_MAX:
            problems.append(
                DocumentProblem(
                    side, f"{len(rules)} rules", f"expected at most {RULES_MAX}"
                )
            )
        for index, rule in enumerate(rules[:RULES_MAX]):
            path = f"{side}[{index}]"
            problems += _id_problems(rule, path, seen)
            problems += checks.party_problems(rule, f"{path}.{key}")
            problems += _kind_problems(rule, path)
            problems += _handling_problems(rule, path)
            problems += _because_problems(rule, path)
    return problems


def suggestion(word: str, known: Sequence[str]) -> str:
    """Returns "; did you mean 'x'?" when one of `known` is close to `word`."""
    close = get_close_matches(word, known, n=1)
    return f"; did you mean {close[0]!r}?" if close else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Checks:
    party: PartyId | None
    names: set[str]
    # To compare names costs by far the most here, and who publishes a policy has all
    # parties read it: names without number or end would stop them for minutes.
    suggestions: Iterator[int] = field(
        default_factory=lambda: iter(range(_SUGGESTIONS_MAX))
    )

    def party_problems(self, rule: Rule, path: str) -> Iterator[DocumentProblem]:
        if self.party in rule.parties:
            yield DocumentProblem(
                path,
                ascii(str(self.party)),
                "expected other parties: it is the one whose policy this is",
            )
        for name in sorted(rule.groups.difference(self.names)):
            yield DocumentProblem(
                path,
                ascii(name),
                "expected a group that is defined under groups"
                + self._suggestion(name),
            )
        if rule.everyone and (rule.parties or rule.groups):
            yield DocumentProblem(
                path,
                "everyone, and some by name",
                "expected one or the other: everyone already means every party",
            )

    def _suggestion(self, name: str) -> str:
        if not _is_name(name) or next(self.suggestions, None) is None:
            return ""
        return suggestion(name, sorted(filter(_is_name, self.names))[:GROUPS_MAX])


def _group_problems(groups: Sequence[Group]) -> Iterator[DocumentProblem]:
    if len(groups) > GROUPS_MAX:
        yield DocumentProblem(
            "groups", f"{len(groups)} groups", f"expected at most {GROUPS_MAX}"
        )
    seen: set[str] = set()
    for group in groups[:GROUPS_MAX]:
        if not _is_name(group.name):
            yield DocumentProblem(
                f"groups.{group.name[:NAME_MAX]}",
                ascii(group.name[:40]),
                _NAME_EXPECTED,
            )
        elif group.name in seen:
            yield DocumentProblem(
                f"groups.{group.name}", ascii(group.name), "expected each name once"
            )
        seen.add(group.name)


def _id_problems(
    rule: Rule, path: str, seen: dict[str, str]
) -> Iterator[DocumentProblem]:
    if not _is_name(rule.id):
        yield DocumentProblem(f"{path}.id", ascii(rule.id), _NAME_EXPECTED)
    elif rule.id in seen:
        yield DocumentProblem(
            f"{path}.id",
            ascii(rule.id),
            f"expected a name of its own: {seen[rule.id]} has this one",
        )
    seen.setdefault(rule.id, path)


def _kind_problems(rule: Rule, path: str) -> Iterator[DocumentProblem]:
    path = f"{path}.{rule.effect.name.lower()}"
    for kind in sorted(rule.kinds):
        if not _is_name(kind):
            yield DocumentProblem(path, ascii(kind), _NAME_EXPECTED)
    if rule.every_kind and rule.kinds:
        yield DocumentProblem(
            path,
            "every kind, and some by name",
            "expected one or the other",
        )


def _handling_problems(rule: Rule, path: str) -> Iterator[DocumentProblem]:
    permits = rule.effect is Effect.PERMIT
    if permits and rule.handling_up_to is None:
        yield DocumentProblem(
            f"{path}.up-to",
            "nothing",
            "a permit needs the most closed label it covers, such as TLP:AMBER",
        )
    if permits and rule.handling_from is not None:
        yield DocumentProblem(
            f"{path}.starting-at",
            ascii(rule.handling_from.label),
            "only a rule that denies starts at a label; a permit says up-to",
        )
    if not permits and rule.handling_up_to is not None:
        yield DocumentProblem(
            f"{path}.up-to",
            ascii(rule.handling_up_to.label),
            "only a permit ends at a label; a rule that denies says starting-at",
        )


def _because_problems(rule: Rule, path: str) -> Iterator[DocumentProblem]:
    # A reason ends up on terminals and in receipts: no control characters, nothing
    # that reverses or hides text.
    if len(rule.because) > BECAUSE_MAX or not rule.because.isprintable():
        yield DocumentProblem(
            f"{path}.because",
            ascii(rule.because[:40]),
            f"expected at most {BECAUSE_MAX} printable characters",
        )


def _is_name(text: str) -> bool:
    return len(text) <= NAME_MAX and _NAME.fullmatch(text) is not None


_NAME_EXPECTED: Final = (
    f"expected at most {NAME_MAX} small letters and digits, in words joined by hyphens"
)
