"""Whether the policy in force routes anything to a desk, told before nothing comes.

What a rule routes is left to `broker.core.policy`.
"""

from collections.abc import Iterable

from broker.api.roles import EVERY_DESK
from broker.app.node_folder import Node, stored_trust
from broker.cli.output import note
from keys.errors import KeysError


def note_unrouted(node: Node, desks: Iterable[str]) -> None:
    """Says which desks nothing goes to; silent while no directory was fetched yet.

    Args:
        node: The node whose policy it is.
        desks: The desks that somebody is going to wait at.
    """
    try:
        engine = stored_trust(node).engines.get(node.party)
    except KeysError:
        return
    if engine is None:
        return
    routed = {one for rule in engine.inward.permits for one in rule.terms.routes}
    missing = sorted({*desks} - routed - {EVERY_DESK})
    for desk in missing:
        known = ", ".join(sorted(routed)) or "none"
        note(
            f"note: no import rule of the policy in force routes to the desk {desk!r}, "
            f"so nothing will come there (desks it names: {known}). Add a rule with "
            f"route: [{desk}], and publish it: rogatory policy publish FILE"
        )
