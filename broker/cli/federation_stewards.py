"""`rogatory federation steward`, `renew`, `hub-key`: who decides, keys of the hub."""

from pathlib import Path
from typing import Annotated

import typer

from broker.app.ceremony_folder import load_card
from broker.app.federation_state import federation_state, stewards_due
from broker.app.hub_keys import HubKey
from broker.app.proposing import decide, replace_hub_keys
from broker.cli.ceremonies import (
    Ending,
    FolderArgument,
    HereOption,
    OutOption,
    YesOption,
    ask,
    finish,
    hub_secret,
)
from broker.cli.federation_parties import time_ms
from broker.cli.options import JsonOption, PassphraseOption
from broker.cli.output import note, print_json
from broker.cli.secrets_prompt import new_passphrase
from broker.core.errors import ConfigurationError
from broker.infra.clock import SYSTEM_CLOCK
from broker.settings import HubFolder
from keys.directory import ceremony
from keys.directory.terms import Steward

steward_app = typer.Typer(
    help="Add, remove or replace a steward; change how many must agree.",
    no_args_is_help=True,
)

CardArgument = Annotated[
    Path, typer.Argument(help="The new steward's public file (.public.json).")
]
StewardArgument = Annotated[
    str,
    typer.Argument(help="The steward's name, or the beginning of the fingerprint."),
]
ThresholdOption = Annotated[
    int | None,
    typer.Option(min=1, help="Stewards who must agree from then on; as now if absent."),
]
FingerprintOption = Annotated[
    str | None,
    typer.Option(help="What the new steward told you, by other means; compared."),
]


def add_to(app: typer.Typer) -> None:
    """Adds these commands to `rogatory federation`."""
    app.add_typer(steward_app, name="steward")
    app.command("renew")(renew)
    app.command("hub-key")(hub_key)


@steward_app.command("add")
def add(
    folder: FolderArgument,
    card: CardArgument,
    threshold: ThresholdOption = None,
    fingerprint: FingerprintOption = None,
    out: OutOption = None,
    here: HereOption = False,
    yes: YesOption = False,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Asks the stewards to take in another. The new one has to sign, too."""
    steward = _card(card, fingerprint)
    ask(
        folder,
        lambda terms: ceremony.add_steward(terms, steward, threshold=threshold),
        Ending(out=out, here=here, yes=yes, passphrase_file=passphrase_file),
        as_json=as_json,
    )


@steward_app.command("remove")
def remove(
    folder: FolderArgument,
    steward: StewardArgument,
    threshold: ThresholdOption = None,
    out: OutOption = None,
    here: HereOption = False,
    yes: YesOption = False,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Asks the stewards to remove one of them; the others can do so alone."""
    ask(
        folder,
        lambda terms: ceremony.remove_steward(
            terms, ceremony.find_steward(terms, steward), threshold=threshold
        ),
        Ending(out=out, here=here, yes=yes, passphrase_file=passphrase_file),
        as_json=as_json,
    )


@steward_app.command("replace")
def replace(
    folder: FolderArgument,
    steward: StewardArgument,
    card: CardArgument,
    fingerprint: FingerprintOption = None,
    out: OutOption = None,
    here: HereOption = False,
    yes: YesOption = False,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Asks the stewards to put another, or a new key, in the place of one of them.

    For a key that was lost as well as for one that was stolen. The new one has to
    sign, too.
    """
    by = _card(card, fingerprint)
    ask(
        folder,
        lambda terms: ceremony.replace_steward(
            terms, ceremony.find_steward(terms, steward), by
        ),
        Ending(out=out, here=here, yes=yes, passphrase_file=passphrase_file),
        as_json=as_json,
    )


@steward_app.command("threshold")
def threshold_command(
    folder: FolderArgument,
    threshold: Annotated[
        int, typer.Argument(min=1, help="Stewards who must agree from then on.")
    ],
    out: OutOption = None,
    here: HereOption = False,
    yes: YesOption = False,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Asks the stewards to let another number of them decide."""
    ask(
        folder,
        lambda terms: ceremony.set_threshold(terms, threshold),
        Ending(out=out, here=here, yes=yes, passphrase_file=passphrase_file),
        as_json=as_json,
    )


def renew(
    folder: FolderArgument,
    due: Annotated[
        bool,
        typer.Option("--due", help="Only what expires within 30 days, if anything."),
    ] = False,
    out: OutOption = None,
    here: HereOption = False,
    yes: YesOption = False,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Asks the stewards to let their list and that of parties live for another year.

    Do it every year at least: after their end, nobody relies on the directory. Even
    then this command brings it back.
    """
    place, now_ms = HubFolder(folder), SYSTEM_CLOCK.now_ms()
    root_due, targets_due = stewards_due(federation_state(place, now_ms).terms, now_ms)
    if due and not (root_due or targets_due):
        if as_json:
            print_json({"due": False})
        note("nothing expires within 30 days; nothing was done")
        return
    drafted = decide(place, lambda t: t, now_ms, renew_root=root_due or not due)
    ending = Ending(out=out, here=here, yes=yes, passphrase_file=passphrase_file)
    finish(place, drafted, ending, as_json=as_json)


def hub_key(
    folder: FolderArgument,
    key: Annotated[
        list[str] | None,
        typer.Option(
            help="Which: online, receipts, log or account. May be repeated; or --all."
        ),
    ] = None,
    every: Annotated[
        bool,
        typer.Option("--all", help="All of them: also when hub.keys was lost."),
    ] = False,
    compromised_since: Annotated[
        str | None,
        typer.Option(
            help="From when on somebody else may have had the old receipts key, such "
            "as 2027-03-01: what it signed from then on is refused. Without, it counts "
            "for 30 days more."
        ),
    ] = None,
    out: OutOption = None,
    here: HereOption = False,
    yes: YesOption = False,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Makes new keys of the hub, and asks the stewards to name them.

    For keys that were lost, stolen, or are old. The old ones are used until the
    request is applied; then start the hub again. What was signed with the old receipts
    and log keys stays verifiable. Stop the hub before, if a key was stolen.
    """
    which = _hub_keys(key, every=every)
    place = HubFolder(folder)
    lost = not place.keys.exists()
    secret = (
        new_passphrase(passphrase_file) if lost else hub_secret(place, passphrase_file)
    )
    drafted = replace_hub_keys(
        place,
        which,
        secret,
        SYSTEM_CLOCK.now_ms(),
        compromised_since_ms=None
        if compromised_since is None
        else time_ms(compromised_since),
    )
    ending = Ending(out=out, here=here, yes=yes, passphrase_file=passphrase_file)
    finish(place, drafted, ending, as_json=as_json)


def _hub_keys(names: list[str] | None, *, every: bool) -> list[HubKey]:
    if every != (names is None):
        raise ConfigurationError("name keys with --key, or give --all")
    if names is None:
        return list(HubKey)
    known = {one.name.lower(): one for one in HubKey}
    for name in names:
        if name not in known:
            raise ConfigurationError(f"{name!r} is none of {', '.join(known)}")
    return [known[name] for name in names]


def _card(path: Path, told: str | None) -> Steward:
    steward = load_card(path)
    if told is not None and told.strip().lower() != steward.fingerprint:
        raise ConfigurationError(
            f"the fingerprint of {path} is {steward.fingerprint}: not what the steward "
            "told you; do not ask for it"
        )
    return steward
