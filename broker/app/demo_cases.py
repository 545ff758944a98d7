"""Where the matters of the demonstration stand when its story is told."""

from dataclasses import dataclass

from broker.app.case_clocks import clocked_cases
from broker.app.credentials import NodeKeys
from broker.app.node_folder import Node


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoMatter:
    """One leg of a matter, as one node sees it.

    Attributes:
        case: What the case is called.
        matter: Name of its lifecycle: "trace".
        opener: Who opened it.
        addressee: Who was asked.
        state: Where it stands.
        owed: What is owed, as "KEN: an acknowledgement".
    """

    case: str
    matter: str
    opener: str
    addressee: str
    state: str
    owed: tuple[str, ...]


def matters_of(node: Node, keys: NodeKeys) -> tuple[DemoMatter, ...]:
    """Returns every leg that a node knows of, the oldest case first.

    Raises:
        StoreError: The store cannot be read or written.
        ContentError: Something was protected under another key.
    """
    return tuple(
        DemoMatter(
            case=case.name,
            matter=leg.lifecycle.name,
            opener=leg.opener,
            addressee=leg.addressee,
            state=leg.state,
            owed=tuple(
                f"{duty.owed.by}: {duty.owed.debt.what}"
                for duty in owed
                if {duty.owed.by, *duty.to} == {leg.opener, leg.addressee}
                and duty.matter == leg.lifecycle.name
            ),
        )
        for case, owed in clocked_cases(node, keys)
        for leg in case.legs
    )
