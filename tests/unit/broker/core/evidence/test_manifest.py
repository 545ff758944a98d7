"""The manifest names every member by its digest, in one form."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from broker.core.errors import ProofError
from broker.core.evidence.manifest import (
    MANIFEST_NAME,
    MAX_MESSAGES,
    Manifest,
    read_manifest,
    write_manifest,
)
from keys.framing import sha256
from tests.world import KEN

MANIFEST = Manifest(exported_by=KEN, messages=(sha256(b"1"),), case="KE-2027/4")
OTHERS = {"log/checkpoint": b"note", "messages/x": b"y"}


def members(
    change: Callable[[dict[str, Any]], object] | None = None,
) -> dict[str, bytes]:
    """Returns members with a manifest that somebody has changed."""
    data = write_manifest(MANIFEST, OTHERS)
    if change is not None:
        fields = json.loads(data)
        change(fields)
        data = (json.dumps(fields, indent=1, sort_keys=True) + "\n").encode()
    return {MANIFEST_NAME: data, **OTHERS}


def test_what_was_written_is_read() -> None:
    for disclosed in (True, False):
        manifest = replace(MANIFEST, disclosed=disclosed)
        data = write_manifest(manifest, OTHERS)
        assert read_manifest({MANIFEST_NAME: data, **OTHERS}) == manifest


def test_a_changed_a_missing_and_a_strange_member_are_noticed() -> None:
    for changed in ({"messages/x": b"z"}, {"more": b""}):
        with pytest.raises(ProofError):
            read_manifest({**members(), **changed})
    with pytest.raises(ProofError, match="is named, and is not there"):
        read_manifest({k: v for k, v in members().items() if k != "messages/x"})
    with pytest.raises(ProofError, match="there is no"):
        read_manifest(OTHERS)


IMPOSSIBLE: dict[str, dict[str, object]] = {
    "another form": {"format": "rogatory-evidence/2"},
    "by no party": {"exported_by": "Kenya"},
    "a field more": {"more": 1},
    "a case that is no text": {"case": 1},
    "a case that clears the terminal": {"case": "\x1b[2J"},
    "a long case": {"case": "x" * 65},
    "discloses keys": {"disclosed": ["keys"]},
    "no message": {"messages": []},
    "messages that are no list": {"messages": None},
    "a short digest": {"messages": ["00"]},
    "a number": {"messages": [1]},
    "a message twice": {"messages": ["0" * 64] * 2},
    "too many messages": {"messages": ["0" * 64] * (MAX_MESSAGES + 1)},
    "no members": {"members": []},
}


@pytest.mark.parametrize("changes", IMPOSSIBLE.values(), ids=[*IMPOSSIBLE])
def test_a_manifest_that_says_something_impossible_is_refused(
    changes: dict[str, object],
) -> None:
    with pytest.raises(ProofError):
        read_manifest(members(lambda fields: fields.update(changes)))


def test_a_manifest_that_lacks_something_is_refused() -> None:
    with pytest.raises(ProofError, match="not that of evidence"):
        read_manifest(members(lambda fields: fields.pop("case")))


@pytest.mark.parametrize(
    "data",
    [b"", b"[]", b"\xff", b"[" * 100_000],
    ids=["empty", "a list", "no text", "deep"],
)
def test_what_is_no_manifest_is_refused(data: bytes) -> None:
    with pytest.raises(ProofError):
        read_manifest({**members(), MANIFEST_NAME: data})


def test_nothing_is_said_between_the_lines() -> None:
    data = members()[MANIFEST_NAME]
    for hidden in (data + b" ", data.replace(b"\n", b"\n "), data + data):
        with pytest.raises(ProofError):
            read_manifest({**members(), MANIFEST_NAME: hidden})
