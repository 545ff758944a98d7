"""Officers' signatures: their own kind of bytes, on two kinds of key."""

from pathlib import Path

import pytest
from securesystemslib.exceptions import UnverifiedSignatureError
from securesystemslib.signer import Signature

from keys.approving import officer_public, sign_approval, verify_approval
from keys.custody import Use, make_signer, open_signer
from keys.directory.signers import role_signer, steward_signer
from keys.errors import KeyFormatError, KeystoreFormatError, SignatureError
from keys.keystore import UNSAFE_THROWAWAY_COST
from keys.preauth import PayloadType, preauth
from keys.signing import SigningKey
from tests.tokens import PIN, Tokens

STATEMENT = b"it may leave"
SECRET = b"correct horse"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "amina.keys"


def test_what_an_officer_signs_verifies_with_the_officers_public_key(
    path: Path,
) -> None:
    make_signer(path, SECRET, use=Use.OFFICER, cost=UNSAFE_THROWAWAY_COST)
    signer = open_signer(path, SECRET, use=Use.OFFICER)
    public = officer_public(signer)
    assert len(public) == 32
    verify_approval(public, STATEMENT, sign_approval(signer, STATEMENT))


def test_an_officers_key_in_a_token_signs_likewise(
    path: Path, token_folder: Tokens
) -> None:
    token = token_folder.make()
    make_signer(path, PIN, use=Use.OFFICER, token=token)
    signer = open_signer(path, PIN, use=Use.OFFICER)
    public = officer_public(signer)
    assert len(public) == 65
    signature = sign_approval(signer, STATEMENT)
    verify_approval(public, STATEMENT, signature)
    with pytest.raises(SignatureError):
        verify_approval(public, STATEMENT + b".", signature)


@pytest.mark.parametrize("use", [Use.ROLE, Use.STEWARD])
def test_a_key_made_for_something_else_does_not_approve(path: Path, use: Use) -> None:
    make_signer(path, SECRET, use=use, cost=UNSAFE_THROWAWAY_COST)
    with pytest.raises(KeystoreFormatError, match=f"another use: {use}"):
        open_signer(path, SECRET, use=Use.OFFICER)


def test_an_officers_key_in_a_token_is_not_taken_for_a_role_key(
    path: Path, token_folder: Tokens
) -> None:
    make_signer(path, PIN, use=Use.OFFICER, token=token_folder.make())
    with pytest.raises(KeystoreFormatError, match="another use: officer"):
        open_signer(path, PIN, use=Use.ROLE)


@pytest.mark.parametrize("other", list(PayloadType))
def test_a_signature_under_anything_else_is_no_approval(other: PayloadType) -> None:
    signer = role_signer(bytes(32))
    raw = bytes.fromhex(signer.sign(preauth(other, STATEMENT)).signature)
    if other is PayloadType.APPROVAL:
        verify_approval(officer_public(signer), STATEMENT, raw)
        return
    with pytest.raises(SignatureError):
        verify_approval(officer_public(signer), STATEMENT, raw)


def test_an_approval_is_nothing_else_even_under_the_same_key() -> None:
    # The first half of a hybrid seed is an Ed25519 seed, as an officer's is.
    seed = bytes(range(64))
    signer, message_key = role_signer(seed[:32]), SigningKey(seed)
    approval = sign_approval(signer, STATEMENT)
    whole = message_key.sign(PayloadType.ENVELOPE, STATEMENT)
    with pytest.raises(SignatureError):
        message_key.public.verify(
            PayloadType.ENVELOPE, STATEMENT, approval + whole[64:]
        )
    with pytest.raises(SignatureError):
        verify_approval(officer_public(signer), STATEMENT, whole[:64])


def test_an_approval_is_no_signature_under_metadata_of_the_directory() -> None:
    signer = role_signer(bytes(32))
    key = signer.public_key
    signature = Signature(key.keyid, sign_approval(signer, STATEMENT).hex())
    with pytest.raises(UnverifiedSignatureError):
        key.verify_signature(signature, STATEMENT)


def test_a_stewards_key_is_none_of_an_officers() -> None:
    steward = steward_signer(bytes(32))
    with pytest.raises(KeyFormatError, match="an officer's key"):
        sign_approval(steward, STATEMENT)


@pytest.mark.parametrize("size", [0, 31, 64, 97, 1952])
def test_a_public_key_of_another_length_verifies_nothing(size: int) -> None:
    with pytest.raises(KeyFormatError):
        verify_approval(bytes(size), STATEMENT, bytes(64))


@pytest.mark.parametrize("signature", [b"", bytes(64), bytes(5000)])
def test_what_is_no_signature_does_not_verify(signature: bytes) -> None:
    public = officer_public(role_signer(bytes(32)))
    with pytest.raises(SignatureError):
        verify_approval(public, STATEMENT, signature)
