"""Who must sign, what each signs, and whose signatures do not count."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from keys.directory.ceremony import (
    add_steward,
    limit,
    remove_steward,
    replace_steward,
    set_threshold,
)
from keys.directory.model import PartyLimits
from keys.directory.proposal import Review, propose_founding, review
from keys.directory.quorum import CeremonySignature, agree, sign, stewards_asked
from keys.directory.repository import Repository
from keys.directory.signers import Signer, public_of, role_public, role_signer
from keys.directory.stewardship import Founding, read_root, read_targets
from keys.directory.terms import Steward, Terms
from keys.errors import CeremonyError
from tests.unit.keys.directory.agreeing import agreement_of, proposal_of
from tests.unit.keys.directory.federation import (
    NOW_MS,
    Federation,
    federation_record,
    seed,
    stewards_of,
)

Change = Callable[[Terms], Terms]


@pytest.fixture
def three(tmp_path: Path) -> Federation:
    """Three stewards, of whom two decide."""
    return Federation(tmp_path, 3, 2)


def _review(federation: Federation, change: Change = lambda t: t) -> Review:
    return review(proposal_of(federation, change), NOW_MS)


def _founding(stewards: list[Signer], threshold: int) -> Review:
    proposal = propose_founding(
        stewards=tuple(
            Steward(public=public_of(one), name=f"S{number}")
            for number, one in enumerate(stewards)
        ),
        threshold=threshold,
        online_key=role_public(seed("online")),
        federation=federation_record(),
        now_ms=NOW_MS,
    )
    return review(proposal, NOW_MS)


def test_any_two_of_three_are_enough(three: Federation) -> None:
    reviewed = _review(three)
    for pair in ((0, 1), (0, 2), (1, 2)):
        agreement = agreement_of(reviewed, [three.stewards[i] for i in pair])
        assert agreement.missing == ()
        assert len(agreement.signed) == 2


def test_one_of_three_is_not_enough_and_the_others_are_named(
    three: Federation,
) -> None:
    agreement = agreement_of(_review(three), three.stewards[:1])
    [sentence] = agreement.missing
    assert sentence.startswith("2 of the stewards must sign, 1 did; not yet: ")
    assert sentence.count("unnamed (") == 2


def test_a_steward_who_signs_twice_counts_once(three: Federation) -> None:
    reviewed = _review(three)
    twice = [sign(reviewed, three.stewards[0], NOW_MS + n) for n in range(3)]
    agreement = agree(reviewed, twice)
    assert len(agreement.signed) == 1
    assert agreement.missing
    assert len(read_targets(agreement.targets).signatures) == 1


def test_a_key_that_is_nobodys_signs_nothing(three: Federation) -> None:
    [stranger] = stewards_of(1, "-stranger")
    with pytest.raises(CeremonyError, match="nothing to sign here"):
        sign(_review(three), stranger, NOW_MS)


def test_a_signature_by_nobodys_key_is_refused_by_name(three: Federation) -> None:
    reviewed = _review(three)
    stranger = Federation(three.folder / "other", 1, 1)
    [foreign] = stewards_of(1, "-stranger")
    forged = replace(
        sign(reviewed, three.stewards[0], NOW_MS), key_id=foreign.public_key.keyid
    )
    with pytest.raises(CeremonyError, match=foreign.public_key.keyid[:16]):
        agree(reviewed, [forged])
    assert stranger.stewards[0].public_key == three.stewards[0].public_key


def test_signatures_of_two_ceremonies_cannot_be_mixed(three: Federation) -> None:
    first = _review(three)
    second = _review(three, lambda t: limit(t, None, PartyLimits(connections=1)))
    mixed = [
        sign(first, three.stewards[0], NOW_MS),
        sign(second, three.stewards[1], NOW_MS),
    ]
    with pytest.raises(CeremonyError, match="is for another request"):
        agree(first, mixed)
    relabelled = replace(mixed[1], request=first.proposal.digest)
    with pytest.raises(CeremonyError, match="does not verify"):
        agree(first, [mixed[0], relabelled])


def test_one_stewards_signature_under_anothers_name_does_not_verify(
    three: Federation,
) -> None:
    reviewed = _review(three)
    stolen = replace(
        sign(reviewed, three.stewards[0], NOW_MS),
        key_id=three.stewards[1].public_key.keyid,
    )
    with pytest.raises(CeremonyError, match="does not verify"):
        agree(reviewed, [stolen])


@pytest.mark.parametrize("part", ["root", "targets"])
def test_a_signature_of_a_part_only_is_refused(three: Federation, part: str) -> None:
    reviewed = _review(three, lambda t: set_threshold(t, 3))
    whole = sign(reviewed, three.stewards[0], NOW_MS)
    half = replace(whole, root=None) if part == "root" else replace(whole, targets=None)
    with pytest.raises(CeremonyError, match="only a part"):
        agree(reviewed, [half])


def test_a_founding_is_signed_by_every_steward(tmp_path: Path) -> None:
    stewards = stewards_of(3)
    reviewed = _founding(stewards, 2)
    [sentence] = agreement_of(reviewed, stewards[:2]).missing
    assert sentence.startswith("S2 (")
    agreement = agreement_of(reviewed, stewards)
    assert agreement.missing == ()
    assert agreement.root is not None
    founding = Founding(
        root=agreement.root,
        targets=agreement.targets,
        federation=reviewed.proposal.federation,
    )
    online = role_signer(seed("online"))
    repository = Repository.create(tmp_path, founding, online, NOW_MS)
    assert repository.root() == agreement.root


def _with_newcomer(federation: Federation, newcomer: Signer) -> Review:
    return _review(
        federation,
        lambda t: replace_steward(
            t,
            t.root.stewards[0],
            Steward(public=public_of(newcomer), name="D. Wanjiru"),
        ),
    )


def test_a_newcomer_must_show_that_the_key_is_held(three: Federation) -> None:
    [newcomer] = stewards_of(1, "-new")
    reviewed = _with_newcomer(three, newcomer)
    assert len(stewards_asked(reviewed)) == 4
    [sentence] = agreement_of(reviewed, three.stewards[1:]).missing
    assert sentence.startswith("D. Wanjiru (")
    assert agreement_of(reviewed, [*three.stewards[1:], newcomer]).missing == ()


def test_a_newcomer_does_not_stand_in_for_a_present_steward(
    three: Federation,
) -> None:
    [newcomer] = stewards_of(1, "-new")
    reviewed = _with_newcomer(three, newcomer)
    agreement = agreement_of(reviewed, [three.stewards[1], newcomer])
    [sentence] = agreement.missing
    assert "2 of the present stewards must sign, 1 did" in sentence


def test_who_leaves_agrees_to_the_root_and_not_to_what_follows(
    three: Federation,
) -> None:
    reviewed = _review(three, lambda t: remove_steward(t, t.root.stewards[0]))
    leaving = sign(reviewed, three.stewards[0], NOW_MS)
    assert leaving.root is not None
    assert leaving.targets is None
    agreement = agreement_of(reviewed, three.stewards[:2])
    [sentence] = agreement.missing
    assert "2 of the stewards to come must sign, 1 did" in sentence
    assert agreement_of(reviewed, three.stewards).missing == ()


def test_the_same_signatures_give_the_same_bytes_in_any_order(
    three: Federation,
) -> None:
    reviewed = _review(
        three,
        lambda t: add_steward(t, Steward(public=public_of(stewards_of(9)[8]))),
    )
    signers = [*three.stewards, stewards_of(9)[8]]
    signatures: list[CeremonySignature] = [
        sign(reviewed, one, NOW_MS) for one in signers
    ]
    one, other = agree(reviewed, signatures), agree(reviewed, signatures[::-1])
    assert one == other
    assert one.root is not None
    assert len(read_root(one.root).signatures) == 4
