"""`rogatory policy new`: a policy file to start from.

What the starters say is left to the files themselves.
"""

from pathlib import Path
from typing import Annotated

import typer

from broker.app.starters import starters
from broker.cli.options import JsonOption
from broker.cli.output import note, print_json, print_table
from broker.core.errors import ConfigurationError
from broker.core.policy.problems import suggestion
from broker.infra.policy_files import policy_in
from broker.infra.text_files import write_text
from keys.identity import PartyId


def new(
    starter: Annotated[
        str | None, typer.Option(help="Which starter; --list shows them.")
    ] = None,
    party: Annotated[
        str | None, typer.Option(help="Whose policy it shall be: KEN, XPO, …")
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="The file to make.")
    ] = None,
    show: Annotated[bool, typer.Option("--list", help="List the starters.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Makes a policy file from a starter: complete, commented, ready to be changed.

    A file that is there already is not replaced. Without -o the text is printed.
    """
    known = starters()
    if show:
        if as_json:
            print_json({"starters": {s.name: s.title for s in known.values()}})
            return
        rows = [(one.name, one.title) for one in known.values()]
        print_table(("starter", "what it is"), rows, empty="there are none")
        return
    if starter is None or party is None:
        raise ConfigurationError(
            "give --starter and --party, or --list to see which starters there are"
        )
    if starter not in known:
        raise ConfigurationError(
            f"there is no starter {starter!r}{suggestion(starter, tuple(known))}; "
            f"there are {', '.join(known)}"
        )
    text = known[starter].made_for(PartyId(party))
    policy_in(text, output or Path("policy.yaml"))
    if output is None and not as_json:
        print(text, end="")
        return
    if output is not None:
        write_text(output, text, new=True)
    if as_json:
        made = None if output is None else str(output)
        print_json({"starter": starter, "party": party, "file": made, "text": text})
        return
    note(f"{output} is made. Read it, change it, then: rogatory policy check {output}")
