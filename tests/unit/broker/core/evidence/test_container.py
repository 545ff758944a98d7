"""A file of evidence has one form, and nothing hides in it."""

import io
import struct
import zipfile

import pytest
from hypothesis import given, strategies as st

from broker.core.errors import ProofError
from broker.core.evidence import container
from broker.core.evidence.container import (
    MIMETYPE,
    MIMETYPE_NAME,
    read_container,
    write_container,
)

MEMBERS = {"manifest.json": b"{}", "log/checkpoint": b"note", "a/b/c.pb": b""}
FILE = write_container(MEMBERS)

names = st.from_regex(
    r"[a-z0-9][a-zA-Z0-9._-]{0,8}(/[a-z0-9]{1,4}){0,2}", fullmatch=True
)


@given(st.dictionaries(names.filter(lambda n: n != MIMETYPE_NAME), st.binary()))
def test_what_was_written_is_read(members: dict[str, bytes]) -> None:
    data = write_container(members)
    assert read_container(data) == members
    assert write_container(dict(reversed(members.items()))) == data


def test_any_tool_unpacks_it_and_knows_what_it_is() -> None:
    with zipfile.ZipFile(io.BytesIO(FILE)) as file:
        assert file.testzip() is None
        assert file.namelist()[0] == MIMETYPE_NAME
        assert {n: file.read(n) for n in file.namelist()} == {
            MIMETYPE_NAME: MIMETYPE,
            **MEMBERS,
        }
    assert FILE[38 : 38 + len(MIMETYPE)] == MIMETYPE


def test_no_bit_of_a_file_can_be_changed_unnoticed() -> None:
    for at in range(len(FILE)):
        for bit in range(8):
            changed = bytearray(FILE)
            changed[at] ^= 1 << bit
            with pytest.raises(ProofError):
                read_container(bytes(changed))


def test_a_file_that_is_cut_off_is_refused() -> None:
    for end in range(len(FILE)):
        with pytest.raises(ProofError):
            read_container(FILE[:end])


@pytest.mark.parametrize(
    "data",
    [b"", b"evidence", FILE + b"\0", b"\0" + FILE, b"#!/bin/sh\n" + FILE, FILE + FILE],
    ids=["empty", "text", "a byte more", "a byte before", "a script before", "twice"],
)
def test_bytes_around_a_file_are_refused(data: bytes) -> None:
    with pytest.raises(ProofError):
        read_container(data)


@pytest.mark.parametrize(
    "name",
    [
        *("", "/etc/passwd", "../up", "a/../b", "a//b", "a/", ".hidden", "a\\b"),
        *("c:d", "naïve", "with space", "mimetype", "x" * 201, "a\nb"),
    ],
)
def test_names_that_lead_elsewhere_are_refused(name: str) -> None:
    with pytest.raises(ProofError, match="name of a member"):
        write_container({name: b""})


def by_other_tools(*members: tuple[str, bytes], how: int = zipfile.ZIP_STORED) -> bytes:
    """Returns a zip as anybody might write it."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", how) as file:
        for name, data in members:
            file.writestr(zipfile.ZipInfo(name), data, how)
    return made.getvalue()


def test_a_zip_that_says_one_member_twice_is_refused() -> None:
    with pytest.warns(UserWarning, match="Duplicate"):
        data = by_other_tools((MIMETYPE_NAME, MIMETYPE), ("a", b"1"), ("a", b"2"))
    with pytest.raises(ProofError, match="twice"):
        read_container(data)


def test_a_zip_bomb_is_refused() -> None:
    data = by_other_tools(("a", bytes(10_000_000)), how=zipfile.ZIP_DEFLATED)
    with pytest.raises(ProofError):
        read_container(data)


def test_a_zip_by_another_tool_is_refused_even_with_the_same_members() -> None:
    with pytest.raises(ProofError, match="one form"):
        read_container(by_other_tools((MIMETYPE_NAME, MIMETYPE), ("a", b"1")))


def test_a_member_with_a_strange_name_is_refused() -> None:
    data = by_other_tools((MIMETYPE_NAME, MIMETYPE), ("naïve", b""))
    with pytest.raises(ProofError, match="plain text"):
        read_container(data)


def test_a_member_that_claims_to_be_longer_than_the_file_is_refused() -> None:
    head = struct.pack("<4sHHHHHIIIHH", b"PK\3\4", 20, 0, 0, 0, 33, 0, 9, 9, 1, 0)
    with pytest.raises(ProofError, match="cut off"):
        read_container(head + b"a")


def test_files_beyond_the_bounds_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(container, "MAX_SIZE", 100)
    with pytest.raises(ProofError, match="100 bytes"):
        write_container({"a": bytes(101)})
    with pytest.raises(ProofError, match="100 bytes"):
        read_container(FILE)
    monkeypatch.undo()
    monkeypatch.setattr(container, "MAX_MEMBERS", 2)
    with pytest.raises(ProofError, match="more than 2"):
        write_container(MEMBERS)
    with pytest.raises(ProofError, match="more than 2"):
        read_container(FILE)
