"""A leaf is made of a receipt in one way only."""

from hashlib import sha256

from broker.core.audit.entry import leaf_data, receipt_leaf_hash


def test_the_leaf_is_the_labelled_digest_of_the_receipt() -> None:
    framed = b"\0\0\0\x0frogatory/leaf/1" + b"\0\0\0\x20" + sha256(b"receipt").digest()
    assert leaf_data(b"receipt") == sha256(framed).digest()


def test_the_leaf_hash_is_that_of_rfc_6962() -> None:
    expected = sha256(b"\0" + leaf_data(b"receipt")).digest()
    assert receipt_leaf_hash(b"receipt") == expected


def test_another_receipt_is_another_leaf() -> None:
    assert leaf_data(b"") != leaf_data(b"\0")
