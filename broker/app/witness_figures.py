"""How the log's witnesses do, as the hub's operator sees it.

Whether a checkpoint counts is left to those who rely on it.
"""

import math
from collections.abc import Iterator
from contextlib import suppress
from typing import Final

from broker.app.finding import Finding
from broker.app.hub_folder import Hub
from broker.core.errors import BrokerError
from broker.infra.checkpoint_store import CheckpointStore
from broker.infra.clock import SYSTEM_CLOCK
from broker.infra.metrics_server import Figure
from keys.cosigning import cosignature_verifier
from keys.directory.archive import Archive
from keys.directory.codec import decode_federation
from keys.directory.model import FederationRecord
from keys.errors import KeysError

SILENT_S: Final = 1200
"""After which a witness is missed: it cosigns a quiet log again every ten minutes."""
_MINUTE_S: Final = 60


def look_at_witnesses(hub: Hub) -> Iterator[Finding]:
    """Gives whether the witnesses cosign the log; nothing where none is named."""
    try:
        record, ages = _ages(hub)
    except (BrokerError, KeysError) as error:
        yield Finding(name="witnesses", well=False, text=str(error))
        return
    if not ages:
        return
    at_work = sum(age <= SILENT_S for age in ages.values())
    text = ", ".join(f"{name} {_words(age)}" for name, age in ages.items())
    hint = (
        "do those that are silent run? Enough others do"
        if at_work >= record.witness_quorum
        else f"{record.witness_quorum} must cosign: until they do, no node takes a "
        "change of the directory"
    )
    well = at_work == len(ages)
    yield Finding(name="witnesses", well=well, text=text, hint="" if well else hint)


def witness_figures(hub: Hub) -> Iterator[Figure]:
    """Gives how long ago each witness cosigned; nothing where none is named."""
    with suppress(BrokerError, KeysError):
        _, ages = _ages(hub)
        if ages:
            yield Figure(
                name="witness_cosigned_age_seconds",
                help="Since a witness cosigned the log; infinite: never.",
                values=ages,
                label="witness",
            )


def _ages(hub: Hub) -> tuple[FederationRecord, dict[str, float]]:
    """Returns how many seconds ago each witness cosigned, by its own clock."""
    record = decode_federation(Archive(hub.folder.directory).federation())
    heard: dict[tuple[str, bytes], int] = {}
    if record.witnesses and hub.folder.checkpoints.exists():
        store = CheckpointStore(hub.folder.checkpoints)
        try:
            heard = store.heard()
        finally:
            store.close()
    now_s = SYSTEM_CLOCK.now_ms() / 1000
    ages = {}
    for witness in record.witnesses:
        key = cosignature_verifier(witness.name, witness.key)
        time_s = heard.get((key.name, key.key_id))
        ages[witness.name] = math.inf if time_s is None else max(0.0, now_s - time_s)
    return record, ages


def _words(age_s: float) -> str:
    if math.isinf(age_s):
        return "never"
    if age_s < _MINUTE_S:
        return f"{age_s:.0f} s ago"
    return f"{age_s / _MINUTE_S:.0f} min ago"
