"""What every request works with: the node, its keys, the directory, who is calling."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from broker.api.problems import STATUS, ApiCode, ProblemError
from broker.api.roles import Caller, Role
from broker.app.credentials import NodeKeys
from broker.app.node_folder import Node
from broker.core.ports import Clock
from broker.core.trust import Trust


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """What a running interface holds on to.

    Attributes:
        node: The node.
        keys: Its keys.
        trust: Returns the directory to go by now; raises DirectoryError when there is
            none.
        clock: The time.
    """

    node: Node
    keys: NodeKeys
    trust: Callable[[], Trust]
    clock: Clock


def services(request: Request) -> Services:
    """Returns what the interface holds on to."""
    found: Services = request.app.state.services
    return found


def caller(request: Request) -> Caller:
    """Returns who calls.

    Raises:
        ProblemError: UNAUTHENTICATED: nobody that is known here.
    """
    found: Caller | None = getattr(request.state, "caller", None)
    if found is None:
        raise ProblemError(
            status=STATUS[ApiCode.UNAUTHENTICATED],
            code=ApiCode.UNAUTHENTICATED,
            title="The request does not show who makes it.",
            advice="Send a client certificate, or Authorization: Bearer with a token.",
            headers={"WWW-Authenticate": 'Bearer realm="rogatory"'},
        )
    return found


def having(*roles: Role) -> Callable[[Request], Caller]:
    """Returns a dependency that lets through callers with any of some roles."""

    def check(request: Request) -> Caller:
        found = caller(request)
        if not found.roles & set(roles):
            words = " or ".join(roles)
            raise ProblemError(
                status=STATUS[ApiCode.FORBIDDEN],
                code=ApiCode.FORBIDDEN,
                title="This client may not do that.",
                detail=f"it takes the role {words}",
                advice="Ask the operator of the node for the role, if it is meant.",
            )
        return found

    return check


ServicesHere = Annotated[Services, Depends(services)]
"""The type of an argument of a route that takes what the interface holds on to."""
