"""`rogatory case step`: builds and sends the step by which a matter goes on."""

from typing import Annotated, Final

import typer

from broker.app.cases import case_of
from broker.cli.options import JsonOption, NodeOption, PassphraseOption
from broker.cli.secrets_prompt import unlock
from broker.cli.sending import Sending, send_document
from broker.cli.session import current_trust, find, node_session
from broker.core.cases.case import Case
from broker.core.cases.leg import Leg
from broker.core.cases.stepping import STEP
from broker.core.codec.case_events import event_names
from broker.core.codec.documents import encode_document
from broker.core.errors import ConfigurationError
from broker.core.handling import Handling
from broker.core.outgoing import OutgoingDocument
from broker.services.case_steps import STEP_KIND
from keys.identity import PartyId

_ACTS: Final = tuple(
    name.removeprefix(STEP) for name in event_names() if name.startswith(STEP)
)
_COUNTED = ("update", "correct")
"""Acts of which each has a number of its own in the matter."""


def step(
    message: Annotated[
        str,
        typer.Argument(
            help="Message of the matter that the step answers: id or digest, or the "
            "beginning of one."
        ),
    ],
    act: Annotated[
        str,
        typer.Argument(
            help=f"One of {', '.join(_ACTS)}; what is possible now: rogatory case show."
        ),
    ],
    text: Annotated[
        str | None, typer.Option(help="The question, the answer, the reason.")
    ] = None,
    by_when: Annotated[
        str | None, typer.Option(help="Day by which, such as 2031-05-04.")
    ] = None,
    authority: Annotated[
        str | None, typer.Option(help="Office that does it; name no person.")
    ] = None,
    to: Annotated[
        str | None,
        typer.Option(help="To these alone, as BEL,MEX; to all concerned if absent."),
    ] = None,
    handling: Annotated[
        str | None,
        typer.Option(help="Such as 'TLP:AMBER'; as the message answered if absent."),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say who would get it; send nothing.")
    ] = False,
    wait: Annotated[
        float, typer.Option(help="Seconds to wait for the hub to accept it.")
    ] = 0.0,
    node_dir: NodeOption = None,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Moves a matter on: takes it up, asks, answers, withdraws or closes it.

    What may be done now, `rogatory case show` says; anything else is refused, and
    nothing is sent. The step goes to the other side of each leg that the message
    belongs to, under the same case reference.
    """
    sort = _read_act(act)
    with node_session(node_dir) as node:
        answered = find(node, message).message
        header = answered.header
        keys = unlock(node, passphrase_file)
        case = case_of(node, keys, answered.message_digest.hex())
        legs = _legs(case, answered.message_digest, node.party)
        parties = tuple(sorted({_other(leg, node.party) for leg in legs}))
        if to is not None:
            parties = tuple(map(PartyId, to.replace(" ", "").upper().split(",")))
        content: dict[str, object] = {"act": f"CASE_ACT_{sort.upper()}"}
        given = {"text": text, "byWhen": by_when, "authority": authority}
        content |= {name: value for name, value in given.items() if value is not None}
        if sort in _COUNTED:
            content["sequence"] = 1 + _counted(legs, node.party)
        document = OutgoingDocument(
            kind=STEP_KIND,
            body=encode_document(STEP_KIND, content),
            recipients=parties,
            handling=Handling.parse(handling) if handling else header.handling,
            case_reference=header.case_reference or case.reference,
            in_reply_to=answered.message_digest,
        )
        trust = current_trust(node, passphrase_file, parties)
        how = Sending(dry_run=dry_run, wait_s=wait, as_json=as_json)
        send_document(node, keys, trust, document, how)


def _read_act(act: str) -> str:
    sort = act.lower().removeprefix(STEP)
    if sort not in _ACTS:
        raise ConfigurationError(f"{act!r} is none of {', '.join(_ACTS)}")
    return sort


def _legs(case: Case, digest: bytes, me: PartyId) -> list[Leg]:
    legs = [
        leg
        for leg in case.legs
        if me in (leg.opener, leg.addressee) and digest in leg.digests
    ]
    if not legs:
        raise ConfigurationError(
            "the message belongs to no matter that is known here: name one that "
            "`rogatory case show` lists"
        )
    return legs


def _other(leg: Leg, me: PartyId) -> PartyId:
    return leg.addressee if me == leg.opener else leg.opener


def _counted(legs: list[Leg], me: PartyId) -> int:
    """Returns how many updates and corrections we have sent in a matter."""
    names = {f"{STEP}{sort}" for sort in _COUNTED}
    return max(
        sum(one.event.by == me and one.event.told.event in names for one in leg.moves)
        for leg in legs
    )
