"""What the registrar refuses, each time with the repository untouched."""

import json
from collections.abc import Callable
from dataclasses import replace

import pytest
from tuf.api.metadata import (
    DelegatedRole,
    Delegations,
    Metadata,
    TargetFile,
    Targets,
)

from keys.directory.publishing import PartySubmission, countersign
from keys.directory.registrar import check_submission
from keys.directory.roles import DAY_MS, PARTY_LIFE_MS, utc
from keys.directory.signers import role_signer
from keys.errors import SubmissionError
from tests.unit.keys.directory.federation import (
    BEL,
    KEN,
    NOW_MS,
    Federation,
    check_refused,
    files_below,
    record_of,
    renamed,
    seed,
)

_KEN_SIGNER = role_signer(seed("KEN/role/0"))


def _changed(
    federation: Federation,
    change: Callable[[Targets], None],
    files: dict[str, bytes] | None = None,
) -> PartySubmission:
    """Returns KEN's submission with other metadata, signed by KEN's own key."""
    honest = federation.submission(KEN)
    metadata = Metadata[Targets].from_bytes(honest.metadata)
    change(metadata.signed)
    metadata.sign(_KEN_SIGNER)
    return replace(honest, metadata=metadata.to_bytes(), files=files or honest.files)


def test_an_honest_submission_is_taken(any_federation: Federation) -> None:
    any_federation.admit(KEN)
    acceptance = any_federation.repository.accept(
        any_federation.submission(KEN), NOW_MS
    )
    assert (acceptance.party, acceptance.version) == (KEN, 1)
    assert acceptance.record == record_of(KEN)
    assert not acceptance.repeated


def test_a_party_that_wants_two_signatures_gets_two(federation: Federation) -> None:
    federation.admit(KEN, keys=3, threshold=2)
    one = federation.submission(KEN)
    check_refused(federation, one, "signed by 1/2 keys")
    both = countersign(one, role_signer(seed("KEN/role/2")))
    assert federation.repository.accept(both, NOW_MS).version == 1


def test_handing_in_the_same_again_changes_nothing(federation: Federation) -> None:
    federation.admit(KEN)
    submission = federation.submission(KEN)
    federation.repository.accept(submission, NOW_MS)
    before = files_below(federation.folder)
    again = federation.repository.accept(submission, NOW_MS + PARTY_LIFE_MS)
    assert again.repeated
    assert files_below(federation.folder) == before


def test_a_replayed_older_submission_is_refused(federation: Federation) -> None:
    federation.admit(KEN)
    old = federation.submission(KEN)
    federation.repository.accept(old, NOW_MS)
    federation.repository.accept(federation.submission(KEN), NOW_MS)
    check_refused(federation, old, "version 1 was signed, 3 is due")


def test_a_version_that_jumps_ahead_is_refused(federation: Federation) -> None:
    federation.enrol(KEN)
    check_refused(federation, federation.submission(KEN, version=2**31), "2 is due")


def test_another_submission_under_the_current_version_is_refused(
    federation: Federation,
) -> None:
    federation.enrol(KEN)
    other = federation.submission(KEN, version=1, policy=b"another")
    check_refused(federation, other, "2 is due")


def test_a_party_that_nobody_admitted_is_refused(federation: Federation) -> None:
    check_refused(federation, federation.submission(KEN), "not a party")


def test_a_party_signing_anothers_role_is_refused(federation: Federation) -> None:
    federation.enrol(KEN, BEL)
    forged = federation.submission(KEN, signers=[role_signer(seed("BEL/role/0"))])
    check_refused(federation, forged, "not signed by enough keys of KEN")


def test_a_party_claiming_anothers_path_is_refused(federation: Federation) -> None:
    federation.enrol(KEN, BEL)

    def change(targets: Targets) -> None:
        stolen = TargetFile.from_data("parties/BEL/record.pb", b"x", ["sha256"])
        targets.targets[stolen.path] = stolen

    check_refused(federation, _changed(federation, change), "may publish")


def test_a_party_publishing_the_record_of_another_is_refused(
    federation: Federation,
) -> None:
    federation.enrol(KEN, BEL)
    submission = federation.submission(KEN, record=renamed(record_of(KEN), BEL))
    check_refused(federation, submission, "cannot publish the record of BEL")


def test_a_party_publishing_unknown_files_is_refused(
    federation: Federation,
) -> None:
    federation.admit(KEN)

    def change(targets: Targets) -> None:
        more = TargetFile.from_data("parties/KEN/more", b"x", ["sha256"])
        targets.targets[more.path] = more

    check_refused(federation, _changed(federation, change), "may publish")


def test_a_party_that_delegates_is_refused(federation: Federation) -> None:
    federation.admit(KEN)

    def change(targets: Targets) -> None:
        key = role_signer(seed("friend")).public_key
        role = DelegatedRole("friend", [key.keyid], 1, True, ["parties/KEN/*"])  # noqa: FBT003  python-tuf's order
        targets.delegations = Delegations({key.keyid: key}, {"friend": role})

    check_refused(federation, _changed(federation, change), "delegates to nobody")


def test_a_hash_that_clients_would_not_ask_for_is_refused(
    federation: Federation,
) -> None:
    federation.admit(KEN)

    def change(targets: Targets) -> None:
        targets.targets["parties/KEN/record.pb"].hashes["sha512"] = "00"

    check_refused(federation, _changed(federation, change), "SHA-256 and nothing else")


def test_fields_that_nobody_knows_are_refused(federation: Federation) -> None:
    federation.admit(KEN)

    def change(targets: Targets) -> None:
        targets.unrecognized_fields["x"] = 1

    check_refused(federation, _changed(federation, change), "nobody knows")


def test_metadata_in_another_form_is_refused(federation: Federation) -> None:
    federation.admit(KEN)
    honest = federation.submission(KEN)
    for other in (
        honest.metadata + b"\n",
        honest.metadata.replace(b'"signatures"', b'"more":1,"signatures"'),
        honest.metadata.replace(b'"sig":', b'"more":1,"sig":'),
    ):
        check_refused(
            federation, replace(honest, metadata=other), "one serialised form"
        )


@pytest.mark.parametrize("version", ["true", "1.0", '"1"', "null"])
def test_a_version_that_is_no_number_is_refused(
    federation: Federation, version: str
) -> None:
    federation.admit(KEN)
    honest = federation.submission(KEN)
    document = json.loads(honest.metadata)
    document["signed"]["version"] = json.loads(version)
    forged = replace(honest, metadata=json.dumps(document).encode())
    check_refused(federation, forged, "readable|one serialised form")


def test_a_version_that_is_true_is_refused_even_when_signed(
    federation: Federation,
) -> None:
    federation.admit(KEN)

    def change(targets: Targets) -> None:
        targets.version = True

    check_refused(federation, _changed(federation, change), "version True was signed")


def test_a_signature_by_a_strangers_key_is_refused(federation: Federation) -> None:
    federation.admit(KEN)
    submission = countersign(federation.submission(KEN), role_signer(seed("stranger")))
    check_refused(federation, submission, "not KEN's")


def test_other_metadata_than_targets_is_refused(federation: Federation) -> None:
    federation.admit(KEN)
    submission = replace(federation.submission(KEN), metadata=federation.root)
    check_refused(federation, submission, "expected targets, not root")
    check_refused(federation, replace(submission, metadata=b"{}"), "readable")


def test_files_other_than_signed_are_refused(federation: Federation) -> None:
    federation.admit(KEN)
    honest = federation.submission(KEN)
    files = dict(honest.files)
    check_refused(
        federation, replace(honest, files=files | {"policy.pb": b"x"}), "was signed"
    )
    check_refused(federation, replace(honest, files={}), "are not those")
    check_refused(
        federation, replace(honest, files=files | {"more": b"x"}), "are not those"
    )


def test_a_submission_without_a_record_is_refused(federation: Federation) -> None:
    federation.admit(KEN)

    def change(targets: Targets) -> None:
        del targets.targets["parties/KEN/record.pb"]

    submission = _changed(federation, change, {"policy.pb": b"policy"})
    check_refused(federation, submission, "publishes its record.pb")


def test_a_file_that_is_too_large_is_refused(federation: Federation) -> None:
    federation.admit(KEN)
    honest = federation.submission(KEN)
    large = bytes(256 * 1024 + 1)

    def change(targets: Targets) -> None:
        path = "parties/KEN/policy.pb"
        targets.targets[path] = TargetFile.from_data(path, large, ["sha256"])

    submission = _changed(federation, change, {**honest.files, "policy.pb": large})
    check_refused(federation, submission, "more than 262144 bytes")


def test_a_record_that_does_not_parse_is_refused(federation: Federation) -> None:
    federation.admit(KEN)

    def change(targets: Targets) -> None:
        path = "parties/KEN/record.pb"
        targets.targets[path] = TargetFile.from_data(path, b"junk", ["sha256"])

    files = {**federation.submission(KEN).files, "record.pb": b"junk"}
    check_refused(
        federation, _changed(federation, change, files), "record.pb: not a record"
    )


def test_an_expired_submission_is_refused(federation: Federation) -> None:
    federation.admit(KEN)
    submission = federation.submission(KEN)
    check_refused(federation, submission, "has expired", NOW_MS + PARTY_LIFE_MS)


def test_a_submission_that_lives_too_long_is_refused(
    federation: Federation,
) -> None:
    federation.admit(KEN)

    def change(targets: Targets) -> None:
        targets.expires = utc(NOW_MS + PARTY_LIFE_MS + 2 * DAY_MS)

    check_refused(federation, _changed(federation, change), "more than 90 days")


def test_targets_of_no_federation_accept_nothing(federation: Federation) -> None:
    federation.admit(KEN)
    repository = federation.repository
    standing = repository.standing(repository.state(), KEN)
    standing.targets.delegations = None
    with pytest.raises(SubmissionError, match="not that of a federation"):
        check_submission(federation.submission(KEN), standing=standing, now_ms=NOW_MS)
