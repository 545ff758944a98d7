"""A sharing policy as plain values that cannot be built wrong.

Reading and writing documents is left to `broker.core.policy.parse` and `render`, the
wire to `broker.core.codec.policy`, and deciding to `broker.core.policy.engine`.
"""

from dataclasses import dataclass

from broker.core.errors import PolicyError
from broker.core.policy.problems import problems_in
from broker.core.policy.rule import ALWAYS, Group, Officer, Rule, Validity
from keys.identity import PartyId


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What a party shares with whom, and what it takes from whom.

    Attributes:
        party: Whose policy it is.
        groups: Parties under names that rules can use.
        exports: Rules for what leaves.
        imports: Rules for what arrives.
        officers: Who may approve a release.
        validity: The days on which the policy is in force; on others it allows
            nothing.

    Raises:
        PolicyError: Built wrong; see `broker.core.policy.problems`.
    """

    party: PartyId
    groups: tuple[Group, ...] = ()
    exports: tuple[Rule, ...] = ()
    imports: tuple[Rule, ...] = ()
    officers: tuple[Officer, ...] = ()
    validity: Validity = ALWAYS

    def __post_init__(self) -> None:
        """Refuses what has no meaning, everything at once."""
        problems = problems_in(
            self.party,
            self.groups,
            self.exports,
            self.imports,
            self.officers,
            self.validity,
        )
        if problems:
            raise PolicyError(problems)
