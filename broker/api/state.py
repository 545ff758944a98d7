"""What every request works with: the node, its keys, the directory, who is calling."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Annotated

from fastapi import Depends, Request

from broker.api.answering import problem
from broker.api.problems import ApiCode
from broker.api.roles import Caller, Role
from broker.api.settings import ApiSettings
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
        settings: What the operator has set.
    """

    node: Node
    keys: NodeKeys
    trust: Callable[[], Trust]
    clock: Clock
    settings: ApiSettings = field(default_factory=ApiSettings)


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
        raise problem(ApiCode.UNAUTHENTICATED)
    return found


def having(*roles: Role) -> Callable[[Request], Caller]:
    """Returns a dependency that lets through callers with any of some roles."""

    def check(request: Request) -> Caller:
        found = caller(request)
        if not found.roles & set(roles):
            words = " or ".join(roles)
            raise problem(ApiCode.FORBIDDEN, f"it takes the role {words}")
        return found

    return check


CallerHere = Annotated[Caller, Depends(caller)]
"""The type of an argument of a route that takes who calls, whoever it is."""
ServicesHere = Annotated[Services, Depends(services)]
"""The type of an argument of a route that takes what the interface holds on to."""
