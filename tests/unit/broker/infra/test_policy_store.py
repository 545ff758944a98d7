"""The history of a policy: each once, in order, with its text where it is known."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from broker.core.policy_history import Eyes, PolicyVersion
from broker.infra.node_store import NodeStore

FIRST = PolicyVersion(
    version=1,
    digest=b"1" * 32,
    published_ms=1000,
    seen_ms=1001,
    policy=b"first",
    signers=("aa", "bb"),
    threshold=2,
    text="# first\n",
)
SECOND = replace(FIRST, version=3, digest=b"2" * 32, policy=b"second", text="")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[NodeStore]:
    opened = NodeStore(tmp_path / "node.sqlite3")
    yield opened
    opened.close()


def test_versions_come_back_as_they_were_newest_first(store: NodeStore) -> None:
    assert store.policies() == []
    assert store.note_policy(FIRST)
    assert store.note_policy(SECOND)
    assert store.policies() == [SECOND, FIRST]
    assert store.policy_of(FIRST.digest) == FIRST
    assert store.policy_of(bytes(32)) is None


def test_the_same_policy_published_again_is_no_new_version(store: NodeStore) -> None:
    store.note_policy(FIRST)
    assert not store.note_policy(replace(FIRST, version=2, seen_ms=5, text=""))
    assert store.policies() == [FIRST]


def test_a_policy_that_comes_back_is_a_version_of_its_own(store: NodeStore) -> None:
    for one in (FIRST, SECOND, replace(FIRST, version=4)):
        assert store.note_policy(one)
    assert [one.version for one in store.policies()] == [4, 3, 1]
    back = store.policy_of(FIRST.digest)
    assert back is not None
    assert back.version == 4


def test_text_that_is_found_later_is_added_and_none_is_lost(store: NodeStore) -> None:
    store.note_policy(SECOND)
    assert not store.note_policy(replace(SECOND, version=4, text="# second\n"))
    assert not store.note_policy(replace(SECOND, version=5, text="# another\n"))
    [kept] = store.policies()
    assert (kept.version, kept.text) == (3, "# second\n")


@pytest.mark.parametrize(
    ("threshold", "eyes"), [(0, Eyes.UNKNOWN), (1, Eyes.TWO), (2, Eyes.FOUR)]
)
def test_how_many_eyes_follows_from_how_many_had_to_sign(
    threshold: int, eyes: Eyes
) -> None:
    assert replace(FIRST, threshold=threshold).eyes is eyes
