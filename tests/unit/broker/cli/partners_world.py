"""Three parties that share nearly everything, and their officers at the keyboard.

Mexico provides, Belgium passes on, Kenya gets it.
"""

import asyncio
from collections.abc import Callable
from typing import Any, Final

from keys.identity import PartyId
from tests.federation import EXAMPLES, Federation

ROUTE: Final = EXAMPLES / "route-intelligence.yaml"
BEL, KEN, MEX = (PartyId(code) for code in ("BEL", "KEN", "MEX"))
USE: Final = "criminal-investigation"
H2: Final = "TLP:GREEN H2"


class Desk:
    """Types commands at the parties' nodes, and waits until they have worked."""

    def __init__(self, cli: Callable[..., Any], partners: Federation) -> None:
        self.cli = cli
        self.partners = partners

    def at(self, party: str, *arguments: object) -> Any:  # noqa: ANN401 - of the cli
        """Runs a command at a node."""
        return self.cli(*arguments, "--node", self.partners.folder / party, "--json")

    def sends(self, party: str, *arguments: object) -> str:
        """Runs a command that sends one message; returns its id once it is opened."""
        ended = self.at(party, *arguments, "--wait", 20)
        assert ended.code == 0, ended.err + ended.out
        [sent] = ended.json["messages"]
        digest = bytes.fromhex(sent["digest"])
        asyncio.run(self.partners.opened(party, digest, sent["to"]))
        return str(sent["id"])

    def refusal(self, party: str, *arguments: object) -> tuple[str, str]:
        """Runs a command that is refused; returns code and text."""
        ended = self.at(party, *arguments)
        assert ended.code in (65, 77, 78), ended.out
        error = ended.json["error"]
        return error["code"], error["text"]

    def route(self, handling: str = H2) -> str:
        """Has Mexico tell Belgium of a route."""
        return self.sends("MEX", "send", ROUTE, "--to", "BEL", "--handling", handling)

    def asked(self, message: str, to: str = "KEN", **more: str) -> str:
        """Has Belgium ask Mexico whether it may pass a message on."""
        options = [
            word for name, value in more.items() for word in (f"--{name}", value)
        ]
        return self.sends(
            "BEL", "permission", "ask", message, "--to", to, "--purpose", USE,
            "--reason", "A joint operation", *options,
        )  # fmt: skip

    def granted(self, message: str, *options: object, to: str = "KEN") -> str:
        """Has Belgium ask and Mexico consent; returns the id of the consent."""
        request = self.asked(message, to)
        return self.sends("MEX", "permission", "grant", request, "--yes", *options)
