"""Policies and parties as the commands that show what a policy does are given them.

What is shown is left to `broker.cli.policy_views` and `policy_explain`.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Final

import typer

from broker.app.node_folder import Node
from broker.cli.session import current_trust, node_session
from broker.core.codec.policy import decode_policy
from broker.core.errors import ConfigurationError
from broker.core.policy.rules import Policy
from broker.core.trust import Trust
from broker.infra.country_table import countries
from broker.infra.policy_files import read_policy
from keys.identity import PartyId

PUBLISHED: Final = "published"

PartiesOption = Annotated[
    Path | None,
    typer.Option(
        "--parties", help="File with the codes of the other parties, one a line."
    ),
]
AllCountriesOption = Annotated[
    bool,
    typer.Option(
        "--all-countries",
        help="Take every country and organisation that has a code for a party.",
    ),
]


@contextmanager
def directory_of(
    node_dir: Path | None, passphrase_file: Path | None
) -> Iterator[tuple[Node, Trust]]:
    """Opens a node and gives the directory that it holds.

    Raises:
        ConfigurationError: No node was named, or it is not one.
        DirectoryError: There is no directory, and the hub gives none.
    """
    with node_session(node_dir) as node:
        yield node, current_trust(node, passphrase_file)


def published(trust: Trust, party: PartyId) -> Policy | None:
    """Returns what a party has published; None when the directory shows nothing."""
    entry = trust.view.parties.get(party)
    if entry is None or entry.policy is None:
        return None
    return decode_policy(entry.policy)


def named_policy(
    name: str | None, node_dir: Path | None, passphrase_file: Path | None
) -> Policy:
    """Returns the policy of a file, or the published one of the node.

    Args:
        name: A file, or "published"; None means that too.
        node_dir: The node, if one was named.
        passphrase_file: Of its keystore.

    Raises:
        PolicyError: The file is not a policy.
        ConfigurationError: There is no node, or it has published none.
    """
    if name is not None and name != PUBLISHED:
        return read_policy(Path(name)).policy
    with directory_of(node_dir, passphrase_file) as (node, trust):
        policy = published(trust, node.party)
        if policy is None:
            raise ConfigurationError(
                f"{node.party} has published no policy; name a file instead"
            )
        return policy


def chosen_parties(
    file: Path | None, *, all_countries: bool
) -> frozenset[PartyId] | None:
    """Returns the parties that options name; None when they name none.

    Raises:
        ConfigurationError: Both options, or a file that cannot be read.
        PartyCodeError: What the file says is no code.
    """
    if file is not None and all_countries:
        raise ConfigurationError("give either --parties or --all-countries")
    if all_countries:
        return frozenset(countries().codes)
    if file is None:
        return None
    try:
        codes = file.read_text("utf-8").split()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{file} cannot be read: {error}") from error
    return frozenset(map(PartyId, codes))


def read_policies(files: Sequence[Path]) -> dict[PartyId, Policy]:
    """Returns the policies of files, by party.

    Raises:
        PolicyError: One is not a policy.
        ConfigurationError: Two are of the same party.
    """
    policies: dict[PartyId, Policy] = {}
    for file in files:
        policy = read_policy(file).policy
        if policy.party in policies:
            raise ConfigurationError(
                f"{file} is one more policy of {policy.party}: give one for each party"
            )
        policies[policy.party] = policy
    return policies
