"""`rogatory trace close`: ends a trace at everybody who took part in it.

What is told to whom is said in `broker.app.closing`.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from broker.app.closing import LegClosing, closings
from broker.app.credentials import NodeKeys
from broker.app.node_folder import Node, dispatcher
from broker.app.pending import pending_desk
from broker.app.tracing import TraceCase, trace_case
from broker.cli.asking import confirm
from broker.cli.options import JsonOption, NodeOption, PassphraseOption
from broker.cli.output import note, print_json, print_table, report
from broker.cli.secrets_prompt import unlock
from broker.cli.session import current_trust, node_session
from broker.cli.trace_words import Basis, CaseArgument, Status, draft_of, put_drafts
from broker.core.errors import Code, ConfigurationError, RefusedError
from broker.core.model import message_id_text
from broker.core.sentences import ExitCode
from broker.core.trust import Trust
from broker.infra.clock import SYSTEM_CLOCK

_COLUMNS = ("to", "what came of it", "id")


def close(
    case: CaseArgument,
    basis: Annotated[Basis, typer.Option(help="Why it ends.")],
    status: Annotated[
        Status | None,
        typer.Option(
            help="What the items count as; what follows from the basis when absent."
        ),
    ] = None,
    remarks: Annotated[str, typer.Option(help="Remarks, for everybody.")] = "",
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", help="Folder for drafts; nothing is sent then."),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would be sent; send nothing.")
    ] = False,
    yes: Annotated[
        bool, typer.Option("--yes", help="Do not ask for confirmation.")
    ] = False,
    node_dir: NodeOption = None,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Closes every open leg of a trace, each with what its State may be told.

    The chain of custody is put together over all legs. What one State has answered goes
    to another only as far as it may be passed on. Where answers contradict one another
    nothing is said of it: look at them with rogatory trace show, or write the closing
    yourself (--out). What has been sent cannot be undone; a leg that is closed is left
    as it is, so that the command may be repeated.
    """
    with node_session(node_dir) as node:
        keys = unlock(node, passphrase_file)
        now_ms = SYSTEM_CLOCK.now_ms()
        trace = trace_case(node, keys, case, now_ms)
        _tell_conflicts(trace)
        if basis is Basis.POINT_OF_DIVERSION and out is None:
            _check_point(trace)
        stated = "" if status is None else status.name
        found = closings(
            node, keys, trace, (basis.name, stated, remarks), now_ms=now_ms
        )
        if not found:
            raise ConfigurationError("no leg of this trace that is ours is open")
        for one in found:
            _tell_kept_back(one)
        if dry_run or out is not None:
            drafts = {
                one.to: draft_of(
                    one.document.kind,
                    [one.to],
                    one.document.handling,
                    one.document.case_reference,
                    one.content,
                )
                for one in found
            }
            replies = {one.to: one.request for one in found}
            put_drafts(drafts, out, replies, as_json=as_json)
            return
        who = ", ".join(one.to for one in found)
        confirm(f"Close the trace at {who}? It cannot be undone.", yes=yes)
        trust = current_trust(node, passphrase_file, [*_parties(found)])
        told = [send_closing(node, keys, trust, one) for one in found]
    _show(told, as_json=as_json)
    if any(one["state"] == "refused" for one in told):
        raise typer.Exit(ExitCode.REFUSED)


def _check_point(trace: TraceCase) -> None:
    """Refuses to name a point of diversion where nobody or several have named one."""
    points = [len(one.points) for one in trace.custodies]
    if any(count == 1 for count in points):
        return
    why = "no answer names one" if not any(points) else "answers name several"
    raise ConfigurationError(
        f"the point of diversion is not established: {why}; close on another basis, or "
        "write it yourself with --out"
    )


def _tell_conflicts(trace: TraceCase) -> None:
    for at, custody in enumerate(trace.custodies):
        for one in custody.conflicts:
            note(f"item {at}: {one.about}: {one.text} ({' / '.join(one.between)})")


def _tell_kept_back(closing: LegClosing) -> None:
    for one in closing.kept_back:
        note(
            f"{closing.to} is not told what {one.by} answered ({one.why}); ask with: "
            f"rogatory permission ask {one.message} --to {closing.to} --purpose "
            "point-of-diversion --reason '...'"
        )


def _parties(found: Sequence[LegClosing]) -> list[Any]:
    return [party for one in found for party in one.document.recipients]


def send_closing(
    node: Node, keys: NodeKeys, trust: Trust, closing: LegClosing
) -> dict[str, str | None]:
    """Sends one closing, or says why not: the others are sent all the same."""
    told: dict[str, str | None] = {"to": closing.to, "id": None}
    try:
        [sealed] = dispatcher(node, keys, lambda: trust).send(closing.document)
    except RefusedError as error:
        if error.code is Code.APPROVAL_NEEDED:
            waits = pending_desk(node, keys, lambda: trust).hold(closing.document)
            name = waits.pending.pending_id.hex()
            return {**told, "state": "waits for approval", "id": name}
        note(f"{closing.to}: {report(error).text}")
        return {**told, "state": "refused"}
    name = message_id_text(sealed.header.message_id)
    return {**told, "state": "stored", "id": name}


def _show(told: Sequence[dict[str, str | None]], *, as_json: bool) -> None:
    if as_json:
        print_json({"closings": list(told)})
        return
    rows = [(str(one["to"]), str(one["state"]), one["id"] or "") for one in told]
    print_table(_COLUMNS, rows, empty="nothing was sent")
