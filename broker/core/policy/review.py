"""What in a policy cannot be meant: rules that never count, and rules at odds.

What keeps rules from being a policy at all is left to `broker.core.policy.problems`.
One rule with the others of its side is looked at in `broker.core.policy.review_rules`.
"""

import datetime as dt
from collections.abc import Collection, Iterator
from itertools import chain
from typing import Final

from broker.core.policy.finding import Finding
from broker.core.policy.reach import permitted, permitted_in
from broker.core.policy.review_rules import findings_of_side
from broker.core.policy.rules import Policy
from broker.core.policy.sides import Side, parties_of
from broker.core.policy.space import Space
from keys.identity import PartyId

__all__ = ["Finding", "review"]

_SHOWN: Final = 5  # parties that a finding names

ANSWERS: Final = {
    "trace-request": ("trace-response", "trace-info-request"),
    "trace-info-request": ("trace-clarification",),
    "permission-request": ("permission-grant",),
}
"""What each kind that asks is answered with."""


def review(
    policy: Policy,
    *,
    parties: Collection[PartyId] | None = None,
    day: dt.date | None = None,
) -> list[Finding]:
    """Returns what cannot be meant in a policy, in the order in which it is written.

    Args:
        policy: The policy.
        parties: The parties that there are; None: those it names, and one for all
            others.
        day: The day from which on it is to work; None: rules that are over count as
            well as others.
    """
    among = frozenset(parties_of([policy]) if parties is None else parties)
    among -= {policy.party}
    exports = Space([Side.exports(policy)], among)
    imports = Space([Side.imports(policy)], among)
    return [
        *_of_names(policy),
        *findings_of_side("export", policy.exports, exports, day),
        *findings_of_side("import", policy.imports, imports, day),
        *_unanswered(exports, imports),
        *_nothing(exports, imports),
    ]


def _of_names(policy: Policy) -> Iterator[Finding]:
    rules = (*policy.exports, *policy.imports)
    used = frozenset[str]().union(*(r.groups | r.except_groups for r in rules))
    for group in policy.groups:
        path = f"groups.{group.name}"
        if not group.members:
            yield Finding.warning(
                path,
                "nobody is in this group, so what is said of it applies to nobody: "
                "add its parties, or take it out",
            )
        elif not group.members - {policy.party}:
            yield Finding.warning(
                path,
                f"{policy.party} alone is in this group, and a policy is about others: "
                "add the other parties, or take it out",
            )
        if group.name not in used:
            yield Finding.warning(
                path, "no rule uses this group: use it in a rule, or take it out"
            )
    approvals = (rule.terms.approval for rule in rules)
    needed = set(chain.from_iterable(one.officers for one in approvals if one))
    for officer in policy.officers:
        if officer.name not in needed:
            yield Finding.warning(
                f"officers.{officer.name}",
                "no rule needs this officer's approval: name the officer in a rule's "
                "approval, or take them out",
            )


def _unanswered(exports: Space, imports: Space) -> Iterator[Finding]:
    """Yields what is asked of parties from which the answer is not taken."""
    out, into = exports.sides[0], imports.sides[0]
    taken = {party: row for row in imports.rows for party in row.parties}
    for asking, answers in ANSWERS.items():
        asked = [
            party
            for row in exports.rows
            if permitted_in(row, out.permits, out.denials, {"kind": asking})
            for party in row.parties
        ]
        for answer in answers:
            deaf = [
                party
                for party in asked
                if not permitted_in(
                    taken[party], into.permits, into.denials, {"kind": answer}
                )
            ]
            if deaf:
                shown = ", ".join(deaf[:_SHOWN]) + (", …" if len(deaf) > _SHOWN else "")
                whom = "nobody" if len(deaf) == len(asked) else f"none of {shown}"
                yield Finding.warning(
                    "import",
                    f"{asking} may go out, but {answer}, which answers it, is taken "
                    f"from {whom} that is asked: permit it under import",
                )


def _nothing(exports: Space, imports: Space) -> Iterator[Finding]:
    for path, space, what in (
        ("export", exports, "nothing may leave"),
        ("import", imports, "nothing is taken in, not even answers"),
    ):
        side = space.sides[0]
        if not permitted(space, side.permits, side.denials):
            yield Finding.warning(
                path,
                f"{what}: what no rule permits is denied. Add a rule with permit, "
                "unless this is meant",
            )
