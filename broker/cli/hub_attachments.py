"""`rogatory hub attachments`: how much room the files beside messages take at the hub.

How much they may take is left to `hub.toml`.
"""

from pathlib import Path
from typing import Annotated

import typer

from broker.app.hub_attachments import room_taken
from broker.cli.options import JsonOption
from broker.cli.output import note, print_json, print_table


def attachments(
    folder: Annotated[Path, typer.Argument(help="Folder of the hub.")],
    as_json: JsonOption = False,
) -> None:
    """Shows for each party how many files the hub keeps, and how much room they take.

    The hub cannot read them, and does not know which message names which.
    """
    taken = room_taken(folder)
    if as_json:
        parties = [
            {"party": party, "files": files, "bytes": size}
            for party, files, size in taken.parties
        ]
        print_json(
            {
                "parties": parties,
                "party_max_bytes": taken.party_max_size,
                "all_max_bytes": taken.all_max_size,
            }
        )
        return
    rows = [
        (
            party,
            str(files),
            str(size),
            f"{100 * size // max(1, taken.party_max_size)} %",
        )
        for party, files, size in taken.parties
    ]
    columns = ("party", "files", "bytes", "of its room")
    print_table(columns, rows, empty="The hub keeps no file.")
    note(
        f"Each party may take {taken.party_max_size} bytes, all of them together "
        f"{taken.all_max_size}."
    )
