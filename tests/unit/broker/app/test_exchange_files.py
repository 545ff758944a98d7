"""The two files that travel: read as written, and nothing else is taken for one."""

import base64
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from broker.app.exchange_files import FederationFile, JoinRequest, RoleKeyFile
from broker.core.errors import ConfigurationError
from keys.directory.publishing import PartySubmission, publish
from keys.directory.signers import role_public, role_signer
from keys.framing import sha256
from tests.world import KEN, NOW_MS, account

SEED = sha256(b"role")
FEDERATION = FederationFile(
    name="Fédération d'essai",
    bus_url="nats://hub.example:4222",
    root=b"root metadata",
    hub_account=account("HUB"),
)


def submission() -> PartySubmission:
    return publish(
        KEN,
        signers=[role_signer(SEED)],
        version=1,
        files={"record.pb": b"record", "policy.pb": b"policy"},
        now_ms=NOW_MS,
    )


REQUEST = JoinRequest(
    party=KEN,
    name="Kenya",
    role_keys=(role_public(SEED), role_public(sha256(b"another"))),
    threshold=2,
    submission=submission(),
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "a file.json"


def spoil(path: Path, **fields: Any) -> None:  # noqa: ANN401 - JSON
    """Changes fields of a file that was written."""
    found = json.loads(path.read_text())
    path.write_text(json.dumps(found | fields))


def test_a_federation_file_is_read_as_it_was_written(path: Path) -> None:
    FEDERATION.write(path)
    assert FederationFile.read(path) == FEDERATION
    assert FEDERATION.fingerprint == sha256(b"root metadata").hex()


def test_a_join_request_is_read_as_it_was_written(path: Path) -> None:
    REQUEST.write(path)
    assert JoinRequest.read(path) == REQUEST
    assert SEED not in path.read_bytes()
    assert base64.b64encode(SEED) not in path.read_bytes()


def test_the_fingerprint_binds_every_role_key_and_how_many_must_sign() -> None:
    first, second = REQUEST.role_keys
    assert (
        replace(REQUEST, role_keys=(second, first)).fingerprint == REQUEST.fingerprint
    )
    for other in (
        replace(REQUEST, threshold=1),
        replace(REQUEST, role_keys=(first,)),
        replace(REQUEST, role_keys=(first, role_public(sha256(b"third")))),
    ):
        assert other.fingerprint != REQUEST.fingerprint


def test_a_request_of_the_first_form_has_one_role_key(path: Path) -> None:
    REQUEST.write(path)
    found = json.loads(path.read_text())
    del found["role_keys"], found["threshold"]
    found["role_key"] = base64.b64encode(role_public(SEED)).decode()
    path.write_text(json.dumps(found | {"format": "rogatory-join-request/1"}))
    read = JoinRequest.read(path)
    assert (read.role_keys, read.threshold) == ((role_public(SEED),), 1)
    assert read.submission == REQUEST.submission


def test_a_root_that_was_exchanged_is_not_that_of_the_fingerprint(path: Path) -> None:
    FEDERATION.write(path)
    spoil(path, root=base64.b64encode(b"another root").decode())
    with pytest.raises(ConfigurationError, match="not that of the fingerprint"):
        FederationFile.read(path)


UNREADABLE = [
    pytest.param(b"", id="empty"),
    pytest.param(b"\xff", id="no text"),
    pytest.param(b"[]", id="a list"),
    pytest.param(b"{}", id="no format"),
    pytest.param(b'{"format": "rogatory-federation/2"}', id="of tomorrow"),
    pytest.param(b"[" * 100_000, id="nested to exhaust the stack"),
]


@pytest.mark.parametrize("data", UNREADABLE)
@pytest.mark.parametrize("kind", [FederationFile, JoinRequest])
def test_what_is_no_such_file_is_refused(
    path: Path, data: bytes, kind: type[FederationFile | JoinRequest]
) -> None:
    path.write_bytes(data)
    with pytest.raises(ConfigurationError):
        kind.read(path)


def test_one_file_is_not_taken_for_the_other(path: Path) -> None:
    FEDERATION.write(path)
    with pytest.raises(ConfigurationError, match="node init"):
        JoinRequest.read(path)
    REQUEST.write(path)
    with pytest.raises(ConfigurationError, match="the hub's operator"):
        FederationFile.read(path)


@pytest.mark.parametrize(
    "fields",
    [
        {"party": "HUB"},
        {"party": 7},
        {"name": None},
        {"role_keys": ["not base64!"]},
        {"role_keys": ["é"]},
        {"role_keys": []},
        {"role_keys": base64.b64encode(role_public(SEED)).decode()},
        {"role_keys": [7]},
        {"role_keys": [base64.b64encode(bytes(31)).decode()]},
        {"role_keys": [base64.b64encode(role_public(SEED)).decode()] * 2},
        {"threshold": 0},
        {"threshold": 3},
        {"threshold": True},
        {"threshold": "2"},
        {"submission": "AAAA"},
        {"submission": "====="},
    ],
    ids=str,
)
def test_a_join_request_with_a_spoilt_field_is_refused(
    path: Path, fields: dict[str, Any]
) -> None:
    REQUEST.write(path)
    spoil(path, **fields)
    with pytest.raises(ConfigurationError):
        JoinRequest.read(path)


def test_a_file_that_is_not_there_or_cannot_be_written_is_told(tmp_path: Path) -> None:
    for kind in (FederationFile, JoinRequest):
        with pytest.raises(ConfigurationError, match="cannot read"):
            kind.read(tmp_path / "nowhere")
    for file in (FEDERATION, REQUEST):
        with pytest.raises(ConfigurationError, match="cannot write"):
            file.write(tmp_path / "no folder" / "file")


def test_a_public_role_key_is_read_as_it_was_written(path: Path) -> None:
    file = RoleKeyFile(role_public(SEED))
    file.write(path)
    assert RoleKeyFile.read(path) == file
    assert json.loads(path.read_text())["sha256"] == file.fingerprint


def test_what_is_no_role_key_is_not_taken_for_one(path: Path) -> None:
    RoleKeyFile(role_public(SEED)).write(path)
    for key in ("", "not base64!", base64.b64encode(bytes(31)).decode()):
        spoil(path, key=key)
        with pytest.raises(ConfigurationError):
            RoleKeyFile.read(path)
    REQUEST.write(path)
    with pytest.raises(ConfigurationError, match="rogatory keys role"):
        RoleKeyFile.read(path)
