"""`rogatory hand-out`: gives a content to a desk or a national system, as a file."""

import json
from pathlib import Path
from typing import Annotated

import typer

from broker.app.doubts import doubts_about
from broker.cli.following import IdArgument, header_fields
from broker.cli.forwarding import opened_here
from broker.cli.handling_words import handling_fields
from broker.cli.options import JsonOption, NodeOption, PassphraseOption
from broker.cli.output import note, print_json
from broker.cli.permission_words import USES, purpose_in
from broker.cli.secrets_prompt import unlock
from broker.cli.session import node_session
from broker.core.admitted import HandedOut
from broker.core.codec.handed import handed_document
from broker.core.errors import ConfigurationError
from broker.core.handling import Handling
from broker.core.handover import Taker, hand_over
from broker.core.onward import Provided
from broker.core.records import InboxMessage
from broker.core.status import iso_time
from broker.infra.clock import SYSTEM_CLOCK
from broker.services.holdings import Holdings
from keys.framing import sha256
from keys.private_files import write_private


def hand_out(
    message: IdArgument,
    desk: Annotated[
        str, typer.Option(help="The desk or system, as the policy's `route` names it.")
    ],
    output: Annotated[Path, typer.Option("--output", "-o", help="The file to write.")],
    agency: Annotated[
        str | None,
        typer.Option(
            help="Its agency, as providers name agencies; else the desk itself."
        ),
    ] = None,
    purpose: Annotated[
        str | None, typer.Option(help=f"What it is given for: {USES}.")
    ] = None,
    node_dir: NodeOption = None,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Writes a content as JSON for a desk, with the handling that binds it.

    Refused unless the policy gives the message to this desk and everybody it came
    through lets this agency have it. The handling in the file is what binds whoever
    reads it; it is never looser than the provider's. Who was given what is recorded.
    """
    with node_session(node_dir) as node:
        received = opened_here(node, message)
        if output.exists():
            raise ConfigurationError(f"{output} is there already; name another file")
        use = None if purpose is None else purpose_in(purpose)
        keys = unlock(node, passphrase_file)
        holdings = Holdings(keys.holder, node.store)
        provided, now_ms = holdings.provided(received), SYSTEM_CLOCK.now_ms()
        taker = Taker(desk=desk, agency=agency or desk, use=use)
        binding = hand_over(
            provided,
            node.store.admission(received.message_digest),
            taker,
            holdings.answers(),
            now_ms,
        )
        doubt = doubts_about(node, [received]).get(received.message_digest)
        written = _file(received, provided, binding, taker, doubt)
        # First the note, then the file: what was given is never missing in the notes.
        node.store.note_handed_out(
            HandedOut(
                message_digest=received.message_digest,
                desk=taker.desk,
                agency=taker.agency,
                purpose=taker.use.word if taker.use else "",
                at_ms=now_ms,
                file_digest=sha256(written),
            )
        )
        write_private(output, written)
    if as_json:
        print_json({"file": str(output), "sha256": sha256(written).hex()})
    taken_by = taker.desk if agency is None else f"{taker.desk} of {taker.agency}"
    note(f"{binding}, for {taken_by}: {output}")
    if doubt:
        note(f"warning: {doubt}")


def _file(
    received: InboxMessage,
    provided: Provided,
    binding: Handling,
    taker: Taker,
    doubt: str | None,
) -> bytes:
    until = provided.kept_until_ms
    header = header_fields(received.header)
    # One handling only: another one, less complete, might be taken for it.
    del header["handling"], header["restrictions"]
    document = {
        # First, so that nobody reads the rest without it.
        "handling": handling_fields(binding),
        "keep_until": None if until is None else iso_time(until),
        "given_to": {
            "desk": taker.desk,
            "agency": taker.agency,
            "purpose": taker.use.word if taker.use else None,
        },
        "provider": str(provided.provider.by),
        "warning": doubt,
        "message": header,
        "kind": provided.kind,
        "content": handed_document(provided.kind, provided.body),
    }
    return json.dumps(document, indent=2, ensure_ascii=False).encode() + b"\n"
