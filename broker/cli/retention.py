"""`rogatory retention`: how long contents are kept, and destroying what is due."""

import sys
from collections import Counter
from typing import Annotated, Final

import typer

from broker.app.recalls import retention_desk, retention_rules
from broker.cli.asking import confirm
from broker.cli.following import short_time
from broker.cli.options import JsonOption, NodeOption, PassphraseOption
from broker.cli.output import note, print_json, print_table
from broker.cli.secrets_prompt import unlock
from broker.cli.session import node_session
from broker.core.errors import ConfigurationError
from broker.core.recalls.retention import (
    MINIMUM_YEARS,
    Fate,
    Judgement,
    RecordClass,
    RetentionRules,
)
from broker.core.status import iso_time
from broker.services.retention import RetentionPlan

_DIGEST_LENGTH: Final = 64  # hexadecimal digits

app = typer.Typer(
    no_args_is_help=True,
    help="How long contents are kept, and destroying those whose time is over.",
)


@app.command("show")
def show(
    node_dir: NodeOption = None,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Shows how long each class is kept, how much of it is here, and what is due.

    A conflict is a content whose provider, or our own policy, wants it gone before
    the law lets it go: that is for people to decide.
    """
    with node_session(node_dir) as node:
        keys = unlock(node, passphrase_file)
        rules = retention_rules(node.settings)
        counted = Counter(
            (one.record_class, one.fate)
            for one in retention_desk(node, keys).judgements()
        )
        holds = node.store.holds()
    if as_json:
        print_json(
            {
                "classes": [
                    {
                        **_class_fields(one, rules),
                        **{fate.value: counted[one, fate] for fate in Fate},
                    }
                    for one in RecordClass
                ],
                "holds": [
                    {
                        "digest": one.message_digest.hex(),
                        "authority": one.authority,
                        "since": iso_time(one.at_ms),
                    }
                    for one in holds
                ],
            }
        )
        return
    rows = [
        (
            one.value,
            f"{MINIMUM_YEARS[one]} years" if one in MINIMUM_YEARS else "none",
            f"{rules.days[one]} days" if one in rules.days else "not limited",
            *(str(counted[one, fate]) for fate in Fate),
        )
        for one in RecordClass
    ]
    print_table(
        ("class", "at least", "at most", *(fate.value for fate in Fate)), rows, empty=""
    )
    for hold in holds:
        digest = hold.message_digest.hex()[:16]
        since = short_time(hold.at_ms)
        note(f"kept by order of {hold.authority} since {since}: {digest}")


@app.command("run")
def run(
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="List what is due; destroy nothing.")
    ] = False,
    confirmed: Annotated[
        str | None,
        typer.Option("--confirm", help="The digest that --dry-run printed."),
    ] = None,
    yes: Annotated[
        bool, typer.Option("--yes", help="Show what is due, and do not ask.")
    ] = False,
    node_dir: NodeOption = None,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Destroys the contents whose time is over. It cannot be undone.

    Run it with --dry-run first; it prints what is due, and a digest of it. With
    --confirm DIGEST exactly that is destroyed, and nothing if something else is due
    meanwhile. A run that was cut off goes on when it is confirmed again.

    Headers, signatures, receipts and decisions stay: what was exchanged, with whom,
    and by which rule can be proved; what it said is gone.
    """
    with node_session(node_dir) as node:
        desk = retention_desk(node, unlock(node, passphrase_file))
        if confirmed is not None:
            digest = _digest(confirmed)
            plan = desk.confirmed(digest)
        else:
            plan = desk.plan()
            digest = plan.digest
            _show_plan(plan, as_json=as_json and dry_run)
        if dry_run or not plan.count:
            return
        if confirmed is None:
            confirm(f"Destroy {plan.count} content(s) for good?", yes=yes)
        done = 0
        for done in desk.run(plan, digest):
            if sys.stderr.isatty() or done == plan.count:
                note(f"{done} of {plan.count} destroyed")
        clean = desk.store.scrub()
    if not clean:
        note("The file is still read by others; the node overwrites the rest itself.")
    if as_json:
        print_json({"destroyed": done, "digest": digest.hex()})


def _digest(text: str) -> bytes:
    try:
        found = bytes.fromhex(text)
    except ValueError:
        found = b""
    if len(text) != _DIGEST_LENGTH or not found:
        raise ConfigurationError(
            "--confirm takes the digest that rogatory retention run --dry-run prints"
        )
    return found


def _show_plan(plan: RetentionPlan, *, as_json: bool) -> None:
    if as_json:
        print_json(
            {
                "digest": plan.digest.hex(),
                "count": plan.count,
                "due": [_judged_fields(one) for one in plan.due],
                "drafts": [draft.hex() for draft in plan.drafts],
                "conflicts": [_judged_fields(one) for one in plan.conflicts],
                "held": [_judged_fields(one) for one in plan.held],
            }
        )
        return
    columns = ("message", "kind", "class", "sealed", "ends by", "since", "what")
    rows = [
        _judged_row(one)
        for group in (plan.due, plan.conflicts, plan.held)
        for one in group
    ]
    print_table(columns, rows, empty="No message is due.")
    if plan.drafts:
        note(f"{len(plan.drafts)} document(s) that were never sent are due as well.")
    if plan.conflicts:
        note(
            f"{len(plan.conflicts)} in conflict: a limit is over and the law keeps "
            "them. Nothing is done about them; ask their provider."
        )
    if not plan.count:
        return
    note(f"Due: {plan.count}. To destroy exactly these:")
    note(f"  rogatory retention run --confirm {plan.digest.hex()}")


def _judged_row(one: Judgement) -> tuple[str, ...]:
    return (
        one.kept.message_digest.hex()[:16],
        one.kept.kind,
        one.record_class.value,
        short_time(one.kept.sealed_ms),
        one.rule,
        "" if one.due_ms is None else short_time(one.due_ms),
        _what(one),
    )


def _what(one: Judgement) -> str:
    if one.fate is Fate.HELD:
        return f"held by {one.kept.held_by}"
    if one.fate is Fate.CONFLICT and one.minimum_ms is not None:
        return f"conflict: by law until {short_time(one.minimum_ms)}"
    return one.fate.value


def _judged_fields(one: Judgement) -> dict[str, object]:
    return {
        "digest": one.kept.message_digest.hex(),
        "kind": one.kept.kind,
        "class": one.record_class.value,
        "sealed": iso_time(one.kept.sealed_ms),
        "rule": one.rule,
        "ended": None if one.due_ms is None else iso_time(one.due_ms),
        "by_law_until": None if one.minimum_ms is None else iso_time(one.minimum_ms),
        "held_by": one.kept.held_by or None,
    }


def _class_fields(one: RecordClass, rules: RetentionRules) -> dict[str, object]:
    return {
        "class": one.value,
        "minimum_years": MINIMUM_YEARS.get(one),
        "limit_days": rules.days.get(one),
    }
