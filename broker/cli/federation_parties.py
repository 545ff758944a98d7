"""`rogatory federation enrol`, `suspend`, `rekey` …: what is decided about parties."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from broker.app.exchange_files import JoinRequest
from broker.app.proposing import enrol as ask_to_enrol, rekey_party
from broker.cli.ceremonies import (
    Ending,
    FolderArgument,
    HereOption,
    OutOption,
    YesOption,
    ask,
    finish,
)
from broker.cli.options import JsonOption, PassphraseOption
from broker.core.errors import ConfigurationError
from broker.infra.clock import SYSTEM_CLOCK
from broker.settings import HubFolder
from keys.directory import ceremony
from keys.directory.model import PartyLimits
from keys.directory.terms import Terms
from keys.identity import PartyId

PartyArgument = Annotated[str, typer.Argument(help="Party code: KEN, XPO, …")]


def add_to(app: typer.Typer) -> None:
    """Adds these commands to `rogatory federation`."""
    for name, command in (
        ("enrol", enrol),
        ("suspend", suspend),
        ("reinstate", reinstate),
        ("rekey", rekey),
        ("retire", retire),
        ("limit", limit),
    ):
        app.command(name)(command)


def enrol(
    folder: FolderArgument,
    request: Annotated[
        list[Path], typer.Argument(help="join-request.json of a party, or of several.")
    ],
    fingerprint: Annotated[
        list[str] | None,
        typer.Option(
            help="What each party told you over another channel, in the same order; "
            "compared."
        ),
    ] = None,
    out: OutOption = None,
    here: HereOption = False,
    yes: YesOption = False,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Asks the stewards to admit parties, all of them in one ceremony.

    Once applied, a running hub lets them in within a second.
    """
    joins = [JoinRequest.read(path) for path in request]
    _compare(request, joins, fingerprint)
    place = HubFolder(folder)
    drafted = ask_to_enrol(place, joins, SYSTEM_CLOCK.now_ms())
    ending = Ending(out=out, here=here, yes=yes, passphrase_file=passphrase_file)
    finish(place, drafted, ending, as_json=as_json)


def rekey(
    folder: FolderArgument,
    party: PartyArgument,
    request: Annotated[Path, typer.Argument(help="The party's request for new keys.")],
    fingerprint: Annotated[
        str | None,
        typer.Option(help="What the party told you over another channel; compared."),
    ] = None,
    out: OutOption = None,
    here: HereOption = False,
    yes: YesOption = False,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Asks the stewards to give a party other role keys, as after a compromise.

    Once applied, what the old keys signed is refused at once, everywhere. Make sure by
    another channel that it is the party who asks.
    """
    join = JoinRequest.read(request)
    _compare([request], [join], None if fingerprint is None else [fingerprint])
    if join.party != PartyId(party):
        raise ConfigurationError(f"{request} is a request of {join.party}, not {party}")
    place = HubFolder(folder)
    drafted = rekey_party(place, join, SYSTEM_CLOCK.now_ms())
    ending = Ending(out=out, here=here, yes=yes, passphrase_file=passphrase_file)
    finish(place, drafted, ending, as_json=as_json)


def suspend(
    folder: FolderArgument,
    party: PartyArgument,
    reason: Annotated[str, typer.Option(help="Why; every party can read it.")],
    since: Annotated[
        str | None,
        typer.Option(help="From when on, such as 2027-03-01T12:00Z; now if absent."),
    ] = None,
    out: OutOption = None,
    here: HereOption = False,
    yes: YesOption = False,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Asks the stewards to suspend a party: it neither sends nor receives.

    Its keys and its record stay, and so does what it signed before.
    """
    now_ms = SYSTEM_CLOCK.now_ms()
    since_ms = now_ms if since is None else time_ms(since)
    ask(
        folder,
        lambda terms: ceremony.suspend(
            terms, PartyId(party), since_ms=since_ms, reason=reason
        ),
        Ending(out=out, here=here, yes=yes, passphrase_file=passphrase_file),
        as_json=as_json,
    )


def reinstate(
    folder: FolderArgument,
    party: PartyArgument,
    out: OutOption = None,
    here: HereOption = False,
    yes: YesOption = False,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Asks the stewards to end the suspension of a party."""
    ask(
        folder,
        lambda terms: ceremony.reinstate(terms, PartyId(party)),
        Ending(out=out, here=here, yes=yes, passphrase_file=passphrase_file),
        as_json=as_json,
    )


def retire(
    folder: FolderArgument,
    party: PartyArgument,
    out: OutOption = None,
    here: HereOption = False,
    yes: YesOption = False,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Asks the stewards to end a party's membership.

    Once applied, the hub cuts it off, and it is in nobody's directory. What it signed
    before is verified by the directory of that time.
    """
    ask(
        folder,
        lambda terms: ceremony.retire(terms, PartyId(party)),
        Ending(out=out, here=here, yes=yes, passphrase_file=passphrase_file),
        as_json=as_json,
    )


def limit(
    folder: FolderArgument,
    party: Annotated[
        str | None, typer.Argument(help="Party code; or give --all.")
    ] = None,
    every: Annotated[
        bool,
        typer.Option("--all", help="Every party that has no limits of its own."),
    ] = False,
    connections: Annotated[
        int | None,
        typer.Option(min=0, help="To the bus, at a time; 0: as the hub sets it."),
    ] = None,
    stored_bytes: Annotated[
        int | None,
        typer.Option(min=0, help="Of its messages in the hub's store; 0: likewise."),
    ] = None,
    message_bytes: Annotated[
        int | None, typer.Option(min=0, help="Of one message; 0: likewise.")
    ] = None,
    messages_per_minute: Annotated[
        int | None, typer.Option(min=0, help="That the hub takes; 0: likewise.")
    ] = None,
    common: Annotated[
        bool,
        typer.Option("--common", help="Back to the limits of every party."),
    ] = False,
    out: OutOption = None,
    here: HereOption = False,
    yes: YesOption = False,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Asks the stewards to set what a party, or every party, may use of the hub.

    What is not given stays as it is.
    """
    if (party is None) != every or (common and every):
        raise ConfigurationError("name one party, or give --all")
    given = {
        name: value
        for name, value in {
            "connections": connections,
            "stored_bytes": stored_bytes,
            "message_bytes": message_bytes,
            "messages_per_minute": messages_per_minute,
        }.items()
        if value is not None
    }
    if bool(given) == common:
        raise ConfigurationError("give at least one limit, or --common")
    whom = None if party is None else PartyId(party)

    def decision(terms: Terms) -> Terms:
        record = terms.federation
        now = record.common_limits if whom is None else record.limits(whom)
        return ceremony.limit(terms, whom, None if common else _changed(now, given))

    ask(
        folder,
        decision,
        Ending(out=out, here=here, yes=yes, passphrase_file=passphrase_file),
        as_json=as_json,
    )


def time_ms(text: str) -> int:
    """Reads a time that somebody typed; without a zone it is UTC.

    Raises:
        ConfigurationError: It is none.
    """
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise ConfigurationError(
            f"{text!r} is not a time, such as 2027-03-01 or 2027-03-01T12:00Z"
        ) from error
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return int(moment.timestamp() * 1000)


def _changed(limits: PartyLimits, given: dict[str, int]) -> PartyLimits:
    return replace(limits, **{name: value or None for name, value in given.items()})


def _compare(
    paths: Sequence[Path], joins: Sequence[JoinRequest], told: Sequence[str] | None
) -> None:
    if told is not None and len(told) != len(joins):
        raise ConfigurationError("give --fingerprint once for each request, or never")
    for path, join, fingerprint in zip(paths, joins, told or (), strict=False):
        if fingerprint.strip().lower() != join.fingerprint:
            raise ConfigurationError(
                f"the fingerprint of {path} is {join.fingerprint}: not what the party "
                "told you; do not ask for it"
            )
