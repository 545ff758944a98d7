"""`rogatory adapter letters`, `letter`, `mend`, `replay` and `drop`: dead letters."""

from pathlib import Path
from typing import Annotated, Final

import typer

from broker.app.adapters.vault import LetterContent, open_letter, protect_letter
from broker.app.credentials import NodeKeys
from broker.app.node_folder import Node
from broker.cli.adapter_words import LETTER_COLUMNS, letter_fields, letter_row
from broker.cli.asking import confirm
from broker.cli.options import JsonOption, NodeOption, PassphraseOption
from broker.cli.output import note, print_json, print_table, visible
from broker.cli.secrets_prompt import unlock
from broker.cli.session import node_session
from broker.core.adapting import DeadLetter, LetterState, LetterWay
from broker.core.errors import ConfigurationError
from broker.infra.clock import SYSTEM_CLOCK
from keys.private_files import write_private

_MAX_SIZE: Final = 64 << 20  # bytes
_MOST_SHOWN: Final = 20_000  # letters in one state: more than wait, of one adapter

NumberArgument = Annotated[int, typer.Argument(help="Number of the dead letter.")]
NumbersArgument = Annotated[
    list[int] | None, typer.Argument(help="Numbers of dead letters.")
]


def letters(
    name: Annotated[
        str | None, typer.Argument(help="Only of this adapter; of all when absent.")
    ] = None,
    every: Annotated[
        bool, typer.Option("--all", help="Also those that are settled or dropped.")
    ] = False,
    node_dir: NodeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Lists what could not be given or taken in, and waits for a person."""
    with node_session(node_dir) as node:
        # State by state: what was settled long ago must not hide what waits.
        found = [
            one
            for state in LetterState
            if every or state in (LetterState.WAITING, LetterState.REPLAY)
            for one in node.store.letters(name, state, _MOST_SHOWN, bare=True)
        ]
        found.sort(key=lambda one: one.number)
    if as_json:
        print_json({"letters": [letter_fields(one) for one in found]})
        return
    print_table(
        LETTER_COLUMNS, [letter_row(one) for one in found], empty="No dead letter."
    )
    if found:
        note("Look at one: rogatory adapter letter NUMBER")


def letter(
    number: NumberArgument,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="Write what was refused to this file."),
    ] = None,
    node_dir: NodeOption = None,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Shows why something is a dead letter, and what was refused."""
    with node_session(node_dir) as node:
        found = _find(node, number)
        content = _content(unlock(node, passphrase_file), found)
    data = content.data if content else b""
    if output is not None:
        if not data:
            raise ConfigurationError("nothing of it is kept")
        if output.exists():
            raise ConfigurationError(f"{output} is there already; name another file")
        write_private(output, data)
    fields = {
        **letter_fields(found),
        "reason": content.reason if content else None,
        "source": content.source or None if content else None,
        "key": content.key or None if content else None,
        "media_type": content.media_type or None if content else None,
        "bytes": len(data),
        "file": None if output is None else str(output),
    }
    if as_json:
        print_json(fields)
        return
    for what, value in fields.items():
        if value is not None:
            print(visible(f"{what:12} {value}"))
    if content is None:
        note("What was in it is gone: it is settled, or its message was destroyed.")


def mend(
    number: NumberArgument,
    file: Annotated[Path, typer.Option(help="What it should have been.")],
    node_dir: NodeOption = None,
    passphrase_file: PassphraseOption = None,
) -> None:
    """Puts something right that came in, and has its adapter take it in again."""
    with node_session(node_dir) as node:
        found = _find(node, number)
        if found.way is not LetterWay.RECEIVED:
            raise ConfigurationError(
                "what goes out is not changed here: correct the message at its origin, "
                "or the adapter; then: rogatory adapter replay"
            )
        keys = unlock(node, passphrase_file)
        before = _content(keys, found)
        if before is None:
            raise ConfigurationError("what was in it is gone")
        mended = LetterContent(
            reason=f"mended; before: {before.reason}",
            key=before.key,
            data=_read(file),
            media_type=before.media_type,
            source=before.source,
        )
        store_key = keys.holder.store_key
        kept = protect_letter(store_key, found.adapter, found.key, mended)
        _settle(node, found, LetterState.REPLAY, kept)
    note(f"Mended. {_soon(found)}")


def replay(
    numbers: NumbersArgument = None,
    adapter: Annotated[
        str | None, typer.Option(help="All that wait of this adapter instead.")
    ] = None,
    node_dir: NodeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Has dead letters tried again, as soon as their adapter runs.

    What was withheld because of its handling is only given once the ceiling of the
    adapter has been raised.
    """
    if bool(numbers) == (adapter is not None):
        raise ConfigurationError("which? Give numbers, or --adapter NAME")
    with node_session(node_dir) as node:
        found = [_find(node, number) for number in numbers or ()]
        if adapter is not None:
            found = node.store.letters(
                adapter, LetterState.WAITING, _MOST_SHOWN, bare=True
            )
        for one in found:
            _settle(node, one, LetterState.REPLAY)
    if as_json:
        print_json({"replayed": [one.number for one in found]})
        return
    note(f"{len(found)} dead letter(s) will be tried again as soon as the adapter runs")


def drop(
    numbers: NumbersArgument = None,
    yes: Annotated[
        bool, typer.Option("--yes", help="Do not ask for confirmation.")
    ] = False,
    node_dir: NodeOption = None,
) -> None:
    """Gives dead letters up: what is in them is destroyed."""
    if not numbers:
        raise ConfigurationError("which? Give numbers")
    with node_session(node_dir) as node:
        found = [_find(node, number) for number in numbers]
        confirm(f"Destroy what is in {len(found)} dead letter(s)?", yes=yes)
        for one in found:
            _settle(node, one, LetterState.DROPPED)
    note(f"{len(found)} dead letter(s) dropped")


def _find(node: Node, number: int) -> DeadLetter:
    found = node.store.letter(number)
    if found is None:
        raise ConfigurationError(
            f"there is no dead letter {number}; see: rogatory adapter letters --all"
        )
    return found


def _content(keys: NodeKeys, found: DeadLetter) -> LetterContent | None:
    store_key = keys.holder.store_key
    return open_letter(store_key, found.adapter, found.key, found.protected)


def _settle(
    node: Node, found: DeadLetter, state: LetterState, kept: bytes | None = None
) -> None:
    now_ms = SYSTEM_CLOCK.now_ms()
    if not node.store.settle_letter(found.number, state, now_ms, protected=kept):
        raise ConfigurationError(f"dead letter {found.number} is {found.state.value}")


def _read(file: Path) -> bytes:
    try:
        with file.open("rb") as opened:
            data = opened.read(_MAX_SIZE + 1)
    except OSError as error:
        raise ConfigurationError(f"cannot read {file}: {error.strerror}") from None
    if len(data) > _MAX_SIZE:
        raise ConfigurationError(f"{file} is larger than {_MAX_SIZE >> 20} MiB")
    return data


def _soon(found: DeadLetter) -> str:
    return f"It is taken in as soon as this runs: rogatory adapter run {found.adapter}"
