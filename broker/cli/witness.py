"""`rogatory witness`: cosign the log of a federation, and show what was seen of it.

Whose cosignatures count is decided by stewards: `rogatory federation witness`.
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from broker.app.witness import EVERY_S, WitnessParts, look_once, run_witness
from broker.app.witness_files import (
    WitnessCard,
    WitnessFolder,
    make_witness,
    open_key,
)
from broker.cli.options import JsonOption, NodeOption, PassphraseOption
from broker.cli.output import note, note_item, print_json, say_item
from broker.cli.running import run, run_until_stopped
from broker.cli.secrets_prompt import new_secret, secret_for, unlock
from broker.cli.session import node_session
from broker.core.codec.desk_cosignatures import CosignOutcome
from broker.core.errors import ConfigurationError
from broker.core.sentences import ExitCode
from broker.core.status import iso_time
from broker.infra import logs
from broker.infra.witness_store import FiledEvidence, Step, WitnessStore
from broker.services.witness import Look, Outcome
from keys.cosigning import CosignatureType, check_name
from keys.token_uri import TokenUri

app = typer.Typer(
    help="Watch the log for everybody: cosign only what continues all that was seen.",
    no_args_is_help=True,
)

FolderArgument = Annotated[Path, typer.Argument(help="Folder of the witness.")]
KeyPassphraseOption = Annotated[
    Path | None,
    typer.Option(
        "--witness-passphrase-file",
        help="File with the passphrase of the witness's key; asked for when absent.",
    ),
]

_KINDS = {
    "ml-dsa-44": CosignatureType.MLDSA44,
    "ed25519": CosignatureType.ED25519,
}
_VKEY_SHOWN = 64  # characters; those of Ed25519 keys fit, unless names are long
_ANSWERS = {
    CosignOutcome.TAKEN: "it was taken",
    CosignOutcome.UNKNOWN_WITNESS: "the stewards have not named this key, or the hub "
    "has not seen yet that they have; hand witness.public.json to its operator",
    CosignOutcome.UNKNOWN_CHECKPOINT: "it keeps that checkpoint no more; look again",
    CosignOutcome.CLOCK: "the clock of this machine is ahead; set it right",
    CosignOutcome.INVALID: "the card in the folder is not that of the key, or the "
    "hub's store is damaged",
}
_OUTCOMES = {
    Outcome.NOTHING: "the hub has nothing to cosign",
    Outcome.KNOWN: "cosigned already",
    Outcome.COSIGNED: "cosigned",
    Outcome.NOT_TAKEN: "cosigned, but the hub has not taken it",
    Outcome.REFUSED: "REFUSED",
}


@app.command("init")
def init(
    folder: FolderArgument,
    name: Annotated[
        str,
        typer.Option(
            help="Name of the key, for ever: such as witness.interior.example/log."
        ),
    ],
    kind: Annotated[
        str,
        typer.Option(help="How it signs: ml-dsa-44, or ed25519 for older verifiers."),
    ] = "ml-dsa-44",
    node_dir: NodeOption = None,
    token: Annotated[
        str | None,
        typer.Option(help="Token whose key shall protect the witness's: pkcs11:…"),
    ] = None,
    passphrase_file: KeyPassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Makes a witness's key, once, for the party whose node carries it.

    Hand over witness.public.json, and read the fingerprint to the hub's operator over
    another channel. The stewards decide whether its cosignatures count.
    """
    if kind not in _KINDS:
        raise ConfigurationError(f"{kind!r} is none of {', '.join(_KINDS)}")
    check_name(name)  # before anybody types a passphrase for nothing
    uri = None if token is None else TokenUri.parse(token)
    place = WitnessFolder(folder)
    with node_session(node_dir) as node:
        party, place_of_node = node.party, node.folder.root
    card = make_witness(
        place,
        name=name,
        kind=_KINDS[kind],
        party=party,
        secret=new_secret(passphrase_file, uri),
        token=uri,
    )
    if as_json:
        print_json({**_card_fields(card), "card": str(place.card)})
        return
    note(f"The witness {name} is made in {folder}.")
    note(f"  hand to the hub's operator  {place.card}")
    note(f"  tell them, by other means   {card.fingerprint}")
    carried = f"rogatory witness run {folder} --node {place_of_node}"
    note(f"Next, and it may begin at once: {carried}")


@app.command("run")
def run_command(
    folder: FolderArgument,
    node_dir: NodeOption = None,
    once: Annotated[
        bool,
        typer.Option(
            "--once", help="Look once, and end; exit code 1 if the log was refused."
        ),
    ] = False,
    every: Annotated[
        float, typer.Option(min=0.1, max=3600, help="Seconds between two looks.")
    ] = EVERY_S,
    passphrase_file: PassphraseOption = None,
    witness_passphrase_file: KeyPassphraseOption = None,
    log_json: Annotated[
        bool, typer.Option("--log-json", help="One JSON object for each log line.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Cosigns the log until Ctrl-C, over the connection of the party's node.

    The node need not run. A hub that cannot be reached is waited for. A log that
    contradicts itself is refused, the evidence kept, and an alarm raised in the node.
    """
    place = WitnessFolder(folder)
    with node_session(node_dir) as node, _memory(place) as memory:
        if not once:
            logs.configure(node.settings.log_level, as_json=log_json)
        parts = WitnessParts(
            node=node,
            node_keys=unlock(node, passphrase_file),
            folder=place,
            key=open_key(place, secret_for(place.keys, witness_passphrase_file)),
            memory=memory,
        )
        if once:
            look = run(look_once(parts))
            show_look(look, as_json=as_json)
            if look.outcome is Outcome.REFUSED:
                raise typer.Exit(ExitCode.FAILURE)
            return

        async def serve(stop: asyncio.Event) -> None:
            note(f"witness {parts.key.verifier.name} at work")
            await run_witness(parts, stop, every_s=every)

        run_until_stopped(serve)


@app.command("show")
def show(
    folder: FolderArgument,
    limit: Annotated[
        int, typer.Option(min=1, max=1000, help="At most so many checkpoints.")
    ] = 5,
    as_json: JsonOption = False,
) -> None:
    """Shows the witness's key, what it has seen of the log, and evidence against it.

    Needs no passphrase and no network. Exit code 1 when there is evidence.
    """
    place = WitnessFolder(folder)
    with _memory(place) as memory:
        card = WitnessCard.read(place.card)
        steps, evidence = memory.steps(limit=limit), memory.evidence()
    if as_json:
        print_json(
            {
                **_card_fields(card),
                "seen": [_step_fields(step) for step in steps],
                "evidence": [_evidence_fields(one) for one in evidence],
            }
        )
    else:
        _show(card, steps, evidence)
    if evidence:
        raise typer.Exit(ExitCode.FAILURE)


@contextmanager
def _memory(place: WitnessFolder) -> Iterator[WitnessStore]:
    if not place.card.exists():
        raise ConfigurationError(
            f"{place.root} is no witness; make one with: rogatory witness init"
        )
    memory = WitnessStore(place.memory)
    try:
        yield memory
    finally:
        memory.close()


def _show(card: WitnessCard, steps: list[Step], evidence: list[FiledEvidence]) -> None:
    print(f"{card.verifier.name}  {card.fingerprint}")
    say_item("  verifier key  ", _shortened(card.verifier.vkey))
    for step in steps:
        seen, at_ms = step.seen.checkpoint, step.cosigned_ms
        cosigned = "not cosigned" if at_ms is None else f"cosigned {iso_time(at_ms)}"
        print(
            f"  {seen.size:>10}  {seen.root.hex()}  seen {iso_time(step.seen_ms)}, "
            f"{cosigned}"
        )
    if not steps:
        note("Nothing was seen yet.")
    for one in evidence:
        say_item(f"  EVIDENCE {one.number}  ", f"{iso_time(one.at_ms)}  ")
        say_item("    ", one.evidence.reason)
        for what, text in (("seen", one.evidence.seen), ("shown", one.evidence.shown)):
            print(f"    {what}:")
            for line in text.splitlines():
                print(f"      {line}")
    if evidence:
        note("Keep this folder, and tell the stewards by other means than the hub.")


def _shortened(vkey: str) -> str:
    """Returns a key that fits on a line: one of ML-DSA-44 has 1,800 characters."""
    if len(vkey) <= _VKEY_SHOWN:
        return vkey
    return f"{vkey[:_VKEY_SHOWN]}… (whole: --json)"


def show_look(look: Look, *, as_json: bool) -> None:
    """Prints what came of one look at the log."""
    shown = look.shown.checkpoint if look.shown else None
    if as_json:
        print_json(
            {
                "outcome": look.outcome.value,
                "answer": look.answer.value if look.answer else None,
                "size": shown.size if shown else None,
                "root": shown.root.hex() if shown else None,
                "evidence": look.evidence.reason if look.evidence else None,
            }
        )
        return
    of = f": {shown.size} entries, root {shown.root.hex()}" if shown else ""
    print(f"{_OUTCOMES[look.outcome]}{of}")
    if look.answer is not None and look.outcome is Outcome.NOT_TAKEN:
        note(f"the hub's answer is {look.answer.value}: {_ANSWERS[look.answer]}")
    if look.evidence is not None:
        note_item("  ", look.evidence.reason)
        note("Both signed checkpoints are kept: rogatory witness show")


def _card_fields(card: WitnessCard) -> dict[str, Any]:
    return {
        "name": card.verifier.name,
        "vkey": card.verifier.vkey,
        "party": card.party,
        "sha256": card.fingerprint,
    }


def _step_fields(step: Step) -> dict[str, Any]:
    seen = step.seen.checkpoint
    return {
        "origin": seen.origin,
        "size": seen.size,
        "root": seen.root.hex(),
        "seen": iso_time(step.seen_ms),
        "cosigned": None if step.cosigned_ms is None else iso_time(step.cosigned_ms),
        "checkpoint": step.seen.note,
    }


def _evidence_fields(one: FiledEvidence) -> dict[str, Any]:
    return {
        "number": one.number,
        "at": iso_time(one.at_ms),
        "contradiction": one.evidence.contradiction.value,
        "reason": one.evidence.reason,
        "seen": one.evidence.seen,
        "shown": one.evidence.shown,
        "proof": [node.hex() for node in one.evidence.proof],
    }
