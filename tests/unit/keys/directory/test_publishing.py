"""What a party hands in, and how it is carried."""

import base64
import json

import pytest
from hypothesis import given, strategies as st

from keys.directory.publishing import (
    MAX_SUBMISSION_SIZE,
    PartySubmission,
    countersign,
    prepare,
    publish,
)
from keys.directory.roles import MAX_TARGET_SIZE
from keys.directory.signers import role_signer
from keys.errors import CeremonyError, SubmissionError
from tests.unit.keys.directory.federation import KEN, NOW_MS, seed

_SIGNER = role_signer(seed("KEN"))


@given(
    metadata=st.binary(),
    files=st.dictionaries(st.sampled_from(["record.pb", "policy.pb"]), st.binary()),
)
def test_a_submission_comes_back_as_it_was(
    metadata: bytes, files: dict[str, bytes]
) -> None:
    submission = PartySubmission(party=KEN, metadata=metadata, files=files)
    assert PartySubmission.from_bytes(submission.to_bytes()) == submission


def _document(**changes: object) -> bytes:
    document = {
        "files": {"record.pb": "eA=="},
        "format": "rogatory-directory-submission/1",
        "metadata": "eA==",
        "party": "KEN",
    } | changes
    return json.dumps(document, separators=(",", ":"), sort_keys=True).encode()


def test_the_document_that_the_refusals_start_from_is_good() -> None:
    assert PartySubmission.from_bytes(_document()).files == {"record.pb": b"x"}


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff",
        b"[]",
        b"{}",
        b"[" * 100_000,
        b" " + _document(),
        _document(format="rogatory-directory-submission/2"),
        _document(party="HUB"),
        _document(party=7),
        _document(files=[]),
        _document(files={"record.pb": 7}),
        _document(metadata="eA"),
        _document(metadata="eB=="),
        _document(metadata="e A=="),
        _document(metadata=None),
        _document(extra=1),
        _document().replace(b'"party":"KEN"', b'"party":"BEL","party":"KEN"'),
        bytes(MAX_SUBMISSION_SIZE + 1),
    ],
)
def test_anything_else_is_refused(data: bytes) -> None:
    with pytest.raises(SubmissionError):
        PartySubmission.from_bytes(data)


def test_the_largest_record_and_policy_fit_one_submission() -> None:
    files = {"record.pb": bytes(MAX_TARGET_SIZE), "policy.pb": bytes(MAX_TARGET_SIZE)}
    submission = publish(KEN, signers=[_SIGNER], version=1, files=files, now_ms=NOW_MS)
    assert len(submission.to_bytes()) < MAX_SUBMISSION_SIZE


def test_the_metadata_names_files_by_digest_and_lives_for_90_days() -> None:
    submission = publish(
        KEN, signers=[_SIGNER], version=3, files={"record.pb": b"x"}, now_ms=NOW_MS
    )
    signed = json.loads(submission.metadata)["signed"]
    assert signed["version"] == 3
    assert signed["expires"] == "2100-04-01T00:00:00Z"
    assert list(signed["targets"]) == ["parties/KEN/record.pb"]


def test_a_second_holder_of_keys_can_sign_elsewhere() -> None:
    submission = publish(
        KEN, signers=[_SIGNER], version=1, files={"record.pb": b"x"}, now_ms=NOW_MS
    )
    both = countersign(submission, role_signer(seed("second")))
    assert len(json.loads(both.metadata)["signatures"]) == 2
    assert both.files == submission.files


def test_what_cannot_be_read_is_not_signed() -> None:
    broken = PartySubmission(party=KEN, metadata=base64.b64encode(b"x"), files={})
    with pytest.raises(SubmissionError):
        countersign(broken, _SIGNER)


@pytest.mark.parametrize(
    "files",
    [
        {},
        {"policy.pb": b"x"},
        {"record.pb": b"x", "../record.pb": b"x"},
        {"record.pb": bytes(MAX_TARGET_SIZE + 1)},
    ],
)
def test_files_that_no_party_publishes_are_not_signed(files: dict[str, bytes]) -> None:
    with pytest.raises(CeremonyError):
        publish(KEN, signers=[_SIGNER], version=1, files=files, now_ms=NOW_MS)


def test_nobody_and_no_version_publish_nothing() -> None:
    files = {"record.pb": b"x"}
    with pytest.raises(CeremonyError, match="has to sign"):
        publish(KEN, signers=[], version=1, files=files, now_ms=NOW_MS)
    with pytest.raises(CeremonyError, match="count from 1"):
        publish(KEN, signers=[_SIGNER], version=0, files=files, now_ms=NOW_MS)


def test_what_is_prepared_is_signed_elsewhere_and_then_the_same() -> None:
    files = {"record.pb": b"x"}
    prepared = prepare(KEN, version=1, files=files, now_ms=NOW_MS)
    assert json.loads(prepared.metadata)["signatures"] == []
    signed = countersign(prepared, _SIGNER)
    assert signed == publish(
        KEN, signers=[_SIGNER], version=1, files=files, now_ms=NOW_MS
    )
