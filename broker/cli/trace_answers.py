"""`rogatory trace answer`: a draft of the answer to a trace request.

What an answer has to say is left to the schema and to `broker.core.tracing.drafts`.
"""

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Final

import typer

from broker.app.contents import Content, content_of
from broker.cli.following import IdArgument
from broker.cli.options import JsonOption, NodeOption, PassphraseOption
from broker.cli.secrets_prompt import unlock
from broker.cli.session import find, node_session
from broker.cli.trace_words import (
    AuthorityOption,
    LimitGround,
    Outcome,
    OutOption,
    draft_of,
    put_draft,
)
from broker.core.errors import ConfigurationError
from broker.core.handling import Handling, Restrictions
from broker.core.linting.trace_request import TRACE_REQUEST
from broker.core.model import message_id_text
from broker.core.tracing.drafts import TO_FILL_IN, Limit, response

_RESPONSE: Final = "trace-response/1"
_MEASURES: Final = {
    Outcome.ANSWERED_RESTRICTED: "RESTRICT",
    Outcome.DELAYED: "DELAY",
    Outcome.REFUSED: "REFUSE",
}


def answer(
    message: IdArgument,
    outcome: Annotated[Outcome, typer.Option(help="What sort of answer it is.")],
    ground: Annotated[
        list[LimitGround] | None,
        typer.Option(
            help="On which of the four grounds it is delayed, restricted or refused; "
            "may be repeated."
        ),
    ] = None,
    reason: Annotated[
        str, typer.Option(help="The reasons, in words: they are owed with a ground.")
    ] = "",
    review_on: Annotated[
        str, typer.Option(help="Day on which a delay is looked at again: 2026-12-31.")
    ] = "",
    handling: Annotated[
        str | None,
        typer.Option(help="Of the answer; the request's labels when absent."),
    ] = None,
    authority: AuthorityOption = "",
    out: OutOption = None,
    node_dir: NodeOption = None,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Drafts the answer to a trace request, in the terms of the tracing instrument.

    An answer may be delayed, restricted or refused on four grounds only, with reasons;
    a delay names the day on which it is looked at again. Where the answer tells
    something, the draft holds words in capitals that have to be replaced: it cannot be
    sent before. Nothing is sent by this.
    """
    limit = _limit(outcome, ground or [], reason.strip(), review_on)
    with node_session(node_dir) as node:
        received = find(node, message).received
        if received is None or received.header.kind != TRACE_REQUEST:
            raise ConfigurationError(
                f"{message} is no trace request that was received here"
            )
        keys = unlock(node, passphrase_file)
        request = content_of(node, keys, received.message_digest)
    if request is None:
        raise ConfigurationError(
            f"{message} cannot be read: it waits for a person, was refused, or was "
            "taken back"
        )
    header = request.header
    draft = draft_of(
        _RESPONSE,
        [header.origin],
        _handling(header.handling, handling),
        header.case_reference,
        response(request.document, outcome.name, limit, authority),
    )
    put_draft(draft, out, list(_advice(request, limit, out)), as_json=as_json)


def _handling(asked: Handling, wanted: str | None) -> Handling:
    """Returns the handling of the answer; what the requester is bound to is ours."""
    if wanted is not None:
        return Handling.parse(wanted)
    return replace(asked, restrictions=Restrictions())


def _limit(
    outcome: Outcome, grounds: list[LimitGround], reason: str, review_on: str
) -> Limit | None:
    measure = _MEASURES.get(outcome)
    if measure is None:
        if grounds or reason or review_on:
            raise ConfigurationError(
                f"an answer that is {outcome.value} has no ground, reason or review: "
                "these go with restricted, delayed and refused"
            )
        return None
    if not grounds or not reason:
        known = ", ".join(LimitGround)
        raise ConfigurationError(
            f"an answer that is {outcome.value} needs --ground ({known}) and --reason"
        )
    if (outcome is Outcome.DELAYED) != bool(review_on):
        raise ConfigurationError(
            "a delay, and nothing else, names the day on which it is looked at again: "
            "--review-on 2026-12-31"
        )
    try:
        day = dt.date.fromisoformat(review_on).isoformat() if review_on else ""
    except ValueError:
        raise ConfigurationError(f"{review_on!r} is no day: 2026-12-31") from None
    return Limit(
        measure=measure,
        grounds=tuple(sorted({one.name for one in grounds})),
        reasons=reason,
        review_on=day,
    )


def _advice(request: Content, limit: Limit | None, out: Path | None) -> Iterator[str]:
    document = request.document
    yield f"Answer to the request of {request.header.origin}."
    undertaking = document.get("undertaking")
    if isinstance(undertaking, dict):
        listed = ", ".join(map(str, undertaking.get("authorities", [])))
        yield f"They undertake that restrictions will be kept; to be seen by: {listed}."
        if limit is not None and "NO_GUARANTEE" in limit.grounds:
            yield "The ground no-guarantee does not fit that: look at it again."
    else:
        yield "They say that restrictions may not be kept: no-guarantee is a ground."
    if limit is None or limit.measure == "RESTRICT":
        yield f"Replace each {TO_FILL_IN}, and leave out what does not apply."
        yield (
            "Besides, an item may have pointOfDiversion, lastLegalHolder, nextCountry "
            "and remarks; all of it: rogatory schema trace-response"
        )
    name = message_id_text(request.header.message_id)
    yield f"Then: rogatory send {out or 'FILE'} --reply-to {name}"
