"""Requests and answers of a trace, made up."""

from typing import Any, Final

from broker.core.tracing.answers import Asked, Said

REQUEST: Final = b"q" * 32
SECOND: Final = b"r" * 32


def pistol(number: str = "ZZQ-417", **fields: object) -> dict[str, Any]:
    """Returns an item of a request."""
    firearm = {
        "type": "FIREARM_TYPE_PISTOL",
        "make": "Glock",
        "model": "Model 17",
        "calibre": {"raw": "9x19"},
        "countryManufacture": "AUT",
        "frameSerial": {"raw": number},
        **fields,
    }
    return {"itemClass": "ITEM_CLASS_FIREARM", "firearm": firearm}


def asked(*items: dict[str, Any], digest: bytes = REQUEST, at_ms: int = 0) -> Asked:
    """Returns a request; about one pistol by default."""
    return Asked(digest=digest, at_ms=at_ms, items=items or (pistol(),))


def step(event: str, country: str, date: str = "", **more: object) -> dict[str, Any]:
    """Returns one step of a chain."""
    found: dict[str, Any] = {
        "event": f"CUSTODY_EVENT_{event}",
        "country": country,
        "basis": "RECORD_BASIS_STATE_RECORD",
        **more,
    }
    return {**found, "date": date} if date else found


def said(
    by: str,
    *chain: dict[str, Any],
    at_ms: int = 1,
    request: bytes = REQUEST,
    item: int = 0,
    **result: object,
) -> Said:
    """Returns an answer about one item."""
    told = {
        "item": item,
        "status": "TRACING_STATUS_PENDING",
        "chain": list(chain),
        **result,
    }
    name = f"{by}-{at_ms}"
    return Said(
        digest=name.encode().ljust(32, b"."),
        name=name,
        by=by,
        at_ms=at_ms,
        request=request,
        document={"outcome": "TRACE_OUTCOME_ANSWERED", "results": [told]},
    )


def point(country: str, **more: object) -> dict[str, Any]:
    """Returns a point of diversion."""
    return {"place": {"country": country}, **more}
