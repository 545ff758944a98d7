"""`rogatory policy diff` and `matrix`: what policies do, before they are published.

Finding it out is left to `broker.core.policy`, the page to `broker.cli.matrix_page`.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from broker.cli.matrix_page import matrix_page
from broker.cli.options import JsonOption, NodeOption, PassphraseOption
from broker.cli.output import note, print_json, print_table, visible
from broker.cli.policy_parties import (
    AllCountriesOption,
    PartiesOption,
    chosen_parties,
    named_policy,
)
from broker.core.policy.aspects import day_of
from broker.core.policy.audience import Audience
from broker.core.policy.differences import differences
from broker.core.policy.dimensions import Span
from broker.core.policy.matrix import ORDINARY, Line, Matrix, matrix as matrix_of
from broker.core.policy.sides import parties_of, stand_in
from broker.core.policy.wording import UNSAID
from broker.infra.clock import SYSTEM_CLOCK
from broker.infra.text_files import write_text


def diff(
    old: Annotated[
        str,
        typer.Argument(help="The policy that was: a file, or the word published."),
    ],
    new: Annotated[
        str, typer.Argument(help="The policy that is to be: a file, or published.")
    ],
    parties_file: PartiesOption = None,
    all_countries: AllCountriesOption = False,
    node_dir: NodeOption = None,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Shows who gains and who loses what when one policy takes another's place.

    Every kind of question that the rules tell apart is looked at, from today on: no
    line means that no message is answered differently. Without --parties or
    --all-countries, all parties that neither policy names count as one.

    No node is needed, unless one of the two is the word published.
    """
    policies = [named_policy(name, node_dir, passphrase_file) for name in (old, new)]
    parties = chosen_parties(parties_file, all_countries=all_countries)
    today = day_of(SYSTEM_CLOCK.now_ms())
    found = differences(policies[0], policies[1], parties, Span(today, None))
    if as_json:
        print_json({"differences": [one.as_json() for one in found]})
        return
    for side, lead in (("export", "What leaves:"), ("import", "What arrives:")):
        lines = [one.text for one in found if one.side == side]
        for line in [lead, *(f"  {line}" for line in lines)] if lines else []:
            print(visible(line))
    note(UNSAID if found else "Every question is answered as before.")


def matrix(
    file: Annotated[
        str | None,
        typer.Argument(help="A policy file; the published policy if absent."),
    ] = None,
    imports: Annotated[
        bool, typer.Option("--imports", help="What arrives, instead of what leaves.")
    ] = False,
    html: Annotated[
        Path | None, typer.Option("--html", help="Write a page to this new file.")
    ] = None,
    each: Annotated[
        bool, typer.Option("--all", help="List each party, even if several are alike.")
    ] = False,
    parties_file: PartiesOption = None,
    all_countries: AllCountriesOption = False,
    node_dir: NodeOption = None,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Shows which kinds go to which parties today, and up to which label.

    Parties with the same row share it. Without --parties or --all-countries, all
    parties that the policy does not name count as one. No node is needed when a file
    is given.
    """
    policy = named_policy(file, node_dir, passphrase_file)
    given = chosen_parties(parties_file, all_countries=all_countries)
    parties = parties_of([policy]) if given is None else given
    side = "import" if imports else "export"
    found = matrix_of(policy, side, parties, SYSTEM_CLOCK.now_ms())
    audience = Audience(
        parties=parties - {policy.party},
        groups={group.name: group.members for group in policy.groups},
        others=stand_in([policy]) if given is None else None,
    )
    rows = list(_rows(found, audience, each=each))
    if html is not None:
        write_text(html, matrix_page(found, rows), new=True)
        note(f"wrote {html}")
    elif as_json:
        print_json(found.as_json())
    else:
        print_table(
            ("parties", "kinds", "ordinary messages go with at most"),
            list(_table(found, rows)),
            empty="There is no other party.",
        )
        note(ORDINARY)


def _rows(
    found: Matrix, audience: Audience, *, each: bool
) -> Iterator[tuple[str, Line]]:
    """Yields the rows, each with words for its parties."""
    for line in found.lines:
        if not each:
            yield audience.named(frozenset(line.parties)), line
            continue
        for party in line.parties:
            yield audience.named(frozenset({party})), line


def _table(
    found: Matrix, rows: list[tuple[str, Line]]
) -> Iterator[tuple[str, str, str]]:
    """Yields a row for the kinds of one party that fare alike."""
    for who, line in rows:
        alike: dict[str, list[str]] = {}
        for kind, cell in zip(found.kinds, line.cells, strict=True):
            alike.setdefault(cell.text, []).append(kind)
        shown = who
        for text, kinds in alike.items():
            yield shown, ", ".join(kinds), text
            shown = ""
