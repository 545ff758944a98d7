"""What an office of the demonstration says about the request it gets.

When it says so is left to `broker.app.demo`.
"""

from collections.abc import Mapping
from typing import Final

from broker.app.credentials import NodeKeys
from broker.app.node_folder import Node
from broker.core.errors import BrokerError
from broker.core.model import Decider, Stage
from broker.infra.clock import SYSTEM_CLOCK
from broker.services.authority_desk import AuthorityDesk, Saying

OFFICE: Final = "National Firearms Centre"
SAYS: Final[Mapping[str, Stage]] = {
    "trace-request": Stage.ACKNOWLEDGED,
    "trace-response": Stage.ACTED,
}
"""What it says about the request, by the file after which it does."""


def say(node: Node, keys: NodeKeys, digest: bytes, stage: Stage) -> None:
    """Has the office say something about a message that its node has opened.

    Raises:
        OutOfOrderError: It does not follow from what was said before.
    """
    message = node.store.find_received(digest)
    if message is None:
        raise BrokerError("the message has not come")
    saying = Saying(stage=stage, authority=OFFICE, decider=Decider.PERSON)
    AuthorityDesk(keys.holder, node.store, SYSTEM_CLOCK).say(message, saying)
