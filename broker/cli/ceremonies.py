"""How a ceremony is shown: what would change, who must sign, and the record of it."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from broker.app.ceremony_folder import CeremonyRecord, write_file
from broker.app.founding import apply_here
from broker.app.proposing import Decision, Drafted, decide
from broker.cli.asking import confirm
from broker.cli.output import note, note_item, print_json
from broker.cli.secrets_prompt import passphrase_for, secret_for
from broker.core.status import iso_time
from broker.infra.clock import SYSTEM_CLOCK
from broker.settings import HubFolder, load_hub
from keys.directory.ceremony_files import write_request
from keys.directory.proposal import Review
from keys.directory.quorum import Agreement, agree, stewards_asked
from keys.framing import sha256

FolderArgument = Annotated[Path, typer.Argument(help="Folder of the hub.")]
OutOption = Annotated[
    Path | None,
    typer.Option(help="Write a copy of the request here, such as on a stick."),
]
HereOption = Annotated[
    bool,
    typer.Option(
        "--here",
        help="Sign with the stewards' keys in FOLDER/stewards, and apply at once: for "
        "a trial.",
    ),
]
YesOption = Annotated[
    bool, typer.Option("--yes", help="With --here: do it without being asked.")
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """What shall become of a request.

    Attributes:
        out: Where a copy goes.
        here: Whether stewards' keys on the hub sign it, and it is applied at once.
        yes: Whether that needs no confirmation.
        passphrase_file: Of the hub's keystore, and of those keys.
    """

    out: Path | None
    here: bool
    yes: bool
    passphrase_file: Path | None


def show_review(review: Review) -> None:
    """Prints what a request would change, and what it stands on."""
    proposal = review.proposal
    note(f"Request {proposal.digest.hex()}")
    if proposal.basis is None or review.before is None:
        note("  founds a federation: it stands on nothing")
    else:
        note_item(
            "  ",
            f"stands on the stewards' list version {review.before.root.version}, "
            f"fingerprint {sha256(proposal.basis.root).hex()}",
        )
    note("What it does:")
    for change in review.changes:
        note_item("  - ", change.sentence)


def review_fields(review: Review) -> dict[str, Any]:
    """Returns the same for a program."""
    basis = review.proposal.basis
    return {
        "request_sha256": review.proposal.digest.hex(),
        "stands_on_root_sha256": None if basis is None else sha256(basis.root).hex(),
        "changes": [
            {"topic": change.topic.value, "text": change.sentence}
            for change in review.changes
        ],
        "stewards_asked": [
            {"name": one.name, "sha256": one.fingerprint}
            for one in stewards_asked(review)
        ],
        "still_missing": list(agree(review, ()).missing),
    }


def show_missing(agreement: Agreement) -> None:
    """Prints who signed, and who has to."""
    for steward, at_ms in agreement.signed:
        note(f"  signed   {steward} at {iso_time(at_ms)}")
    for sentence in agreement.missing:
        note_item("  missing  ", sentence)


def show_record(record: CeremonyRecord) -> None:
    """Prints what was decided, by whom, and what came of it."""
    note(f"Ceremony {record.number}, applied at {iso_time(record.applied_at_ms)}")
    note(f"  request   {record.request}")
    for sentence in record.changes:
        note_item("  change    ", sentence)
    for one in record.signed_by:
        who = f"{one.name or 'unnamed'} ({one.fingerprint[:16]}…)"
        note(f"  signed by {who} at {iso_time(one.signed_at_ms)}")
    note(f"  stewards  version {record.root_version}, {record.root_sha256}")
    note(f"  parties   version {record.targets_version}")
    for party in record.published:
        note(f"  published {party}")
    for sentence in record.not_published:
        note(f"  warning: not published, and has to be handed in again: {sentence}")


def hub_secret(folder: HubFolder, given: Path | None) -> bytes:
    """Returns what opens the hub's keystore, also before it is a hub.

    Raises:
        ConfigurationError: There is none, and nobody to ask.
        KeystoreError: The keystore cannot be read.
    """
    if folder.settings.exists():
        return passphrase_for(load_hub(folder.root), given)
    return secret_for(folder.keys, given)


def ask(folder: Path, decision: Decision, ending: Ending, *, as_json: bool) -> None:
    """Makes the request for a decision, and does with it what `ending` says.

    Raises:
        BrokerError: It cannot be written or carried out.
        KeysError: It cannot stand, or likewise.
    """
    place = HubFolder(folder)
    drafted = decide(place, decision, SYSTEM_CLOCK.now_ms())
    finish(place, drafted, ending, as_json=as_json)


def finish(
    folder: HubFolder, drafted: Drafted, ending: Ending, *, as_json: bool
) -> None:
    """Shows a request that was made, and leaves it to the stewards or carries it out.

    Raises:
        BrokerError: It cannot be written or carried out.
        KeysError: Likewise.
    """
    if ending.out is not None:
        write_file(ending.out, write_request(drafted.request))
    path = ending.out or drafted.path
    show_review(drafted.review)
    if ending.here:
        confirm("Carry it out with the stewards' keys in this folder?", yes=ending.yes)
        secret = hub_secret(folder, ending.passphrase_file)
        record = apply_here(folder, drafted, secret, SYSTEM_CLOCK.now_ms())
        if as_json:
            print_json(record.fields())
        else:
            show_record(record)
        return
    if as_json:
        print_json({**review_fields(drafted.review), "request": str(path)})
        return
    show_missing(agree(drafted.review, ()))
    note(f"The request is {path}. Next:")
    note("  every steward whose signature is wanted: rogatory steward sign REQUEST …")
    note(f"  then: rogatory federation apply {folder.root} REQUEST SIGNATURE…")
