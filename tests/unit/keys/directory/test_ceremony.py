"""What stewards sign about parties and about the federation."""

from dataclasses import replace

import pytest
from tuf.api.metadata import Metadata, Targets

from keys.directory.ceremony import (
    admit,
    amend_federation,
    cosign,
    found_federation,
    rekey,
    remove,
    renew,
)
from keys.directory.codec import decode_federation
from keys.directory.roles import role_of
from keys.directory.signers import role_public
from keys.directory.stewardship import party_roles
from keys.errors import CeremonyError, KeyFormatError
from tests.unit.keys.directory.federation import (
    BEL,
    KEN,
    NOW_MS,
    Federation,
    federation_record,
    seed,
    stewards_of,
)

_KEY = role_public(seed("key"))
_OTHER = role_public(seed("other"))


def _roles(targets: bytes) -> dict[str, tuple[int, int]]:
    roles = party_roles(Metadata[Targets].from_bytes(targets).signed)
    return {name: (role.threshold, len(role.keyids)) for name, role in roles.items()}


def _admitted(federation: Federation) -> bytes:
    return admit(
        federation.repository.targets(),
        party=KEN,
        keys=[_KEY, _OTHER],
        threshold=2,
        stewards=federation.stewards,
        now_ms=NOW_MS,
    )


def test_admitting_delegates_a_role_one_version_up(federation: Federation) -> None:
    targets = _admitted(federation)
    assert _roles(targets) == {role_of(KEN): (2, 2)}
    assert Metadata[Targets].from_bytes(targets).signed.version == 2


def test_admitting_twice_is_refused(federation: Federation) -> None:
    with pytest.raises(CeremonyError, match="already"):
        admit(
            _admitted(federation),
            party=KEN,
            keys=[role_public(seed("third"))],
            threshold=1,
            stewards=federation.stewards,
            now_ms=NOW_MS,
        )


def test_a_key_of_another_party_is_refused(federation: Federation) -> None:
    with pytest.raises(CeremonyError, match="another party"):
        admit(
            _admitted(federation),
            party=BEL,
            keys=[_KEY],
            threshold=1,
            stewards=federation.stewards,
            now_ms=NOW_MS,
        )


def test_one_key_cannot_count_twice_towards_a_threshold(
    federation: Federation,
) -> None:
    with pytest.raises(CeremonyError, match="twice"):
        admit(
            federation.repository.targets(),
            party=KEN,
            keys=[_KEY, _KEY],
            threshold=2,
            stewards=federation.stewards,
            now_ms=NOW_MS,
        )


@pytest.mark.parametrize("threshold", [-1, 0, 2])
def test_a_threshold_that_cannot_be_met_is_refused(
    federation: Federation, threshold: int
) -> None:
    with pytest.raises(CeremonyError, match="cannot be a threshold"):
        admit(
            federation.repository.targets(),
            party=KEN,
            keys=[_KEY],
            threshold=threshold,
            stewards=federation.stewards,
            now_ms=NOW_MS,
        )


def test_a_key_that_is_none_is_refused(federation: Federation) -> None:
    with pytest.raises(KeyFormatError):
        admit(
            federation.repository.targets(),
            party=KEN,
            keys=[b"short"],
            threshold=1,
            stewards=federation.stewards,
            now_ms=NOW_MS,
        )


def test_nobody_signs_nothing(federation: Federation) -> None:
    with pytest.raises(CeremonyError, match="has to sign"):
        renew(federation.repository.targets(), stewards=[], now_ms=NOW_MS)


def test_rekeying_replaces_all_keys(federation: Federation) -> None:
    targets = rekey(
        _admitted(federation),
        party=KEN,
        keys=[_OTHER],
        threshold=1,
        stewards=federation.stewards,
        now_ms=NOW_MS,
    )
    assert _roles(targets) == {role_of(KEN): (1, 1)}
    delegations = Metadata[Targets].from_bytes(targets).signed.delegations
    assert delegations is not None
    assert len(delegations.keys) == 1


def test_removing_takes_role_and_keys_away(federation: Federation) -> None:
    targets = remove(
        _admitted(federation), party=KEN, stewards=federation.stewards, now_ms=NOW_MS
    )
    assert _roles(targets) == {}


def test_only_a_party_can_be_removed(federation: Federation) -> None:
    with pytest.raises(CeremonyError, match="not a party"):
        remove(
            federation.repository.targets(),
            party=KEN,
            stewards=federation.stewards,
            now_ms=NOW_MS,
        )


def test_amending_names_the_new_federation_record(federation: Federation) -> None:
    record = replace(federation_record(), name="Renamed")
    amendment = amend_federation(
        federation.repository.targets(),
        federation=record,
        stewards=federation.stewards,
        now_ms=NOW_MS,
    )
    assert decode_federation(amendment.federation) == record
    federation.repository.install_targets(
        amendment.targets, NOW_MS, federation=amendment.federation
    )
    assert federation.client().refresh(NOW_MS).federation == record


def test_stewards_who_are_not_in_one_room_sign_one_after_the_other(
    any_federation: Federation,
) -> None:
    stewards = any_federation.agreeing
    targets = renew(
        any_federation.repository.targets(), stewards=stewards[:1], now_ms=NOW_MS
    )
    for steward in stewards[1:]:
        with pytest.raises(CeremonyError, match="does not hold"):
            any_federation.repository.install_targets(targets, NOW_MS)
        targets = cosign(targets, steward)
    any_federation.repository.install_targets(targets, NOW_MS)
    assert any_federation.client().refresh(NOW_MS).parties == {}


def test_what_cannot_be_read_is_not_signed() -> None:
    with pytest.raises(CeremonyError):
        cosign(b"{}", stewards_of(1)[0])
    with pytest.raises(CeremonyError):
        renew(b"{}", stewards=stewards_of(1), now_ms=NOW_MS)


@pytest.mark.parametrize("threshold", [0, 3])
def test_a_federation_whose_threshold_cannot_be_met_is_not_founded(
    threshold: int,
) -> None:
    with pytest.raises(CeremonyError, match="cannot be a threshold"):
        found_federation(
            stewards=stewards_of(2),
            threshold=threshold,
            online_key=_KEY,
            federation=federation_record(),
            now_ms=NOW_MS,
        )


def test_a_steward_who_is_named_twice_does_not_count_twice() -> None:
    with pytest.raises(CeremonyError, match="twice"):
        found_federation(
            stewards=stewards_of(1) * 2,
            threshold=2,
            online_key=_KEY,
            federation=federation_record(),
            now_ms=NOW_MS,
        )
