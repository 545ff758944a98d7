"""What the `rogatory audit` commands share: whose folder is meant, a receipt's fields.

Printing, and what each command asks for, are in the files of the commands.
"""

import os
from pathlib import Path

from broker.cli.options import HUB_VARIABLE
from broker.core.model import Receipt
from broker.core.status import iso_time


def on_hub(hub: Path | None, node: Path | None) -> bool:
    """Tells whether a hub's folder is meant, by the option or the environment."""
    return hub is not None or (node is None and HUB_VARIABLE in os.environ)


def receipt_fields(receipt: Receipt) -> dict[str, object]:
    """Returns what is shown of a receipt, by name, for tables and for JSON."""
    return {
        "at": iso_time(receipt.at_ms),
        "stage": receipt.stage.name,
        "by": receipt.by,
        "to": receipt.to,
        "message": receipt.message_digest.hex(),
        "code": receipt.code,
    }
