"""Roots, their successors, and what the hub refuses to install."""

from collections.abc import Callable

import pytest
from tuf.api.metadata import DelegatedRole, Delegations, Metadata, Root, Targets

from keys.directory.roles import ROOT_LIFE_MS, TARGETS_LIFE_MS, pattern_of, utc
from keys.directory.signers import role_key, role_public
from keys.directory.stewardship import (
    check_root,
    check_targets,
    party_roles,
    read_targets,
)
from keys.errors import CeremonyError
from tests.unit.keys.directory.federation import (
    KEN,
    NOW_MS,
    Federation,
    seed,
    stewards_of,
)
from tests.unit.keys.directory.hand_signed import renew, signed_by, succeed

_ONLINE = role_public(seed("online"))


def _successor(federation: Federation, *, outgoing: int, threshold: int = 3) -> bytes:
    return succeed(
        federation.root,
        stewards=stewards_of(5, "-new"),
        threshold=threshold,
        outgoing=federation.stewards[:outgoing],
        online_key=_ONLINE,
        now_ms=NOW_MS,
    )


def test_a_root_that_enough_old_and_new_stewards_signed_is_taken(
    any_federation: Federation,
) -> None:
    new = _successor(any_federation, outgoing=any_federation.threshold)
    root = check_root(new, current=any_federation.root, now_ms=NOW_MS)
    assert root.version == 2


def test_a_root_that_too_few_old_stewards_signed_is_refused(
    any_federation: Federation,
) -> None:
    new = _successor(any_federation, outgoing=any_federation.threshold - 1)
    with pytest.raises(CeremonyError, match="not enough stewards"):
        check_root(new, current=any_federation.root, now_ms=NOW_MS)


def test_a_root_that_is_not_the_next_one_is_refused(federation: Federation) -> None:
    with pytest.raises(CeremonyError, match="next version"):
        check_root(federation.root, current=federation.root, now_ms=NOW_MS)
    with pytest.raises(CeremonyError, match="next version"):
        check_root(_successor(federation, outgoing=1), current=None, now_ms=NOW_MS)


def test_an_expired_root_is_refused(federation: Federation) -> None:
    with pytest.raises(CeremonyError, match="expired"):
        check_root(federation.root, current=None, now_ms=NOW_MS + ROOT_LIFE_MS)


def test_a_root_without_consistent_snapshots_is_refused(
    federation: Federation,
) -> None:
    metadata = Metadata[Root].from_bytes(federation.root)
    metadata.signed.consistent_snapshot = False
    metadata.signatures.clear()
    with pytest.raises(CeremonyError, match="consistent snapshots"):
        check_root(
            signed_by(metadata, federation.stewards), current=None, now_ms=NOW_MS
        )


def test_other_metadata_is_no_root_and_no_targets(federation: Federation) -> None:
    with pytest.raises(CeremonyError, match="expected root"):
        check_root(federation.repository.targets(), current=None, now_ms=NOW_MS)
    with pytest.raises(CeremonyError, match="expected targets"):
        read_targets(federation.root)
    with pytest.raises(CeremonyError, match="cannot be read"):
        check_root(b"", current=None, now_ms=NOW_MS)


def _check(federation: Federation, targets: bytes, now_ms: int = NOW_MS) -> Targets:
    return check_targets(
        targets,
        root=Metadata[Root].from_bytes(federation.root).signed,
        version=2,
        federation=federation.repository.federation(),
        now_ms=now_ms,
    )


def _changed(federation: Federation, change: Callable[[Targets], None]) -> bytes:
    metadata = read_targets(federation.repository.targets())
    metadata.signatures.clear()
    metadata.signed.version = 2
    change(metadata.signed)
    return signed_by(metadata, federation.stewards)


def _delegating(**changes: object) -> Callable[[Targets], None]:
    def change(targets: Targets) -> None:
        arguments = {
            "name": "party-KEN",
            "keyids": [],
            "threshold": 1,
            "terminating": True,
            "paths": [pattern_of(KEN)],
        } | changes
        role = DelegatedRole(**arguments)  # type: ignore[arg-type]  # checked by its users
        party_roles(targets)[role.name] = role
        targets.add_key(role_key(role_public(seed("KEN/role/0"))), role.name)

    return change


def test_targets_that_stewards_signed_are_taken(federation: Federation) -> None:
    assert _check(federation, _changed(federation, _delegating())).version == 2


@pytest.mark.parametrize(
    "changes",
    [
        {"paths": ["parties/*/*"]},
        {"paths": [pattern_of(KEN), "federation/*"]},
        {"terminating": False},
        {"name": "everything"},
        {"paths": None, "path_hash_prefixes": ["0"]},
    ],
)
def test_a_delegation_of_more_than_a_partys_own_paths_is_refused(
    federation: Federation, changes: dict[str, object]
) -> None:
    change = _delegating(**changes)
    with pytest.raises(CeremonyError, match="more than its own paths"):
        _check(federation, _changed(federation, change))


def test_one_key_under_two_names_is_refused(federation: Federation) -> None:
    def change(targets: Targets) -> None:
        _delegating(threshold=2)(targets)
        alias = role_key(role_public(seed("KEN/role/0")))
        alias.keyid = "alias"
        targets.add_key(alias, "party-KEN")

    with pytest.raises(CeremonyError, match="under another name"):
        _check(federation, _changed(federation, change))


def test_targets_without_delegations_are_refused(federation: Federation) -> None:
    def change(targets: Targets) -> None:
        targets.delegations = None

    with pytest.raises(CeremonyError, match="not that of a federation"):
        _check(federation, _changed(federation, change))


def test_targets_that_name_further_files_are_refused(federation: Federation) -> None:
    def change(targets: Targets) -> None:
        targets.targets["more"] = targets.targets["federation/federation.pb"]

    with pytest.raises(CeremonyError, match="nothing else"):
        _check(federation, _changed(federation, change))


def test_targets_that_name_another_federation_record_are_refused(
    federation: Federation,
) -> None:
    with pytest.raises(CeremonyError, match="does not hold"):
        check_targets(
            _changed(federation, lambda _: None),
            root=Metadata[Root].from_bytes(federation.root).signed,
            version=2,
            federation=b"another",
            now_ms=NOW_MS,
        )


def test_targets_that_strangers_signed_are_refused(federation: Federation) -> None:
    targets = renew(
        federation.repository.targets(), stewards=stewards_of(1, "-x"), now_ms=NOW_MS
    )
    with pytest.raises(CeremonyError, match="does not hold"):
        _check(federation, targets)


def test_targets_of_another_version_or_expired_are_refused(
    federation: Federation,
) -> None:
    targets = _changed(federation, lambda _: None)
    with pytest.raises(CeremonyError, match="has expired"):
        _check(federation, targets, NOW_MS + TARGETS_LIFE_MS)
    with pytest.raises(CeremonyError, match="is due"):
        _check(federation, federation.repository.targets())


def test_delegations_of_another_kind_are_no_federations() -> None:
    targets = Targets(expires=utc(NOW_MS), delegations=Delegations({}, {}))
    assert party_roles(targets) == {}
    assert targets.delegations is not None
    targets.delegations.roles = None
    with pytest.raises(CeremonyError, match="not that of a federation"):
        party_roles(targets)
