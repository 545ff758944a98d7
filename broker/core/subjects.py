"""Every name on the message bus: subjects, streams, durables, and who may use which.

What travels there is left to the services, how it travels to `broker.infra`.

A party knows four local subjects (`OUT`, `DIRECTORY`, `LOG_QUERIES`, `REGISTRAR`).
Its account imports them from the hub's account, and the server itself puts the
account's key in the subject on the way: the sender cannot choose it. On a fifth,
`NEWS`, every party hears the same.
"""

import re
from functools import lru_cache
from typing import Final

from broker.core.errors import Code, RefusedError
from keys.nats_jwt import Export, Import, Permissions, StreamExport, StreamImport

# Streams and durables.
IN: Final = "IN"
"""The stream of what nodes submit."""
LEDGER: Final = "LEDGER"
"""The stream of what the relay decided: inbox copies, receipts, audit entries."""
RELAY: Final = "relay"
"""The durable on `IN` that all relay workers share."""

# Subjects of the hub's account.
SUBMISSIONS: Final = "x.in.*"
INBOXES: Final = "x.inbox.*.>"
AUDIT: Final = "x.audit.>"
AUDIT_ENTRIES: Final = "x.audit.entries"
"""What the relay decided. No other user writes here."""
SNAPSHOTS: Final = "x.audit.snapshots"
"""What the registrar says about snapshots of the directory; the relay cannot."""
DIRECTORY_REQUESTS: Final = "x.dir.*"
LOG_REQUESTS: Final = "x.log.*"
REGISTRAR_REQUESTS: Final = "x.reg.*"
NEWS: Final = "x.news"
"""The version of the newest snapshot, told to every party; the same in its account."""

# Subjects of a party's account.
OUT: Final = "x.out"
DIRECTORY: Final = "x.dir"
LOG_QUERIES: Final = "x.log"
REGISTRAR: Final = "x.reg"

_SILENCE_S: Final = 60
"""After which the server forgets a question; a durable that is asked and has nothing
to give shows signs of life more often."""
_ACCOUNT: Final = re.compile(r"A[A-Z2-7]{55}\Z")
_SERVICES: Final = {
    SUBMISSIONS: OUT,
    DIRECTORY_REQUESTS: DIRECTORY,
    LOG_REQUESTS: LOG_QUERIES,
    REGISTRAR_REQUESTS: REGISTRAR,
}


def submission(account: str) -> str:
    """Returns where in the hub's account what `account` submits arrives.

    Raises:
        RefusedError: Not the key of an account.
    """
    return f"x.in.{_checked(account)}"


def inbox(account: str) -> str:
    """Returns where what is for `account` is written.

    Raises:
        RefusedError: Not the key of an account.
    """
    return f"x.inbox.{_checked(account)}.msg"


def inbox_filter(account: str) -> str:
    """Returns what the durable of `account` is filtered to.

    Raises:
        RefusedError: Not the key of an account.
    """
    return f"x.inbox.{_checked(account)}.>"


def account_of(subject: str) -> str:
    """Returns the account that a submission or a request came from.

    The server has put it there, so that it can be relied on.

    Raises:
        RefusedError: Not a subject on which parties speak to the hub.
    """
    service, _, account = subject.rpartition(".")
    if f"{service}.*" not in _SERVICES:
        raise RefusedError(Code.WRONG_CONNECTION, "not a subject of a party")
    return _checked(account)


def pull(stream: str, durable: str) -> str:
    """Returns where messages of a durable are asked for."""
    return f"$JS.API.CONSUMER.MSG.NEXT.{stream}.{durable}"


def direct_read(stream: str) -> str:
    """Returns where messages of a stream are asked for by their number."""
    return f"$JS.API.DIRECT.GET.{stream}"


def durable_state(stream: str, durable: str) -> str:
    """Returns where the state of a durable is asked for."""
    return f"$JS.API.CONSUMER.INFO.{stream}.{durable}"


def acknowledgements(stream: str, durable: str) -> str:
    """Returns all subjects that acknowledge messages of a durable."""
    return f"$JS.ACK.{stream}.{durable}.>"


def hub_exports() -> tuple[Export | StreamExport, ...]:
    """Returns what the hub's account offers: the same however many parties join."""
    return (
        *(_export(local, subject, position=3) for subject, local in _SERVICES.items()),
        _export("pull", pull(LEDGER, "*"), position=7, streamed=True),
        _export("acknowledge", acknowledgements(LEDGER, "*"), position=4),
        StreamExport(name="news", subject=NEWS),
    )


def party_imports(account: str, hub_account: str) -> tuple[Import | StreamImport, ...]:
    """Returns what the account of a party may ask of the hub's.

    Raises:
        RefusedError: Not the key of an account.
    """
    _checked(account)
    _checked(hub_account)
    return (
        *(
            Import(
                name=local,
                account=hub_account,
                subject=subject.replace("*", account),
                local_subject=local,
            )
            for subject, local in _SERVICES.items()
        ),
        *(
            Import(name=name, account=hub_account, subject=subject)
            for name, subject in (
                ("pull", pull(LEDGER, account)),
                ("acknowledge", acknowledgements(LEDGER, account)),
            )
        ),
        StreamImport(name="news", account=hub_account, subject=NEWS),
    )


def inbox_prefix(name: str) -> str:
    """Returns the prefix of the answers to one user, which no other may read.

    Args:
        name: Of the user; unique in its account; one token.
    """
    return f"_INBOX_{name}"


def node_permissions(account: str, prefix: str) -> Permissions:
    """Returns what the node of a party needs; `prefix` is that of its answers."""
    return Permissions(
        publish=(*_SERVICES.values(), *_reading(LEDGER, _checked(account))),
        subscribe=(NEWS, f"{prefix}.>"),
    )


def relay_permissions(prefix: str) -> Permissions:
    """Returns what a relay worker needs; `prefix` is that of its answers."""
    return Permissions(
        publish=(INBOXES, AUDIT_ENTRIES, *_reading(IN, RELAY), direct_read(LEDGER)),
        subscribe=(NEWS, f"{prefix}.>"),
    )


def log_permissions(prefix: str) -> Permissions:
    """Returns what the log writer needs; `prefix` is that of its answers."""
    return Permissions(publish=(direct_read(LEDGER),), subscribe=(f"{prefix}.>",))


def check_permissions(prefix: str) -> Permissions:
    """Returns what a look at the hub's health needs; it changes nothing."""
    return Permissions(
        publish=(DIRECTORY_REQUESTS, durable_state(IN, RELAY), direct_read(LEDGER)),
        subscribe=(f"{prefix}.>",),
    )


def service_permissions(prefix: str) -> Permissions:
    """Returns what those need who answer the parties' questions."""
    return Permissions(
        subscribe=(
            DIRECTORY_REQUESTS,
            LOG_REQUESTS,
            REGISTRAR_REQUESTS,
            f"{prefix}.>",
        ),
        replies=True,
    )


def _export(
    name: str, subject: str, *, position: int, streamed: bool = False
) -> Export:
    return Export(
        name=name,
        subject=subject,
        account_token_position=position,
        silence_s=_SILENCE_S,
        streamed=streamed,
    )


def _reading(stream: str, durable: str) -> tuple[str, str]:
    return pull(stream, durable), acknowledgements(stream, durable)


@lru_cache(maxsize=4096)
def _checked(account: str) -> str:
    # A wildcard or a dot in the place of a key would widen a subject.
    if not _ACCOUNT.match(account):
        raise RefusedError(Code.MALFORMED, "not the key of a message-bus account")
    return account
