"""Ceremonies as stewards hold them, on top of a `Federation` in a folder."""

from collections.abc import Callable, Sequence

from keys.directory.proposal import Basis, Proposal, Review, propose, review
from keys.directory.quorum import Agreement, agree, sign
from keys.directory.signers import Signer
from keys.directory.terms import Terms
from tests.unit.keys.directory.federation import NOW_MS, Federation


def basis_of(federation: Federation) -> Basis:
    """Returns what is in force."""
    repository = federation.repository
    return Basis(
        root=repository.root(),
        targets=repository.targets(),
        federation=repository.federation(),
    )


def proposal_of(
    federation: Federation,
    change: Callable[[Terms], Terms] = lambda terms: terms,
    *,
    renew_root: bool = False,
) -> Proposal:
    """Returns the request for a change of what is in force."""
    basis = basis_of(federation)
    after = change(basis.terms())
    return propose(basis, after, NOW_MS, renew_root=renew_root)


def sentences(proposal: Proposal) -> list[str]:
    """Returns what a steward would be shown, without what every ceremony renews."""
    return [
        change.sentence
        for change in review(proposal, NOW_MS).changes
        if change.topic.value != "renew"
    ]


def agreement_of(reviewed: Review, signers: Sequence[Signer]) -> Agreement:
    """Returns what the signatures of `signers` make."""
    return agree(reviewed, [sign(reviewed, signer, NOW_MS) for signer in signers])


def carry_out(
    federation: Federation,
    change: Callable[[Terms], Terms],
    *newcomers: Signer,
) -> None:
    """Has just enough stewards agree to a change, and the hub install it."""
    proposal = proposal_of(federation, change)
    agreement = agreement_of(
        review(proposal, NOW_MS), [*federation.agreeing, *newcomers]
    )
    assert not agreement.missing
    if agreement.root is None:
        federation.repository.install_targets(
            agreement.targets, NOW_MS, federation=proposal.federation
        )
    else:
        federation.repository.install_root(
            agreement.root,
            NOW_MS,
            targets=agreement.targets,
            federation=proposal.federation,
        )
