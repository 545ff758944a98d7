"""What keeps rules from being a policy, everything at once.

One rule by itself is left to `broker.core.policy.rule_problems`, and contradictions
that a policy may have to `broker.core.policy.review`.
"""

from collections.abc import Iterator, Sequence, Set as AbstractSet
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Final

from broker.core.errors import DocumentProblem
from broker.core.policy.rule import Group, Officer, Rule, Validity
from broker.core.policy.rule_problems import NAME_EXPECTED, is_name, problems_of
from broker.core.policy.vocabulary import (
    GROUPS_MAX,
    KEY_FORMS,
    NAME_MAX,
    OFFICERS_MAX,
    PARTIES_MAX,
    RULES_MAX,
    SUBJECT_KEY,
    UNCOMPRESSED,
)
from keys.identity import PartyId

_SUGGESTIONS_MAX: Final = 20  # for one policy
_P256: Final = KEY_FORMS["p256"]


def problems_in(
    party: PartyId | None,
    groups: Sequence[Group],
    exports: Sequence[Rule],
    imports: Sequence[Rule],
    officers: Sequence[Officer],
    validity: Validity,
) -> list[DocumentProblem]:
    """Returns everything that keeps these parts from being a policy.

    Paths are those of the document form ("export[0].up-to").

    Args:
        party: Whose policy it is; None when that could not be read.
        groups: Its groups.
        exports: Its rules for what leaves.
        imports: Its rules for what arrives.
        officers: Who may approve a release.
        validity: The days on which it is in force.
    """
    checks = _Checks(
        party=party,
        names={group.name for group in groups},
        officers={officer.name for officer in officers},
    )
    problems = [
        *_validity_problems(validity, "valid"),
        *_officer_problems(officers),
        *_group_problems(groups),
    ]
    seen: dict[str, str] = {}
    for side, rules in (("export", exports), ("import", imports)):
        if len(rules) > RULES_MAX:
            problems.append(_too_many(side, len(rules), "rules", RULES_MAX))
        for index, rule in enumerate(rules[:RULES_MAX]):
            path = f"{side}[{index}]"
            problems += _id_problems(rule, path, seen)
            problems += checks.party_problems(rule, f"{path}.{SUBJECT_KEY[side]}")
            problems += checks.except_problems(rule, f"{path}.except")
            problems += problems_of(rule, path, side)
            problems += checks.officer_problems(rule, f"{path}.approval")
            problems += _validity_problems(rule.validity, f"{path}.valid")
    return problems


def suggestion(word: str, known: Sequence[str]) -> str:
    """Returns "; did you mean 'x'?" when one of `known` is close to `word`."""
    close = get_close_matches(word, known, n=1)
    return f"; did you mean {close[0]!r}?" if close else ""


def _validity_problems(validity: Validity, path: str) -> Iterator[DocumentProblem]:
    if validity.first and validity.last and validity.first > validity.last:
        yield DocumentProblem(
            path, str(validity), "expected a first day that is not after the last"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Checks:
    """What rules say about what is defined elsewhere in the policy."""

    party: PartyId | None
    names: AbstractSet[str]
    officers: AbstractSet[str]
    # To compare names costs by far the most here, and who publishes a policy has all
    # parties read it: names without number or end would stop them for minutes.
    suggestions: Iterator[int] = field(
        default_factory=lambda: iter(range(_SUGGESTIONS_MAX))
    )

    def party_problems(self, rule: Rule, path: str) -> Iterator[DocumentProblem]:
        yield from self._named(rule.parties, rule.groups, path)
        if rule.everyone and (rule.parties or rule.groups):
            yield DocumentProblem(
                path,
                "everyone, and some by name",
                "expected one or the other: everyone already means every party",
            )

    def except_problems(self, rule: Rule, path: str) -> Iterator[DocumentProblem]:
        yield from self._named(rule.except_parties, rule.except_groups, path)
        # By name only: who is in a group changes, and may leave nobody for a while.
        if (
            (rule.parties or rule.groups)
            and rule.parties <= rule.except_parties
            and rule.groups <= rule.except_groups
        ):
            yield DocumentProblem(
                path,
                "everybody that the rule is about",
                "expected somebody to be left",
            )

    def officer_problems(self, rule: Rule, path: str) -> Iterator[DocumentProblem]:
        if rule.terms.approval is None:
            return
        named = rule.terms.approval.officers
        for name in sorted(named.difference(self.officers)):
            yield DocumentProblem(
                f"{path}.officers",
                ascii(name[:NAME_MAX]),
                "expected an officer who is defined under officers"
                + self._suggestion(name, self.officers),
            )

    def _named(
        self, parties: frozenset[PartyId], groups: frozenset[str], path: str
    ) -> Iterator[DocumentProblem]:
        if len(parties) > PARTIES_MAX:
            yield _too_many(f"{path}.parties", len(parties), "parties", PARTIES_MAX)
        if len(groups) > GROUPS_MAX:
            yield _too_many(f"{path}.groups", len(groups), "groups", GROUPS_MAX)
        if self.party in parties:
            yield DocumentProblem(
                path,
                ascii(str(self.party)),
                "expected other parties: it is the one whose policy this is",
            )
        for name in sorted(groups.difference(self.names)):
            yield DocumentProblem(
                path,
                ascii(name),
                "expected a group that is defined under groups"
                + self._suggestion(name, self.names),
            )

    def _suggestion(self, name: str, known: AbstractSet[str]) -> str:
        if not is_name(name) or next(self.suggestions, None) is None:
            return ""
        return suggestion(name, sorted(filter(is_name, known))[:GROUPS_MAX])


def _too_many(path: str, found: int, what: str, most: int) -> DocumentProblem:
    return DocumentProblem(path, f"{found} {what}", f"expected at most {most}")


def _group_problems(groups: Sequence[Group]) -> Iterator[DocumentProblem]:
    if len(groups) > GROUPS_MAX:
        yield _too_many("groups", len(groups), "groups", GROUPS_MAX)
    seen: set[str] = set()
    for group in groups[:GROUPS_MAX]:
        yield from _name_problems(group.name, "groups", seen)
        if len(group.members) > PARTIES_MAX:
            yield _too_many(
                f"groups.{group.name[:NAME_MAX]}",
                len(group.members),
                "parties",
                PARTIES_MAX,
            )


def _officer_problems(officers: Sequence[Officer]) -> Iterator[DocumentProblem]:
    if len(officers) > OFFICERS_MAX:
        yield _too_many("officers", len(officers), "officers", OFFICERS_MAX)
    seen: set[str] = set()
    owners: dict[bytes, str] = {}
    for officer in officers[:OFFICERS_MAX]:
        yield from _name_problems(officer.name, "officers", seen)
        path = f"officers.{officer.name[:NAME_MAX]}"
        key = officer.public_key
        if len(key) not in KEY_FORMS.values():
            yield DocumentProblem(
                path,
                f"a key of {len(key)} bytes",
                "expected 32 bytes of Ed25519, or 65 of P-256",
            )
        elif len(key) == _P256 and key[0] != UNCOMPRESSED:
            yield DocumentProblem(
                path,
                "a key in another form",
                "expected the point of P-256 written out, its first byte 4",
            )
        elif key in owners:
            # With two names, one person would count for two.
            yield DocumentProblem(
                path,
                "a key that is there already",
                f"expected a key of their own: {owners[key][:NAME_MAX]} has this one",
            )
        owners.setdefault(key, officer.name)


def _name_problems(name: str, key: str, seen: set[str]) -> Iterator[DocumentProblem]:
    path = f"{key}.{name[:NAME_MAX]}"
    if not is_name(name):
        yield DocumentProblem(path, ascii(name[:40]), NAME_EXPECTED)
    elif name in seen:
        yield DocumentProblem(path, ascii(name), "expected each name once")
    seen.add(name)


def _id_problems(
    rule: Rule, path: str, seen: dict[str, str]
) -> Iterator[DocumentProblem]:
    if not is_name(rule.id):
        yield DocumentProblem(f"{path}.id", ascii(rule.id), NAME_EXPECTED)
    elif rule.id in seen:
        yield DocumentProblem(
            f"{path}.id",
            ascii(rule.id),
            f"expected a name of its own: {seen[rule.id]} has this one",
        )
    seen.setdefault(rule.id, path)
