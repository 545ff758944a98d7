"""The directory made ready for use: policies compiled, accounts looked up.

Built once for each directory version, so that a decision costs microseconds.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from broker.core.codec.policy import decode_policy, policy_digest
from broker.core.errors import PolicyError, RefusedError
from broker.core.policy.engine import Engine, compile_policy
from keys.directory.model import DirectoryView
from keys.identity import PartyId


@dataclass(frozen=True, slots=True, kw_only=True)
class Trust:
    """What a node or a relay goes by.

    Attributes:
        view: The directory.
        engines: The compiled policy of each party; a party without one allows nothing.
        policy_digests: SHA-256 of each party's policy as published.
        accounts: Which party owns which message-bus account, or did: what it had
            submitted over one that it has replaced is its own still.
        problems: Parties whose policy cannot be read, and why.
        lapsed: Accounts of parties whose record does not hold at present; they can
            be told so, and nothing else.
    """

    view: DirectoryView
    engines: Mapping[PartyId, Engine]
    policy_digests: Mapping[PartyId, bytes]
    accounts: Mapping[str, PartyId]
    problems: Mapping[PartyId, str]
    lapsed: Mapping[str, PartyId] = field(default_factory=dict)

    def account(self, party: PartyId) -> str | None:
        """Returns where a party is reached on the bus, if it has an account."""
        entry = self.view.parties.get(party)
        if entry is not None:
            return entry.record.account
        return next((a for a, p in self.lapsed.items() if p == party), None)


def build_trust(view: DirectoryView) -> Trust:
    """Compiles what `view` holds.

    A policy that cannot be read, or that was published for another party, counts as
    none: that party sends and receives nothing until it is repaired.
    """
    engines: dict[PartyId, Engine] = {}
    digests: dict[PartyId, bytes] = {}
    problems: dict[PartyId, str] = {}
    for party, entry in view.parties.items():
        if entry.policy is None:
            problems[party] = "no policy is published"
            continue
        try:
            policy = decode_policy(entry.policy)
            if policy.party != party:
                problems[party] = f"the policy is that of {policy.party}"
                continue
            engines[party] = compile_policy(policy)
            digests[party] = policy_digest(entry.policy)
        except (PolicyError, RefusedError) as error:
            problems[party] = str(error)
    return Trust(
        view=view,
        engines=engines,
        policy_digests=digests,
        accounts=_accounts(view),
        problems=problems,
    )


def _accounts(view: DirectoryView) -> dict[str, PartyId]:
    former = {
        account: party
        for party, entry in view.parties.items()
        for account in entry.record.former_accounts
    }
    # A present owner counts for more than whoever says that it once was.
    return {**former, **{e.record.account: p for p, e in view.parties.items()}}
