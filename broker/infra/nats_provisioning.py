"""The streams and durables of the message bus: made, and changed where they can be.

Which accounts there are is left to `nats_admission`, reading and writing to
`nats_streams`.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from broker.core import subjects
from broker.core.errors import BusRefusedError
from broker.infra.nats_border import error_code, jetstream_answer
from broker.infra.nats_bus import Bus

_NANOSECONDS: Final = 1_000_000  # in a millisecond
_DAY_MS: Final = 24 * 60 * 60 * 1000
_SHORTEST_WINDOW_MS: Final = 100
_NO_SUCH_DURABLE: Final = 10014  # JSConsumerNotFoundErr


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamLimits:
    """How much the streams hold, and for how long.

    A full stream refuses what is new; nothing old is ever dropped for it. If `LEDGER`
    is full the relay waits, submissions wait in `IN`, and if that is full too they
    wait in the nodes.

    Attributes:
        in_max_bytes: Of `IN`.
        in_max_messages_per_party: In `IN` until trimmed: one party alone cannot fill
            the stream for all others.
        ledger_max_bytes: Of `LEDGER`.
        ledger_max_age_ms: A party that stays away for longer misses messages.
        duplicate_window_ms: For which the ledger remembers what was written.
        replicas: Servers that hold each message: 1, or 3 in a cluster.
        ack_wait_ms: After which a message that was not acknowledged comes again.
        relay_max_pending: Messages that relay workers have in hand.
        party_max_pending: Messages that a party's node has in hand.
    """

    in_max_bytes: int = 8 * 1024**3
    in_max_messages_per_party: int = 100_000
    ledger_max_bytes: int = 48 * 1024**3
    ledger_max_age_ms: int = 400 * _DAY_MS
    duplicate_window_ms: int = 10 * 60 * 1000
    replicas: int = 1
    ack_wait_ms: int = 60_000
    relay_max_pending: int = 10_000
    party_max_pending: int = 1_000


class BusProvisioning:
    """Makes the streams and durables, and changes them where the server lets it.

    Every method may be called again with the same effect.

    Args:
        bus: A connection as a user of the hub's account without restrictions.
        limits: How much, and for how long.
        timeout_s: For the server to answer.
    """

    def __init__(
        self, bus: Bus, limits: StreamLimits, *, timeout_s: float = 10.0
    ) -> None:
        self._bus = bus
        self._limits = limits
        self._timeout_s = timeout_s

    async def ensure_streams(self) -> None:
        """Makes `IN` with its durable, and `LEDGER`.

        Raises:
            BusUnavailableError: No answer in time.
            BusRefusedError: No room; or what is there cannot be changed to what is
                asked for.
        """
        there = (await self._ask("STREAM.NAMES", {})).get("streams") or ()
        for config in (_in_config(self._limits), _ledger_config(self._limits)):
            name = config["name"]
            verb = "UPDATE" if name in there else "CREATE"
            await self._ask(f"STREAM.{verb}.{name}", config)
        await self._create_durable(
            subjects.IN,
            {
                "name": subjects.RELAY,
                "durable_name": subjects.RELAY,
                "filter_subject": subjects.SUBMISSIONS,
                **_begin(0),
                "ack_policy": "explicit",
                **self._tuning(self._limits.relay_max_pending),
            },
        )

    async def ensure_party(self, account: str, former: Sequence[str] = ()) -> None:
        """Makes the durable of a party. It begins with all that waits for the party.

        With former accounts it covers what was written for them, and begins where the
        party had stopped reading under the newest that had a durable. One that is
        there keeps its place, however often this is repeated.

        Args:
            account: Public key of the party's account.
            former: Those it used before, oldest first.

        Raises:
            BusUnavailableError: No answer in time.
            BusRefusedError: What is there cannot be changed to what is asked for.
            RefusedError: Not the key of an account.
        """
        filters = [subjects.inbox_filter(one) for one in (*former, account)]
        present = await self._durable(subjects.LEDGER, account)
        if present is not None:
            # Filters and place are those it was made with: the server changes the
            # one and refuses to change the other.
            config = {
                **present["config"],
                **self._tuning(self._limits.party_max_pending),
            }
            if config != present["config"]:
                await self._create_durable(subjects.LEDGER, config)
            return
        config = {
            "name": account,
            "durable_name": account,
            **_begin(await self._read_up_to(former)),
            "ack_policy": "explicit",
            **self._tuning(self._limits.party_max_pending),
        }
        # For a single filter the server has another field, and another subject.
        if len(filters) == 1:
            config["filter_subject"] = filters[0]
        else:
            config["filter_subjects"] = filters
        await self._create_durable(subjects.LEDGER, config)

    async def trim_in(self) -> None:
        """Drops from `IN` what the relay has acknowledged.

        The stream would hold it for ever: a stream that drops at acknowledgement has
        half the rate, since every message costs a second write to the disk.

        Raises:
            BusUnavailableError: No answer in time.
            BusRefusedError: There is no such stream.
        """
        state = await self._ask(f"CONSUMER.INFO.{subjects.IN}.{subjects.RELAY}", {})
        done = int(state["ack_floor"]["stream_seq"])
        if done:
            await self._ask(f"STREAM.PURGE.{subjects.IN}", {"seq": done + 1})

    def _tuning(self, max_pending: int) -> dict[str, Any]:
        """Returns what may change about a durable at any time."""
        return {
            "ack_wait": self._limits.ack_wait_ms * _NANOSECONDS,
            "max_ack_pending": max_pending,
        }

    async def _read_up_to(self, former: Sequence[str]) -> int:
        """Returns the last number that a party has read under a former account."""
        for account in reversed(former):
            state = await self._durable(subjects.LEDGER, account)
            if state is not None:
                return int(state["ack_floor"]["stream_seq"])
        return 0

    async def _durable(self, stream: str, durable: str) -> dict[str, Any] | None:
        """Returns the state of a durable; None when there is none."""
        question = subjects.durable_state(stream, durable)
        answer = await self._bus.request(question, b"", self._timeout_s)
        if error_code(answer) == _NO_SUCH_DURABLE:
            return None
        return jetstream_answer(answer)

    async def _create_durable(self, stream: str, config: Mapping[str, Any]) -> None:
        verb = f"CONSUMER.CREATE.{stream}.{config['name']}"
        if "filter_subject" in config:
            verb = f"{verb}.{config['filter_subject']}"
        await self._ask(verb, {"stream_name": stream, "config": config})

    async def _ask(self, verb: str, question: Mapping[str, Any]) -> dict[str, Any]:
        payload = json.dumps(question).encode()
        answer = await self._bus.request(f"$JS.API.{verb}", payload, self._timeout_s)
        try:
            return jetstream_answer(answer)
        except BusRefusedError as error:
            raise BusRefusedError(f"{verb}: {error}") from error


def _begin(read_up_to: int) -> dict[str, Any]:
    """Returns where a new durable begins: after a number, 0 for at the beginning."""
    if not read_up_to:
        return {"deliver_policy": "all"}
    return {"deliver_policy": "by_start_sequence", "opt_start_seq": read_up_to + 1}


def _in_config(limits: StreamLimits) -> dict[str, Any]:
    return {
        "name": subjects.IN,
        "subjects": [subjects.SUBMISSIONS],
        "retention": "limits",
        "storage": "file",
        "discard": "new",
        "discard_new_per_subject": True,
        "max_msgs_per_subject": limits.in_max_messages_per_party,
        "max_bytes": limits.in_max_bytes,
        "num_replicas": limits.replicas,
        # We use no message ids here; those of strangers shall cost no memory.
        "duplicate_window": _SHORTEST_WINDOW_MS * _NANOSECONDS,
        "deny_delete": True,
    }


def _ledger_config(limits: StreamLimits) -> dict[str, Any]:
    return {
        "name": subjects.LEDGER,
        "subjects": [subjects.INBOXES, subjects.AUDIT],
        "retention": "limits",
        "storage": "file",
        "discard": "new",
        "max_bytes": limits.ledger_max_bytes,
        "max_age": limits.ledger_max_age_ms * _NANOSECONDS,
        "num_replicas": limits.replicas,
        "duplicate_window": limits.duplicate_window_ms * _NANOSECONDS,
        "allow_atomic": True,
        "allow_direct": True,
        "deny_delete": True,
        "deny_purge": True,
    }
