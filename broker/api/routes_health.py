"""Whether the interface is up, and whether the node can take documents: for anybody.

Strangers learn no more than that.
"""

from fastapi import APIRouter, Response

from broker.api.describing import Responses
from broker.api.models_node import Check, Health, Readiness
from broker.api.state import ServicesHere
from broker.core.errors import BrokerError
from keys.errors import KeysError

router = APIRouter(prefix="/health", tags=["health"])
_NOT_READY: Responses = {
    503: {"model": Readiness, "description": "Not all is as it should be"}
}


@router.get("/live", operation_id="getLiveness", summary="Is it up?")
async def live() -> Health:
    """Answers as long as the process does."""
    return Health(status="ok")


@router.get(
    "/ready",
    operation_id="getReadiness",
    summary="Can it take documents now?",
    responses=_NOT_READY,
)
def ready(here: ServicesHere, response: Response) -> Readiness:
    """Looks at the store and at the directory."""
    checks = [_store(here), _directory(here)]
    good = all(one.ok for one in checks)
    if not good:
        response.status_code = 503
    return Readiness(status="ok" if good else "not-ready", checks=checks)


def _store(here: ServicesHere) -> Check:
    try:
        here.node.store.feed_end()
    except BrokerError:
        return Check(name="store", ok=False, detail="it cannot be read")
    return Check(name="store", ok=True)


def _directory(here: ServicesHere) -> Check:
    try:
        here.trust()
    except (BrokerError, KeysError):
        return Check(
            name="directory",
            ok=False,
            detail="there is none in force: the node has to reach the hub",
        )
    return Check(name="directory", ok=True)
