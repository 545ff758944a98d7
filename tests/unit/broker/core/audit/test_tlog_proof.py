"""Proofs as text: one form, read back as written, and refused in every other."""

import base64

import pytest
from hypothesis import given, strategies as st

from broker.core.audit.checkpoint import Checkpoint, open_checkpoint
from broker.core.audit.merkle import inclusion_path, leaf_hash, tree_root
from broker.core.audit.tlog_proof import (
    MAX_EXTRA,
    MAX_PATH,
    check_proof,
    format_proof,
    parse_proof,
)
from broker.core.errors import ProofError
from keys.notes import NoteKey

KEY = NoteKey("example.com/log", bytes(32))
LEAVES = [leaf_hash(b"%d" % number) for number in range(7)]
STATE = Checkpoint(origin="example.com/log", size=7, root=tree_root(LEAVES))
NOTE = KEY.sign_note(STATE.body())
TEXT = format_proof(5, inclusion_path(LEAVES, 5), NOTE, b"beside")


def test_a_proof_has_the_form_of_the_specification() -> None:
    path = inclusion_path(LEAVES, 5)
    lines = [
        "c2sp.org/tlog-proof@v1",
        "extra YmVzaWRl",
        "index 5",
        *(base64.b64encode(node).decode() for node in path),
        "",
        NOTE,
    ]
    assert "\n".join(lines) == TEXT


def test_a_proof_verifies_under_its_checkpoint_and_no_other_leaf_does() -> None:
    proof = parse_proof(TEXT)
    checkpoint = open_checkpoint(proof.checkpoint, KEY.verifier)
    check_proof(proof, LEAVES[5], checkpoint)
    with pytest.raises(ProofError):
        check_proof(proof, LEAVES[4], checkpoint)


def test_a_proof_under_another_checkpoint_than_was_checked_is_refused() -> None:
    other = Checkpoint(origin=STATE.origin, size=6, root=tree_root(LEAVES[:6]))
    with pytest.raises(ProofError, match="another checkpoint"):
        check_proof(parse_proof(TEXT), LEAVES[5], other)


@given(
    index=st.integers(0, (1 << 63) - 2),
    path=st.lists(st.binary(min_size=32, max_size=32), max_size=MAX_PATH),
    extra=st.binary(max_size=100),
)
def test_what_is_written_is_read_back(
    index: int, path: list[bytes], extra: bytes
) -> None:
    text = format_proof(index, path, NOTE, extra)
    proof = parse_proof(text)
    assert (proof.index, list(proof.path), proof.extra) == (index, path, extra)
    assert proof.checkpoint == NOTE
    assert proof.text == text


def test_a_leaf_alone_in_its_log_has_a_proof_without_a_path() -> None:
    state = Checkpoint(origin=STATE.origin, size=1, root=LEAVES[0])
    text = format_proof(0, (), KEY.sign_note(state.body()))
    assert text.startswith("c2sp.org/tlog-proof@v1\nindex 0\n\nexample.com/log\n")
    check_proof(parse_proof(text), LEAVES[0], state)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("tlog-proof@v1", "tlog-proof@v2"),
        ("index 5", "index 05"),
        ("index 5", "index -5"),
        ("index 5", "index 9223372036854775807"),
        ("index 5\n", ""),
        ("extra YmVzaWRl", "extra YmVzaWRl="),
        ("extra YmVzaWRl", "extra "),
        ("extra YmVzaWRl", "extra é"),
        ("extra YmVzaWRl\nindex 5", "index 5\nextra YmVzaWRl"),
        ("\n\n", "\n"),
        ("\n\n", "\nAAAA\n\n"),
        ("\n\n", "\n\n\n"),
        ("\n", "\r\n"),
        ("— example.com/log ", "- example.com/log "),
    ],
)
def test_a_text_in_another_form_is_refused(old: str, new: str) -> None:
    assert old in TEXT
    with pytest.raises(ProofError):
        parse_proof(TEXT.replace(old, new, 1))


def test_spare_bits_of_base64_do_not_make_a_second_proof() -> None:
    path = base64.b64encode(parse_proof(TEXT).path[0]).decode()
    other = path[:-2] + chr(ord(path[-2]) + 1) + "="
    assert base64.b64decode(other) == base64.b64decode(path)
    with pytest.raises(ProofError, match="one form"):
        parse_proof(TEXT.replace(path, other))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n\n",
        "c2sp.org/tlog-proof@v1\n\n" + NOTE,
        TEXT.replace("\n\n", "\n" + "A" * 43 + "=\n" * 64 + "\n", 1),
        TEXT + "x" * (1 << 21),
    ],
)
def test_no_proof_at_all_is_refused(text: str) -> None:
    with pytest.raises(ProofError):
        parse_proof(text)


def test_a_path_longer_than_any_is_refused() -> None:
    long = "".join("A" * 43 + "=\n" for _ in range(MAX_PATH + 1))
    with pytest.raises(ProofError, match="no tree has"):
        parse_proof(TEXT.replace("\n\n", "\n" + long + "\n", 1))


@pytest.mark.parametrize(
    ("index", "path", "note", "extra"),
    [
        (-1, [], NOTE, b""),
        (1 << 63, [], NOTE, b""),
        (0, [b"short"], NOTE, b""),
        (0, [bytes(32)] * (MAX_PATH + 1), NOTE, b""),
        (0, [], "no note", b""),
        (0, [], KEY.sign_note("a greeting\n"), b""),
        (0, [], NOTE, bytes(MAX_EXTRA + 1)),
    ],
)
def test_what_cannot_be_a_proof_is_not_written(
    index: int, path: list[bytes], note: str, extra: bytes
) -> None:
    with pytest.raises(ProofError):
        format_proof(index, path, note, extra)
