"""`rogatory demo`: a whole federation on this machine, and what happens in it."""

import asyncio
import shlex
import sys
from pathlib import Path
from typing import Annotated

import typer

from broker.app.demo import (
    DemoMessage,
    DemoResult,
    Federation,
    federation,
    tell_the_story,
)
from broker.cli.documents import read_document
from broker.cli.options import JsonOption
from broker.cli.output import note, print_json, print_table
from broker.cli.running import run_until_stopped
from broker.core.errors import ConfigurationError
from broker.core.evidence.findings import State
from broker.core.model import message_id_text
from broker.core.outgoing import OutgoingDocument
from broker.core.status import iso_time
from broker.infra import logs


def demo(
    once: Annotated[
        bool, typer.Option("--once", help="End after the story, without waiting.")
    ] = False,
    verbose: Annotated[
        bool, typer.Option("--verbose", help="Show what the services log.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Runs a hub and four parties here, sends the examples, verifies the audit.

    The federation keeps running until Ctrl-C, and is then removed.
    """
    logs.configure("info" if verbose else "error")
    if as_json and not once:
        raise ConfigurationError("--json goes with --once: one document, then the end")

    async def play(stop: asyncio.Event) -> None:
        async with federation(_tell) as running:
            result = await tell_the_story(running, _read, _tell)
            if as_json:
                print_json(_fields(result))
            else:
                _show(result)
            if not once:
                _show_next(running, result)
                await stop.wait()
                note("ending the federation and removing its folder …")

    run_until_stopped(play)


def _tell(text: str) -> None:
    note(f"· {text}")


def _read(path: Path) -> OutgoingDocument:
    return read_document(
        path, to=None, handling=None, case_reference=None, expires_in=None
    ).document


def _show(result: DemoResult) -> None:
    print()
    rows = []
    for message in result.messages:
        header = message.header
        for recipient in message.status.recipients:
            stages = "  ".join(
                f"{step.stage.name} +{step.at_ms - header.created_ms} ms"
                for step in recipient.steps
            )
            rows.append(
                (
                    message_id_text(header.message_id),
                    header.kind,
                    f"{header.origin} → {recipient.party}",
                    str(header.handling),
                    stages,
                )
            )
    print_table(("id", "kind", "from → to", "handling", "receipts"), rows, empty="")
    print()
    for refusal in result.refusals:
        print(
            f"refused: {refusal.origin} → {', '.join(refusal.recipients)}"
            f"  {refusal.kind}"
        )
        print(f"  {refusal.code}: {refusal.reason}")
    print()
    rows = [
        (
            one.case,
            one.matter,
            f"{one.opener} → {one.addressee}",
            one.state,
            "; ".join(one.owed) or "nothing",
        )
        for one in result.matters
    ]
    print_table(("case", "matter", "from → to", "state", "owed by"), rows, empty="")
    given = result.given
    print(f"\ngiven to {given.desk} of {given.party}, under {given.handling}:")
    print(f"  {given.file}")
    checkpoint = result.checkpoint
    print()
    print(
        f"audit verified: {checkpoint.size} entries, "
        f"root {checkpoint.root.hex()[:16]}…; "
        f"{result.proven} receipts proven by the parties themselves"
    )
    report = result.evidence.report
    print(
        f"evidence checked: {len(report.of(State.PROVED))} findings proved, "
        f"{len(report.of(State.BROKEN))} do not hold; "
        f"cosigned by {', '.join(report.witnesses)}"
    )


def _show_next(running: Federation, result: DemoResult) -> None:
    command = shlex.quote(str(Path(sys.argv[0]).resolve()))
    beside = Path(sys.executable).parent / "rogatory"
    if beside.is_file():
        command = shlex.quote(str(beside))
    first = message_id_text(result.messages[0].header.message_id)
    ken, bel = running.folder / "KEN", running.folder / "BEL"
    note("")
    note("The federation is running. In another terminal, try:")
    note(f"  export ROGATORY_NODE={shlex.quote(str(ken))}")
    note(f"  {command} sent")
    note(f"  {command} status {first}")
    note(f"  {command} show {first} --node {shlex.quote(str(bel))}")
    note(f"  {command} send examples/trace-request.yaml --to BEL --wait 5")
    note(f"  {command} case list")
    note(f"  {command} case show {first}")
    note(f"  {command} directory show")
    mex = shlex.quote(str(running.folder / "MEX"))
    note(f"  {command} adapter show customs --node {mex}")
    note(f"  {command} audit verify")
    note(f"  {command} audit message {first}")
    evidence = result.evidence
    note(
        f"  {command} evidence verify {shlex.quote(str(evidence.file))} "
        f"--root-sha256 {evidence.root_sha256.hex()} --witnesses 1"
    )
    note(f"  {command} doctor")
    note("Ctrl-C ends it.")


def _fields(result: DemoResult) -> dict[str, object]:
    checkpoint = result.checkpoint
    return {
        "messages": [_message(one) for one in result.messages],
        "refused": [
            {
                "kind": one.kind,
                "from": one.origin,
                "to": list(one.recipients),
                "code": one.code,
                "reason": one.reason,
            }
            for one in result.refusals
        ],
        "matters": [
            {
                "case": one.case,
                "matter": one.matter,
                "from": one.opener,
                "to": one.addressee,
                "state": one.state,
                "owed": list(one.owed),
            }
            for one in result.matters
        ],
        "given": {
            "party": result.given.party,
            "desk": result.given.desk,
            "handling": result.given.handling,
            "file": str(result.given.file),
        },
        "audit": {
            "verified": True,
            "entries": checkpoint.size,
            "checkpoint": {
                "origin": checkpoint.origin,
                "size": checkpoint.size,
                "root": checkpoint.root.hex(),
            },
        },
        "evidence": {
            "holds": result.evidence.report.holds,
            "root_sha256": result.evidence.root_sha256.hex(),
            "witnesses": list(result.evidence.report.witnesses),
        },
    }


def _message(one: DemoMessage) -> dict[str, object]:
    return {
        "id": message_id_text(one.header.message_id),
        "kind": one.header.kind,
        "from": one.header.origin,
        "to": [
            {
                "party": recipient.party,
                "stages": [
                    {"stage": step.stage.name, "at": iso_time(step.at_ms)}
                    for step in recipient.steps
                ],
            }
            for recipient in one.status.recipients
        ],
    }
