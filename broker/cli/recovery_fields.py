"""Recoveries and losses as programs read them: what `--json` prints."""

from broker.cli.register_options import source_fields
from broker.core.registers.losses import Loss
from broker.core.registers.recoveries import RecoveredItem, Recovery
from broker.core.registers.things import Thing


def recovery_fields(one: Recovery) -> dict[str, object]:
    """Returns a recovery with its checklist."""
    return {
        **source_fields(one.statement),
        "first": one.first.hex(),
        "kind": one.kind,
        "date": one.date,
        "country": one.country or None,
        "complete": one.complete,
        "ended": one.ended or None,
        "items": [_item_fields(item) for item in one.items],
        "unplaced": [source_fields(statement) for statement in one.unplaced],
    }


def loss_fields(one: Loss) -> dict[str, object]:
    """Returns a loss with what was found of it."""
    return {
        **source_fields(one.statement),
        "first": one.first.hex(),
        "kind": one.kind,
        "period": str(one.span),
        "inventory_on": one.inventory_on or None,
        "holder": one.holder or None,
        "complete": one.complete,
        "ended": one.ended or None,
        "items": [
            {
                **_thing_fields(item.thing),
                "found": [source_fields(statement) for statement in item.found],
            }
            for item in one.items
        ],
        "series": [
            {
                "first": series.span.first,
                "last": series.span.last,
                "quantity": series.quantity or None,
                "found": list(series.found),
            }
            for series in one.series
        ],
    }


def _item_fields(item: RecoveredItem) -> dict[str, object]:
    return {
        **_thing_fields(item.thing),
        "marked": item.marked,
        "recorded": item.recorded,
        "traced": item.traced,
        "tracing_status": item.tracing_status or None,
        "disposition": item.disposition or None,
        "left": item.left,
        "certificates": [
            {
                **source_fields(each.statement),
                "disposition": each.disposition,
                "quantity": each.quantity or None,
                "date": each.date or None,
            }
            for each in item.certificates
        ],
        "missing": [lacking.value for lacking in item.missing],
    }


def _thing_fields(thing: Thing) -> dict[str, object]:
    return {
        "label": thing.label,
        "item_class": thing.item_class,
        "serial": thing.serial or None,
        "reference": thing.reference or None,
        "quantity": thing.quantity or None,
    }
