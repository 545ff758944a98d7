"""Cosignatures are those of C2SP tlog-cosignature, and nothing else passes for one."""

import base64
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PublicKey
from hypothesis import given, settings, strategies as st

from keys.cosigning import (
    MAX_TIME_S,
    CosignatureType,
    CosignatureVerifier,
    CosigningKey,
    cosignature_verifier,
    read_vkey,
)
from keys.directory.roles import instant
from keys.errors import KeyFormatError, SignatureError
from keys.framing import sha256
from keys.notes import Note, NoteKey

NAME = "witness.example/w1"
TIME_S = 1_679_315_147
ROOT = "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I="
BODY = f"example.com/behind-the-sofa\n20852163\n{ROOT}\n"
KINDS = tuple(CosignatureType)
# Published by others, with other programs: type, name and identifier belong together.
PUBLISHED_VKEY = "remora.n621.de+da77ade7+BOvN63jn/bLvkieywe8R6UYAtVtNbZpXh34x7onlmtw2"
EXAMPLE = (
    BODY + "\n— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmR"
    "DeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n"
    "— witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZC"
    "B9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==\n"
)
"""The example of the specification."""


def key(kind: CosignatureType = CosignatureType.MLDSA44) -> CosigningKey:
    return CosigningKey(NAME, kind, sha256(b"a witness"))


@pytest.mark.parametrize("kind", KINDS)
def test_a_cosignature_verifies_and_tells_its_time(kind: CosignatureType) -> None:
    line = key(kind).cosign(BODY, TIME_S)
    assert len(line.value) == 8 + kind.signature_size
    assert key(kind).verifier.check(BODY, line) == TIME_S
    parsed = Note.parse(Note(body=BODY, signatures=(line,)).text)
    assert parsed.signatures == (line,)


def test_an_ed25519_cosignature_is_over_the_message_of_the_specification() -> None:
    line = key(CosignatureType.ED25519).cosign(BODY, TIME_S)
    private = Ed25519PrivateKey.from_private_bytes(sha256(b"a witness"))
    message = f"cosignature/v1\ntime {TIME_S}\n{BODY}".encode()
    assert line.value == TIME_S.to_bytes(8, "big") + private.sign(message)
    raw = private.public_key().public_bytes_raw()
    assert line.key_id == sha256(NAME.encode() + b"\n\x04" + raw)[:4]


def test_an_mldsa_cosignature_is_over_the_structure_of_the_specification() -> None:
    made = key()
    line = made.cosign(BODY, TIME_S)
    name, origin = NAME.encode(), b"example.com/behind-the-sofa"
    message = (
        b"subtree/v1\n\0"
        + bytes([len(name)])
        + name
        + TIME_S.to_bytes(8, "big")
        + bytes([len(origin)])
        + origin
        + bytes(8)
        + (20852163).to_bytes(8, "big")
        + base64.b64decode(ROOT)
    )
    raw = made.verifier.key[1:]
    MLDSA44PublicKey.from_public_bytes(raw).verify(line.value[8:], message)
    assert line.key_id == sha256(name + b"\n\x06" + raw)[:4]


def test_the_example_of_the_specification_has_the_form_of_a_cosignature() -> None:
    note = Note.parse(EXAMPLE)
    assert note.text == EXAMPLE
    assert note.body == BODY
    value = note.signatures[1].value
    assert int.from_bytes(value[:8], "big") == TIME_S
    assert len(value) == 8 + CosignatureType.ED25519.signature_size


def test_a_key_that_others_published_is_read_and_written_alike() -> None:
    verifier = read_vkey(PUBLISHED_VKEY)
    assert (verifier.name, verifier.type) == ("remora.n621.de", CosignatureType.ED25519)
    assert verifier.key_id.hex() == "da77ade7"
    assert verifier.vkey == PUBLISHED_VKEY


@pytest.mark.parametrize("kind", KINDS)
def test_a_key_survives_its_text_form(kind: CosignatureType) -> None:
    verifier = key(kind).verifier
    assert read_vkey(verifier.vkey) == verifier


@pytest.mark.parametrize(
    "text",
    [
        "",
        "name",
        "name+00000000+!",
        "name+00000000+\N{SNOWMAN}",
        PUBLISHED_VKEY.replace("da77ade7", "da77ade8"),
        PUBLISHED_VKEY.replace("da77ade7", "DA77ADE7"),
        PUBLISHED_VKEY.replace("remora", "remora "),
        NoteKey(NAME, sha256(b"a log")).verifier.vkey,
    ],
)
def test_what_is_not_the_text_of_a_witness_key_is_refused(text: str) -> None:
    with pytest.raises(KeyFormatError):
        read_vkey(text)


@pytest.mark.parametrize(
    "raw",
    [b"", b"\x04", b"\x04" + bytes(31), b"\x06" + bytes(32), b"\x01" + bytes(32)],
)
def test_what_is_not_a_key_is_refused(raw: bytes) -> None:
    with pytest.raises(KeyFormatError):
        CosignatureVerifier(NAME, raw)


@pytest.mark.parametrize("name", ["", "a b", "a+b", "a\n", "é" * 128])
def test_what_cannot_be_a_name_is_refused(name: str) -> None:
    with pytest.raises(KeyFormatError):
        CosigningKey.generate(name, CosignatureType.ED25519)


def test_a_seed_has_one_length() -> None:
    with pytest.raises(KeyFormatError):
        CosigningKey(NAME, CosignatureType.ED25519, bytes(33))


@pytest.mark.parametrize("kind", KINDS)
def test_a_cosignature_of_another_tree_does_not_pass(kind: CosignatureType) -> None:
    line = key(kind).cosign(BODY, TIME_S)
    for other in (
        BODY.replace("20852163", "20852164"),
        BODY.replace("sofa", "sofb"),
        BODY.replace("CsUY", "CsUZ"),
    ):
        with pytest.raises(SignatureError, match="does not verify"):
            key(kind).verifier.check(other, line)


@pytest.mark.parametrize("kind", KINDS)
def test_a_cosignature_cannot_be_dated_otherwise(kind: CosignatureType) -> None:
    line = key(kind).cosign(BODY, TIME_S)
    later = replace(line, value=(TIME_S + 1).to_bytes(8, "big") + line.value[8:])
    with pytest.raises(SignatureError, match="does not verify"):
        key(kind).verifier.check(BODY, later)


@pytest.mark.parametrize("time_s", [0, MAX_TIME_S + 1])
def test_a_cosignature_without_a_possible_time_says_nothing(time_s: int) -> None:
    with pytest.raises(SignatureError, match="no time"):
        key().cosign(BODY, time_s)
    line = key().cosign(BODY, TIME_S)
    undated = replace(line, value=time_s.to_bytes(8, "big") + line.value[8:])
    with pytest.raises(SignatureError, match="impossible time"):
        key().verifier.check(BODY, undated)


def test_every_time_that_a_cosignature_can_bear_can_be_told() -> None:
    """A witness cannot make a check end in a fault by a time that no calendar has."""
    line = key().cosign(BODY, MAX_TIME_S)
    told = instant(1000 * key().verifier.check(BODY, line))
    assert told == "9999-12-31 23:59:59Z"


@pytest.mark.parametrize("kind", KINDS)
def test_a_cut_cosignature_or_that_of_another_does_not_pass(
    kind: CosignatureType,
) -> None:
    line = key(kind).cosign(BODY, TIME_S)
    for bad in (
        replace(line, value=line.value[:-1]),
        replace(line, value=b""),
        replace(line, name="witness.example/w2"),
        replace(line, key_id=bytes(4)),
    ):
        with pytest.raises(SignatureError, match="not a cosignature"):
            key(kind).verifier.check(BODY, bad)


def test_an_mldsa_cosignature_under_another_name_does_not_pass() -> None:
    """Ed25519 does not commit to the name; a directory names each key once."""
    line = key().cosign(BODY, TIME_S)
    other = cosignature_verifier("witness.example/w2", key().verifier.key)
    passed_off = replace(line, name=other.name, key_id=other.key_id)
    with pytest.raises(SignatureError, match="does not verify"):
        other.check(BODY, passed_off)


@pytest.mark.parametrize(
    "body",
    [
        "",
        "a\n1\n",
        f"a\n1\n{ROOT}",
        f"a\nx\n{ROOT}\n",
        f"a\n-1\n{ROOT}\n",
        f"a\n{1 << 63}\n{ROOT}\n",
        "a\n1\nAAAA\n",
        "a\n1\n!\n",
        f"\n1\n{ROOT}\n",
        f"{'a' * 256}\n1\n{ROOT}\n",
    ],
)
def test_what_is_no_checkpoint_is_not_cosigned(body: str) -> None:
    with pytest.raises(SignatureError, match="not the text of a checkpoint"):
        key().cosign(body, TIME_S)


def test_the_log_cannot_pass_its_own_signature_off_as_a_cosignature() -> None:
    log = NoteKey(NAME, sha256(b"a witness"))
    verifier = key(CosignatureType.ED25519).verifier
    (line,) = Note.parse(log.sign_note(BODY)).signatures
    assert not verifier.made(line)


@settings(deadline=None, max_examples=30)
@given(
    st.integers(1, MAX_TIME_S),
    st.integers(0, MAX_TIME_S),
    st.binary(min_size=32, max_size=32),
    st.sampled_from(KINDS),
)
def test_every_checkpoint_at_every_time_can_be_cosigned(
    time_s: int, size: int, root: bytes, kind: CosignatureType
) -> None:
    body = f"log.example/1\n{size}\n{base64.b64encode(root).decode()}\n"
    made = key(kind)
    assert made.verifier.check(body, made.cosign(body, time_s)) == time_s
