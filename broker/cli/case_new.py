"""`rogatory case new`: an empty document of any kind, to be filled in."""

from pathlib import Path
from typing import Annotated

import typer

from broker.cli.output import note
from broker.core.codec.draft_page import draft_page
from broker.core.errors import ConfigurationError


def new(
    kind: Annotated[str, typer.Argument(help="Such as trace-request or stock-loss.")],
    out: Annotated[
        Path | None, typer.Option(help="File to write; standard output if absent.")
    ] = None,
) -> None:
    """Writes an empty document of a kind, with every field and what it has to be.

    Fill in what is not commented out, and send it with: rogatory send FILE. Nothing
    that is left empty is sent: `send` says what is missing and where.
    """
    page = draft_page(kind)
    if out is None:
        print(page, end="")
        return
    try:
        with out.open("x", encoding="utf-8") as file:
            file.write(page)
    except FileExistsError:
        raise ConfigurationError(f"{out} is there already: name another file") from None
    except OSError as error:
        raise ConfigurationError(f"{out} cannot be written: {error.strerror}") from None
    note(f"Written to {out}; fill it in, and send it with: rogatory send {out}")
