"""Signed notes: what is signed comes back, and nothing else is believed."""

import base64
import secrets
from collections.abc import Callable

import pytest
from hypothesis import given, strategies as st

from keys.errors import KeyFormatError, SignatureError
from keys.notes import MAX_NOTE_SIZE, MAX_SIGNATURES, Note, NoteKey, NoteVerifier

NAME = "hub.example/log"
BODY = f"{NAME}\n3\nroot\n"

# The worked example in the documentation of golang.org/x/mod/sumdb/note.
GO_VKEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
GO_SEED = base64.b64decode("AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz")[1:]
GO_BODY = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
)
GO_NOTE = (
    f"{GO_BODY}\n— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUg"
    "YN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)


@pytest.fixture
def key() -> NoteKey:
    return NoteKey(NAME, secrets.token_bytes(32))


def test_signs_the_note_that_the_go_reference_signs() -> None:
    assert NoteKey("PeterNeumann", GO_SEED).sign_note(GO_BODY) == GO_NOTE


def test_verifies_the_note_of_the_go_reference() -> None:
    assert NoteVerifier.from_vkey(GO_VKEY).verify(GO_NOTE) == GO_BODY


def test_a_signed_note_verifies(key: NoteKey) -> None:
    assert key.verifier.verify(key.sign_note(BODY)) == BODY
    assert key.sign_note(BODY) == f"{BODY}\n{key.sign(BODY)}"


def test_a_text_with_empty_lines_verifies(key: NoteKey) -> None:
    body = "first\n\n\nlast\n\n"
    assert key.verifier.verify(key.sign_note(body)) == body


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1))
def test_every_printable_text_comes_back(line: str) -> None:
    key = NoteKey(NAME, bytes(32))
    note = key.sign_note(line + "\n")
    assert key.verifier.verify(note) == line + "\n"
    assert Note.parse(note).text == note


def test_cosignatures_are_kept_and_ignored(key: NoteKey) -> None:
    note = Note.parse(key.sign_note(BODY))
    witness = NoteKey("ken.example/witness", secrets.token_bytes(32))
    cosigned = Note(
        body=note.body,
        signatures=(*Note.parse(witness.sign_note(BODY)).signatures, *note.signatures),
    ).text
    assert key.verifier.verify(cosigned) == BODY
    assert witness.verifier.verify(cosigned) == BODY
    assert [one.name for one in Note.parse(cosigned).signatures] == [
        "ken.example/witness",
        NAME,
    ]


def test_a_changed_text_is_refused(key: NoteKey) -> None:
    with pytest.raises(SignatureError, match="does not verify"):
        key.verifier.verify(key.sign_note(BODY).replace("\n3\n", "\n4\n"))


def test_a_stripped_signature_is_refused(key: NoteKey) -> None:
    other = NoteKey("other.example", secrets.token_bytes(32))
    with pytest.raises(SignatureError, match="not signed by"):
        key.verifier.verify(other.sign_note(BODY))
    with pytest.raises(SignatureError, match="without signature lines"):
        key.verifier.verify(BODY + "\n")


def test_the_same_name_under_another_key_is_refused(key: NoteKey) -> None:
    impostor = NoteKey(NAME, secrets.token_bytes(32))
    with pytest.raises(SignatureError, match="not signed by"):
        key.verifier.verify(impostor.sign_note(BODY))


def test_the_same_key_under_another_name_is_refused(key: NoteKey) -> None:
    alias = NoteVerifier("alias.example", key.verifier.public_key)
    with pytest.raises(SignatureError, match="not signed by"):
        alias.verify(key.sign_note(BODY))


def test_a_forged_line_with_a_copied_key_id_spoils_a_good_note(key: NoteKey) -> None:
    note = Note.parse(key.sign_note(BODY))
    good = note.signatures[0]
    forged = Note.parse(key.sign_note("another\n")).signatures[0]
    for order in ((good, forged), (forged, good)):
        with pytest.raises(SignatureError, match="does not verify"):
            key.verifier.verify(Note(body=BODY, signatures=order).text)


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(lambda note: note[:0], id="nothing"),
        pytest.param(lambda note: note.removesuffix("\n"), id="no last end of line"),
        pytest.param(lambda note: note + "\n", id="empty line at the end"),
        pytest.param(lambda note: note.replace("\n\n", "\n"), id="no empty line"),
        pytest.param(lambda note: "\n\n" + note.split("\n\n")[1], id="no text"),
        pytest.param(lambda note: note.replace("\n", "\r\n"), id="carriage returns"),
        pytest.param(lambda note: note.replace("3", "\t3"), id="a tab in the text"),
        pytest.param(lambda note: note.replace("3", "\udcff"), id="a lone surrogate"),
        pytest.param(lambda note: note.replace("— ", "-- "), id="two hyphens"),
        pytest.param(lambda note: note.replace("— ", "—  "), id="two spaces"),
        pytest.param(lambda note: note.replace("— ", "— a+"), id="a plus in the name"),
        pytest.param(lambda note: note.replace("— ", "— \u2003"), id="a wide space"),
        pytest.param(lambda note: note[:-3] + "\n", id="cut base64"),
        pytest.param(lambda note: note + "— other.example AAAAAA==\n", id="no value"),
        pytest.param(lambda note: note + "— other.example AAAAAAB=\n", id="spare bits"),
        pytest.param(lambda note: note + "— other.example AAAAA\n", id="bad base64"),
        pytest.param(lambda note: note + "— other.example A-_A\n", id="url base64"),
        pytest.param(lambda note: note + note.split("\n\n")[1] * 100, id="too many"),
        pytest.param(lambda note: "a" * MAX_NOTE_SIZE + note, id="too long"),
    ],
)
def test_a_malformed_note_is_refused(
    key: NoteKey, damage: Callable[[str], str]
) -> None:
    with pytest.raises(SignatureError):
        key.verifier.verify(damage(key.sign_note(BODY)))


def test_a_note_may_carry_a_hundred_signatures(key: NoteKey) -> None:
    note = Note.parse(key.sign_note(BODY))
    many = Note(body=BODY, signatures=note.signatures * MAX_SIGNATURES)
    assert key.verifier.verify(many.text) == BODY


@pytest.mark.parametrize("body", ["", "\n", "no end of line", "a\rb\n", "\udcff\n"])
def test_a_text_that_could_not_be_read_back_is_not_signed(
    key: NoteKey, body: str
) -> None:
    with pytest.raises(SignatureError):
        key.sign(body)


def test_the_text_form_of_a_key_comes_back(key: NoteKey) -> None:
    read = NoteVerifier.from_vkey(key.verifier.vkey)
    assert (read.name, read.public_key, read.key_id) == (
        NAME,
        key.verifier.public_key,
        key.verifier.key_id,
    )


@pytest.mark.parametrize(
    "text",
    [
        "",
        "PeterNeumann",
        GO_VKEY + "\n",
        GO_VKEY.replace("c74f20a3", "c74f20a4"),
        GO_VKEY.replace("c74f20a3", "C74F20A3"),
        GO_VKEY.replace("Peter", "Pieter"),
        GO_VKEY.replace("+ARpc", "+BRpc"),
        GO_VKEY[:-4],
        GO_VKEY[:-1],
        GO_VKEY[:-1] + "é",
        GO_VKEY.removeprefix("PeterNeumann"),
    ],
)
def test_a_malformed_key_text_is_refused(text: str) -> None:
    with pytest.raises(KeyFormatError):
        NoteVerifier.from_vkey(text)


@pytest.mark.parametrize("name", ["", "a b", "a+b", "a\nb", "a\u00a0b", "a" * 256])
def test_a_name_that_a_note_cannot_carry_is_refused(name: str) -> None:
    with pytest.raises(KeyFormatError):
        NoteKey(name, bytes(32))


def test_keys_of_another_length_are_refused() -> None:
    with pytest.raises(KeyFormatError):
        NoteKey(NAME, bytes(31))
    with pytest.raises(KeyFormatError):
        NoteVerifier(NAME, bytes(33))


def test_a_private_key_does_not_show_itself(key: NoteKey) -> None:
    seed = NoteKey(NAME, b"\x07" * 32)
    assert "07" * 4 not in repr(seed)
    assert "\\x07" not in repr(seed)
    assert repr(key)
