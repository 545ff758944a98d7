"""Changes to a policy file that leave its comments and its form alone.

Each change is made in the text, read again, and compared with what was intended; what
differs is not written. How a text is changed is left to `broker.infra.yaml_surgery`.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Final

import yaml

from broker.core.errors import ConfigurationError
from broker.core.fields import TREATED
from broker.core.policy.problems import suggestion
from broker.core.policy.rule import Group
from broker.core.policy.rules import Policy
from broker.core.policy.vocabulary import (
    APPROVAL_KEYS,
    FLOOR_KEYS,
    POLICY_KEYS,
    RULE_KEYS,
    SUBJECT_KEYS,
    VALIDITY_KEYS,
)
from broker.infra.policy_files import PolicyFile, policy_in
from broker.infra.yaml_surgery import (
    Edit,
    applied,
    comments_in,
    content_end,
    insertion,
    line_end,
    removal,
    reordering,
)
from keys.identity import PartyId

_BARE: Final = re.compile("(?<!\r)\n")
_INNER_KEYS: Final = {
    "to": SUBJECT_KEYS,
    "from": SUBJECT_KEYS,
    "except": SUBJECT_KEYS,
    "valid": VALIDITY_KEYS,
    "source-at-least": FLOOR_KEYS,
    "approval": APPROVAL_KEYS,
    "fields": tuple(field.word for field in TREATED),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Edited:
    """A policy file as it would be after a change.

    Attributes:
        before: As it is.
        text: What would be in it; the same when there is nothing to change.
        lost: Comments that stood in what was taken out, and go with it.
    """

    before: PolicyFile
    text: str
    lost: tuple[str, ...] = ()


def with_members(
    file: PolicyFile, group: str, parties: Iterable[PartyId], *, new: bool
) -> Edited:
    """Adds parties to a group; those that are there already change nothing.

    Args:
        file: The file.
        group: Name of the group.
        parties: Whom to add.
        new: Make the group if there is none of this name.

    Raises:
        ConfigurationError: There is no such group, or the file has a form that only a
            person can change.
        PolicyError: The result would not be a policy.
    """
    added = frozenset(parties)
    if new and group not in _groups(file.policy):
        return _with_group(file, group, added)
    known = _group(file.policy, group)
    text = file.text
    for party in sorted(added - known):
        node = policy_in(text, file.path).node(f"groups.{group}", yaml.SequenceNode)
        members = [item.value for item in node.value]
        behind = (n for n, member in enumerate(members) if member > party)
        # In its place where the list is in order, else behind all.
        index = next(behind, len(members)) if members == sorted(members) else None
        at = len(members) if index is None else index
        text = applied(text, [insertion(text, node, at, _written(party, node, file))])
    return _confirmed(file, text, _regrouped(file.policy, group, known | added))


def without_members(
    file: PolicyFile, group: str, parties: Iterable[PartyId], *, with_comments: bool
) -> Edited:
    """Takes parties out of a group.

    Args:
        file: The file.
        group: Name of the group.
        parties: Whom to take out.
        with_comments: Take out comments that stand in the same lines, too.

    Raises:
        ConfigurationError: There is no such group or member, a comment would be lost,
            or the file has a form that only a person can change.
    """
    known, gone = _group(file.policy, group), frozenset(parties)
    if missing := sorted(gone - known):
        raise ConfigurationError(
            f"not in the group {group}: {', '.join(missing)}; in it are "
            f"{', '.join(sorted(known)) or 'nobody'}"
        )
    text = _ended(file.text)
    for party in sorted(gone):
        node = policy_in(text, file.path).node(f"groups.{group}", yaml.SequenceNode)
        index = [item.value for item in node.value].index(party)
        text = applied(text, [removal(text, node, index)])
    intended = _regrouped(file.policy, group, known - gone)
    return _confirmed(file, text, intended, may_lose=with_comments)


def without_rule(file: PolicyFile, rule_id: str, *, with_comments: bool) -> Edited:
    """Takes a rule out; comments above it stay.

    Args:
        file: The file.
        rule_id: Name of the rule.
        with_comments: Take out comments that stand within the rule, too.

    Raises:
        ConfigurationError: There is no such rule, a comment would be lost, or the file
            has a form that only a person can change.
    """
    policy = file.policy
    for side, rules in (("export", policy.exports), ("import", policy.imports)):
        for index, rule in enumerate(rules):
            if rule.id == rule_id:
                text = _ended(file.text)
                node = file.node(side, yaml.SequenceNode)
                text = applied(text, [removal(text, node, index)])
                rest = (*rules[:index], *rules[index + 1 :])
                intended = (
                    replace(policy, exports=rest)
                    if side == "export"
                    else replace(policy, imports=rest)
                )
                return _confirmed(file, text, intended, may_lose=with_comments)
    known = [rule.id for rule in (*policy.exports, *policy.imports)]
    raise ConfigurationError(
        f"there is no rule {rule_id!r}{suggestion(rule_id, known)}"
    )


def in_order(file: PolicyFile) -> Edited:
    """Brings the keys of the policy and of its rules into the documented order.

    Raises:
        ConfigurationError: A comment would be lost.
    """
    text = _ended(file.text)
    # From the inside out: an edit must not move what another stands on.
    for level in (_inner_edits, _rule_edits, _policy_edits):
        text = applied(text, list(level(policy_in(text, file.path), text)))
    if text == _ended(file.text):
        text = file.text
    return _confirmed(file, text, file.policy)


def _inner_edits(file: PolicyFile, text: str) -> Iterator[Edit]:
    for _, rule in _rules(file):
        for key, value in rule.value:
            order = _INNER_KEYS.get(key.value)
            if order and isinstance(value, yaml.MappingNode):
                yield from reordering(text, value, order)
    valid = file.find("valid")
    if isinstance(valid, yaml.MappingNode):
        yield from reordering(text, valid, VALIDITY_KEYS)


def _rule_edits(file: PolicyFile, text: str) -> Iterator[Edit]:
    for side, rule in _rules(file):
        yield from reordering(text, rule, RULE_KEYS[side])


def _policy_edits(file: PolicyFile, text: str) -> Iterator[Edit]:
    yield from reordering(text, file.node("", yaml.MappingNode), POLICY_KEYS)


def _rules(file: PolicyFile) -> Iterator[tuple[str, yaml.MappingNode]]:
    policy = file.policy
    for side, rules in (("export", policy.exports), ("import", policy.imports)):
        for index in range(len(rules)):
            yield side, file.node(f"{side}[{index}]", yaml.MappingNode)


def _with_group(file: PolicyFile, name: str, members: frozenset[PartyId]) -> Edited:
    text = _ended(file.text)
    entry = f"{name}: [{', '.join(sorted(members))}]"
    root = file.node("", yaml.MappingNode)
    groups = file.find("groups")
    found = groups if isinstance(groups, yaml.MappingNode) else None
    if root.flow_style or (found is not None and found.flow_style):
        raise ConfigurationError(
            "a group is added to groups that stand in lines, each in its own; here "
            "only a person can add one"
        )
    if found is not None:
        indent = " " * found.value[0][0].start_mark.column
        at = line_end(text, content_end(text, found))
        edit = Edit(at, at, f"{indent}{entry}\n")
    else:
        before = [
            value
            for key, value in root.value
            if POLICY_KEYS.index(key.value) < POLICY_KEYS.index("groups")
        ]
        # The party is always there. Behind what comes last of those in the file.
        at = max(line_end(text, content_end(text, value)) for value in before)
        edit = Edit(at, at, f"\ngroups:\n  {entry}\n")
    added = _groups(file.policy) | {name: members}
    return _confirmed(file, applied(text, [edit]), _with_groups(file.policy, added))


def _groups(policy: Policy) -> dict[str, frozenset[PartyId]]:
    return {group.name: group.members for group in policy.groups}


def _group(policy: Policy, name: str) -> frozenset[PartyId]:
    groups = _groups(policy)
    if name not in groups:
        raise ConfigurationError(
            f"there is no group {name!r}{suggestion(name, tuple(groups))}"
        )
    return groups[name]


def _regrouped(policy: Policy, name: str, members: frozenset[PartyId]) -> Policy:
    return _with_groups(policy, _groups(policy) | {name: members})


def _with_groups(policy: Policy, groups: dict[str, frozenset[PartyId]]) -> Policy:
    return replace(
        policy,
        groups=tuple(Group(name=name, members=who) for name, who in groups.items()),
    )


def _written(party: PartyId, node: yaml.SequenceNode, file: PolicyFile) -> str:
    """Returns a party as the others of the list are written, and as JSON needs it."""
    quote = node.value[0].style if node.value else None
    if file.node("", yaml.MappingNode).flow_style:
        quote = '"'
    return f"{quote or ''}{party}{quote or ''}"


def _ended(text: str) -> str:
    return text if text.endswith("\n") else text + "\n"


def _confirmed(
    file: PolicyFile, text: str, intended: Policy, *, may_lose: bool = False
) -> Edited:
    """Reads the result and compares it with what was intended."""
    if file.text.count("\n") == file.text.count("\r\n") > 0:
        text = _BARE.sub("\r\n", text)  # new lines end as the others do
    if policy_in(text, file.path).policy != intended:
        raise ConfigurationError(
            f"{file.path} has a form that only a person can change; it was left alone"
        )
    lost = Counter(comments_in(file.text)) - Counter(comments_in(text))
    if lost and not may_lose:
        raise ConfigurationError(
            f"a comment would be lost: {_first(lost)!r}. Move it, or take it out as "
            "well with --with-comments"
        )
    return Edited(before=file, text=text, lost=tuple(lost.elements()))


def _first(comments: Counter[str]) -> str:
    return next(iter(comments))
