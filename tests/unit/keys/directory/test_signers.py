"""Signers come back from their seeds."""

import pytest
from securesystemslib.exceptions import UnverifiedSignatureError

from keys.directory.signers import role_key, role_public, role_signer, steward_signer
from keys.errors import KeyFormatError
from tests.unit.keys.directory.federation import seed


def test_a_steward_signs_with_mldsa_65() -> None:
    signer = steward_signer(seed("a"))
    assert signer.public_key.scheme == "ml-dsa-65/1"
    signature = signer.sign(b"data")
    steward_signer(seed("a")).public_key.verify_signature(signature, b"data")
    with pytest.raises(UnverifiedSignatureError):
        steward_signer(seed("b")).public_key.verify_signature(signature, b"data")


def test_a_role_signs_with_ed25519_under_the_key_that_stewards_were_given() -> None:
    key = role_key(role_public(seed("a")))
    assert key == role_signer(seed("a")).public_key
    assert key.scheme == "ed25519"
    key.verify_signature(role_signer(seed("a")).sign(b"data"), b"data")


@pytest.mark.parametrize("size", [0, 31, 33, 64])
def test_a_seed_of_another_length_is_refused(size: int) -> None:
    for make in (steward_signer, role_signer, role_public, role_key):
        with pytest.raises(KeyFormatError):
            make(bytes(size))
