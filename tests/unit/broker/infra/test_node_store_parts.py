"""The parts of a node's store do not shadow one another."""

from collections import Counter

from broker.infra.node_store import NodeStore


def test_no_two_parts_of_the_store_define_the_same_name() -> None:
    parts = NodeStore.__mro__[1:-1]
    names = Counter(
        name for part in parts for name in vars(part) if not name.startswith("__")
    )
    assert [name for name, count in names.items() if count > 1] == []
