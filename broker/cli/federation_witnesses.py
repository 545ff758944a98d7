"""`rogatory federation witness`: whose cosignatures of the log count, and how many.

Making a witness and running it is `rogatory witness`.
"""

from pathlib import Path
from typing import Annotated

import typer

from broker.app.witness_files import WitnessCard
from broker.cli.ceremonies import (
    Ending,
    FolderArgument,
    HereOption,
    OutOption,
    YesOption,
    ask,
)
from broker.cli.options import JsonOption, PassphraseOption
from broker.cli.output import note
from broker.core.errors import ConfigurationError
from broker.infra.checkpoint_store import CheckpointStore
from broker.settings import HubFolder
from keys.cosigning import cosignature_verifier
from keys.directory.model import FederationRecord
from keys.directory.terms import Terms
from keys.directory.witnessing import (
    add_witness,
    remove_witness,
    set_witness_quorum,
)

witness_app = typer.Typer(
    help="Who cosigns the log, and how many have to.", no_args_is_help=True
)


def add_to(app: typer.Typer) -> None:
    """Adds these commands to `rogatory federation`."""
    app.add_typer(witness_app, name="witness")


@witness_app.command("add")
def add(
    folder: FolderArgument,
    card: Annotated[
        Path, typer.Argument(help="witness.public.json, from: rogatory witness init.")
    ],
    fingerprint: Annotated[
        str | None,
        typer.Option(help="What the witness told you, by other means; compared."),
    ] = None,
    out: OutOption = None,
    here: HereOption = False,
    yes: YesOption = False,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Asks the stewards to let somebody's cosignatures of the log count."""
    found = WitnessCard.read(card)
    if fingerprint is not None and fingerprint.strip().lower() != found.fingerprint:
        raise ConfigurationError(
            f"the fingerprint of {card} is {found.fingerprint}: not what the witness "
            "told you; do not ask for it"
        )
    ask(
        folder,
        lambda terms: add_witness(terms, found.witness),
        Ending(out=out, here=here, yes=yes, passphrase_file=passphrase_file),
        as_json=as_json,
    )


@witness_app.command("remove")
def remove(
    folder: FolderArgument,
    name: Annotated[str, typer.Argument(help="Name of the witness's key.")],
    out: OutOption = None,
    here: HereOption = False,
    yes: YesOption = False,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Asks the stewards to let a witness's cosignatures count no longer."""
    ask(
        folder,
        lambda terms: _foreseen(folder, remove_witness(terms, name)),
        Ending(out=out, here=here, yes=yes, passphrase_file=passphrase_file),
        as_json=as_json,
    )


@witness_app.command("quorum")
def quorum(
    folder: FolderArgument,
    number: Annotated[
        int, typer.Argument(min=0, help="Witnesses who must cosign; 0: none.")
    ],
    out: OutOption = None,
    here: HereOption = False,
    yes: YesOption = False,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Asks the stewards to set how many witnesses must cosign a checkpoint.

    From then on no node relies on one that fewer have cosigned: while too few
    witnesses work, changes of the directory wait, and the traffic does not.
    """
    ask(
        folder,
        lambda terms: _foreseen(folder, set_witness_quorum(terms, number)),
        Ending(out=out, here=here, yes=yes, passphrase_file=passphrase_file),
        as_json=as_json,
    )


def _foreseen(folder: Path, terms: Terms) -> Terms:
    """Says it when the witnesses that would count have not cosigned anything yet."""
    place, record = HubFolder(folder).checkpoints, terms.federation
    if record.witness_quorum and not _has_quorum(place, record):
        note(
            f"warning: no checkpoint has the cosignatures of {record.witness_quorum} "
            "of these witnesses yet. Until one has, nodes take no change of the "
            "directory; see first that the witnesses run"
        )
    return terms


def _has_quorum(place: Path, record: FederationRecord) -> bool:
    if not place.exists():
        return False
    keys = [cosignature_verifier(one.name, one.key) for one in record.witnesses]
    store = CheckpointStore(place)
    try:
        counted = [(key.name, key.key_id) for key in keys]
        return store.newest(record.witness_quorum, counted) is not None
    finally:
        store.close()
