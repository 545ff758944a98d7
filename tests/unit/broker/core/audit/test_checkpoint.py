"""Checkpoints have one form, and mean nothing without the log's signature."""

import base64
import secrets

import pytest
from hypothesis import given, strategies as st

from broker.core.audit.checkpoint import (
    MAX_SIZE,
    Checkpoint,
    open_checkpoint,
    parse_checkpoint,
    read_checkpoint,
)
from broker.core.audit.merkle import EMPTY_ROOT
from broker.core.errors import ProofError
from keys.notes import NoteKey

ORIGIN = "hub.example/log"
ROOT = b"\x05" * 32
ROOT_TEXT = base64.b64encode(ROOT).decode()
BODY = f"{ORIGIN}\n42\n{ROOT_TEXT}\n"


@pytest.fixture
def key() -> NoteKey:
    return NoteKey(ORIGIN, secrets.token_bytes(32))


@given(st.integers(1, MAX_SIZE), st.binary(min_size=32, max_size=32))
def test_a_checkpoint_comes_back(size: int, root: bytes) -> None:
    checkpoint = Checkpoint(origin=ORIGIN, size=size, root=root)
    assert parse_checkpoint(checkpoint.body()) == checkpoint


def test_the_empty_log_has_a_checkpoint() -> None:
    empty = Checkpoint(origin=ORIGIN, size=0, root=EMPTY_ROOT)
    assert parse_checkpoint(empty.body()) == empty


def test_the_text_is_three_lines() -> None:
    assert Checkpoint(origin=ORIGIN, size=42, root=ROOT).body() == BODY


@pytest.mark.parametrize(
    "body",
    [
        "",
        BODY.removesuffix("\n"),
        BODY + "\n",
        BODY + "an extension line\n",
        "\n" + BODY,
        BODY.replace("42", "042"),
        BODY.replace("42", "+42"),
        BODY.replace("42", "-42"),
        BODY.replace("42", "4_2"),
        BODY.replace("42", "٤٢"),
        BODY.replace("42", "0x2a"),
        BODY.replace("42", " 42"),
        BODY.replace("42", str(MAX_SIZE + 1)),
        BODY.replace("42", "9" * 40),
        BODY.replace("42", "0"),
        BODY.replace("42", ""),
        BODY.replace(ORIGIN, ""),
        BODY.replace(ORIGIN, "hub example"),
        BODY.replace(ORIGIN, "hub+example"),
        BODY.replace(ORIGIN, "h" * 256),
        BODY.replace("\n", "\r\n"),
        BODY.replace(ROOT_TEXT, ROOT_TEXT.replace("=", "")),
        BODY.replace(ROOT_TEXT, ROOT_TEXT.replace("U=", "V=")),
        BODY.replace(ROOT_TEXT, base64.b64encode(ROOT[:31]).decode()),
        BODY.replace(ROOT_TEXT, base64.b64encode(ROOT + b"\0").decode()),
        BODY.replace(ROOT_TEXT, ROOT.hex()),
    ],
)
def test_a_malformed_text_is_refused(body: str) -> None:
    with pytest.raises(ProofError):
        parse_checkpoint(body)


@pytest.mark.parametrize(
    ("origin", "size", "root"),
    [
        ("a b", 1, ROOT),
        (ORIGIN, -1, ROOT),
        (ORIGIN, MAX_SIZE + 1, ROOT),
        (ORIGIN, 1, ROOT[:31]),
        (ORIGIN, 0, ROOT),
    ],
)
def test_an_impossible_state_is_refused(origin: str, size: int, root: bytes) -> None:
    with pytest.raises(ProofError):
        Checkpoint(origin=origin, size=size, root=root)


def test_a_signed_checkpoint_opens(key: NoteKey) -> None:
    note = key.sign_note(BODY)
    assert open_checkpoint(note, key.verifier) == parse_checkpoint(BODY)
    assert read_checkpoint(note) == parse_checkpoint(BODY)


def test_a_checkpoint_signed_by_somebody_else_is_refused(key: NoteKey) -> None:
    other = NoteKey(ORIGIN, secrets.token_bytes(32))
    with pytest.raises(ProofError, match="cannot be trusted"):
        open_checkpoint(other.sign_note(BODY), key.verifier)


def test_a_checkpoint_with_a_changed_root_is_refused(key: NoteKey) -> None:
    note = key.sign_note(BODY).replace(ROOT_TEXT, base64.b64encode(bytes(32)).decode())
    with pytest.raises(ProofError, match="cannot be trusted"):
        open_checkpoint(note, key.verifier)


def test_a_checkpoint_in_the_name_of_another_log_is_refused(key: NoteKey) -> None:
    with pytest.raises(ProofError, match="another log"):
        open_checkpoint(key.sign_note(BODY.replace("hub", "rogue")), key.verifier)


def test_a_signed_text_that_is_no_checkpoint_is_refused(key: NoteKey) -> None:
    with pytest.raises(ProofError, match="not the text of a checkpoint"):
        open_checkpoint(key.sign_note("a signed greeting\n"), key.verifier)


def test_what_is_not_signed_at_all_is_not_read() -> None:
    with pytest.raises(ProofError):
        read_checkpoint(BODY)
