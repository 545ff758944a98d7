"""`rogatory policy group`, `rule` and `format`: change a policy file by command.

What stands where in the text is left to `broker.infra.policy_edits`.
"""

import difflib
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from broker.cli.options import JsonOption
from broker.cli.output import note, print_json, visible
from broker.core.sentences import ExitCode
from broker.infra.policy_edits import (
    Edited,
    in_order,
    with_members,
    without_members,
    without_rule,
)
from broker.infra.policy_files import read_policy
from broker.infra.text_files import write_text
from keys.identity import PartyId

FileArgument = Annotated[
    Path, typer.Argument(metavar="FILE", help="A policy file, YAML or JSON.")
]
DryRunOption = Annotated[
    bool, typer.Option("--dry-run", help="Show the difference only; change nothing.")
]
WithCommentsOption = Annotated[
    bool,
    typer.Option(
        "--with-comments",
        help="Take out comments, too, that stand in the lines that go.",
    ),
]


class GroupAction(StrEnum):
    """What to do with members of a group."""

    ADD = "add"
    REMOVE = "remove"


class RuleAction(StrEnum):
    """What to do with a rule."""

    REMOVE = "remove"


def group(
    file: FileArgument,
    action: Annotated[GroupAction, typer.Argument(help="add or remove.")],
    name: Annotated[str, typer.Argument(help="Name of the group.")],
    parties: Annotated[list[str], typer.Argument(help="Party codes: KEN BEL …")],
    new: Annotated[
        bool, typer.Option("--new", help="Make the group if there is none.")
    ] = False,
    with_comments: WithCommentsOption = False,
    dry_run: DryRunOption = False,
    as_json: JsonOption = False,
) -> None:
    """Adds parties to a group of a policy file, or takes them out.

    The rest of the file stays as it is, comments included. Nothing is published by it:
    see what it changes with rogatory policy diff, then publish.
    """
    read = read_policy(file)
    members = [PartyId(party) for party in parties]
    if action is GroupAction.ADD:
        edited = with_members(read, name, members, new=new)
    else:
        edited = without_members(read, name, members, with_comments=with_comments)
    _finish(edited, dry_run=dry_run, as_json=as_json)


def rule(
    file: FileArgument,
    action: Annotated[RuleAction, typer.Argument(help="remove.")],  # noqa: ARG001 - one today
    name: Annotated[str, typer.Argument(help="id of the rule.")],
    with_comments: WithCommentsOption = False,
    dry_run: DryRunOption = False,
    as_json: JsonOption = False,
) -> None:
    """Takes a rule out of a policy file.

    Comments above the rule stay: they may be about those that follow. The rest of the
    file stays as it is.
    """
    edited = without_rule(read_policy(file), name, with_comments=with_comments)
    _finish(edited, dry_run=dry_run, as_json=as_json)


def format_(
    file: FileArgument,
    check: Annotated[
        bool,
        typer.Option("--check", help="Change nothing; exit code 1 if it would."),
    ] = False,
    dry_run: DryRunOption = False,
    as_json: JsonOption = False,
) -> None:
    """Brings the keys of a policy file into the documented order.

    A comment moves with the line that it stands above or beside. What the policy means
    stays the same, which is checked before anything is written.
    """
    edited = in_order(read_policy(file))
    _finish(edited, dry_run=dry_run or check, as_json=as_json)
    if check and edited.text != edited.before.text:
        raise typer.Exit(ExitCode.FAILURE)


def _finish(edited: Edited, *, dry_run: bool, as_json: bool) -> None:
    """Shows what changes, and writes it."""
    path, before = edited.before.path, edited.before.text
    changed = edited.text != before
    difference = "".join(
        line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"
        for line in difflib.unified_diff(
            before.splitlines(keepends=True),
            edited.text.splitlines(keepends=True),
            str(path),
            str(path),
        )
    )
    if changed and not dry_run:
        write_text(path, edited.text)
    if as_json:
        print_json(
            {
                "file": str(path),
                "changed": changed,
                "written": changed and not dry_run,
                "diff": difference,
                "comments_taken_out": list(edited.lost),
            }
        )
        return
    print(visible(difference), end="")
    if not changed:
        note(f"{path} is so already; nothing was changed")
    elif dry_run:
        note(f"{path} was not changed")
    else:
        note(f"{path} is changed. See what it means with rogatory policy check {path}")
