"""What a node keeps of the systems that call it, and what it forgets."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest

from broker.core.clients import Client, ClientRefusal, Credential, CredentialKind
from broker.core.errors import StoreConflictError
from broker.infra import client_store
from broker.infra.node_store import NodeStore
from tests.world import DAY_MS, NOW_MS

_CLIENT: Final = Client(
    name="records",
    agency="Police",
    roles=frozenset({"read", "submit"}),
    desks=frozenset({"police"}),
    created_ms=NOW_MS,
    expires_ms=NOW_MS + DAY_MS,
)
_TOKEN: Final = Credential(
    digest=b"t" * 32,
    kind=CredentialKind.TOKEN,
    client="records",
    created_ms=NOW_MS,
    expires_ms=NOW_MS + DAY_MS,
)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[NodeStore]:
    made = NodeStore(tmp_path / "node.sqlite3")
    made.add_client(_CLIENT, [_TOKEN])
    yield made
    made.close()


def test_a_client_is_kept_as_it_was_registered(store: NodeStore) -> None:
    assert store.find_client("records") == _CLIENT
    assert store.clients() == [_CLIENT]
    assert store.find_credential(b"t" * 32) == _TOKEN
    assert store.find_client("nobody") is None
    assert store.find_credential(b"x" * 32) is None


def test_a_name_is_never_given_twice(store: NodeStore) -> None:
    store.revoke_client("records", NOW_MS)
    with pytest.raises(StoreConflictError):
        store.add_client(replace(_CLIENT, agency="Another"), [])
    found = store.find_client("records")
    assert found is not None
    assert found.agency == "Police"


def test_a_client_whose_token_is_taken_is_not_registered(store: NodeStore) -> None:
    other = replace(_CLIENT, name="other")
    with pytest.raises(StoreConflictError):
        store.add_client(other, [replace(_TOKEN, client="other")])
    assert store.find_client("other") is None


def test_revoking_ends_all_that_a_client_shows(store: NodeStore) -> None:
    assert store.revoke_client("records", NOW_MS)
    assert not store.revoke_client("records", NOW_MS + 1)
    [shown] = store.credentials_of("records")
    assert shown.revoked_ms == NOW_MS
    assert not shown.holds(NOW_MS)


def test_a_new_token_never_makes_an_old_one_last_longer(store: NodeStore) -> None:
    new = replace(_TOKEN, digest=b"n" * 32)
    store.add_credential(new, others_end_ms=NOW_MS + 99 * DAY_MS)
    old, fresh = store.credentials_of("records")
    assert old.expires_ms == _TOKEN.expires_ms
    assert fresh == new


def test_the_last_use_is_written_once_a_minute(store: NodeStore) -> None:
    store.note_used(_TOKEN, NOW_MS)
    [used] = store.credentials_of("records")
    assert used.used_ms == NOW_MS
    before = store.change_counter()
    store.note_used(used, NOW_MS + 59_999)
    assert store.change_counter() == before
    store.note_used(used, NOW_MS + 60_000)
    [used] = store.credentials_of("records")
    assert used.used_ms == NOW_MS + 60_000


def test_only_the_newest_refusals_are_kept(
    store: NodeStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client_store, "REFUSALS_KEPT", 5)
    for number in range(9):
        one = ClientRefusal(
            client="records", code=f"code-{number}", what="GET /", at_ms=NOW_MS
        )
        store.note_client_refusal(one)
    found = [one.code for one in store.client_refusals(limit=100)]
    assert found == ["code-8", "code-7", "code-6", "code-5", "code-4"]
    assert store.client_refusals("somebody") == []
