"""`rogatory plan propose`, `answer` and `report`: what a party says about a plan.

Each goes to all parties of the plan in one message, or to nobody.
"""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Final

import typer

from broker.app.credentials import NodeKeys
from broker.app.node_folder import Node, dispatcher
from broker.app.plan_drafts import amendment_from, proposal_from
from broker.app.plans import answer_to, check_whole, plan_of, report_on
from broker.cli.asking import confirm
from broker.cli.options import JsonOption, NodeOption, PassphraseOption
from broker.cli.permission_words import DryRunOption, WaitOption, YesOption
from broker.cli.secrets_prompt import unlock
from broker.cli.sending import Sending, send_document
from broker.cli.session import current_trust, find, node_session
from broker.core.cases.plan_messages import Progress, Report, Verdict
from broker.core.cases.plan_state import PlanState
from broker.core.codec.draft import parse_draft
from broker.core.errors import ConfigurationError
from broker.core.outgoing import OutgoingDocument
from broker.infra.document_files import load_file

_SHORT: Final = 8  # hexadecimal digits that the beginning of a version needs

PlanArgument = Annotated[
    str,
    typer.Argument(
        help="Id of the plan or of a message in it, or the beginning of one; or the "
        "reference of its case."
    ),
]
VersionOption = Annotated[
    list[str] | None,
    typer.Option(
        "--version",
        help="Digest of the version, or its beginning; needed where several are open.",
    ),
]


def propose(
    file: Annotated[
        Path, typer.Argument(help="The proposal, YAML or JSON; its id is made here.")
    ],
    reply_to: Annotated[
        str | None, typer.Option(help="Id of the alert that it is about.")
    ] = None,
    case: Annotated[
        str | None, typer.Option(help="Pseudonymous reference of the case.")
    ] = None,
    handling: Annotated[
        str | None, typer.Option(help="Such as 'TLP:AMBER'; of the alert if absent.")
    ] = None,
    dry_run: DryRunOption = False,
    yes: YesOption = False,
    wait: WaitOption = 0.0,
    node_dir: NodeOption = None,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Proposes a plan to all parties that it names, in one message.

    Whoever proposes agrees. The plan is agreed once every party has accepted the same
    version, word for word.
    """
    with node_session(node_dir) as node:
        draft = parse_draft(load_file(file))
        alert = None if reply_to is None else find(node, reply_to).message
        stated = replace(
            draft,
            handling=handling or draft.handling,
            case_reference=case or draft.case_reference,
        )
        header = None if alert is None else alert.header
        document = proposal_from(stated, node.party, header)
        if alert is not None:
            document = replace(document, in_reply_to=alert.message_digest)
        keys = unlock(node, passphrase_file)
        how = Sending(dry_run=dry_run, wait_s=wait, as_json=as_json)
        question = f"Propose this plan to {', '.join(document.recipients)}, and agree?"
        _say(node, keys, passphrase_file, document, how, "" if yes else question)


def answer(
    plan: PlanArgument,
    verdict: Annotated[
        Verdict, typer.Argument(help="accept, amend, decline or withdraw.")
    ],
    version: VersionOption = None,
    terms: Annotated[
        Path | None,
        typer.Option(
            help="amend: file with the other version, as 'plan terms' writes it."
        ),
    ] = None,
    reason: Annotated[
        str, typer.Option(help="Why, in words; needed but to accept.")
    ] = "",
    dry_run: DryRunOption = False,
    yes: YesOption = False,
    wait: WaitOption = 0.0,
    node_dir: NodeOption = None,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Answers a plan, to all of its parties in one message. The last word counts.

    To amend is to agree to another version instead; an agreement that stood ends until
    all agree again. With several --version, the new version replaces them all.
    """
    with node_session(node_dir) as node:
        keys = unlock(node, passphrase_file)
        known, found = plan_of(node, keys, plan)
        digest = version_in(found, version)
        amended = None
        if (verdict is Verdict.AMEND) != (terms is not None):
            raise ConfigurationError("--terms FILE goes with amend, and only with it")
        if verdict is not Verdict.ACCEPT and not reason.strip():
            raise ConfigurationError(f"to {verdict} needs --reason, in words for all")
        if terms is not None:
            draft = parse_draft(load_file(terms))
            amended = amendment_from(found, _versions(found, version), draft)
        document = answer_to(
            known,
            found,
            node.party,
            verdict,
            version=digest,
            amended=amended,
            reason=reason,
        )
        how = Sending(dry_run=dry_run, wait_s=wait, as_json=as_json)
        shown = digest.hex()[:12]
        question = f"Say to {', '.join(document.recipients)}: {verdict} {shown}?"
        _say(node, keys, passphrase_file, document, how, "" if yes else question)


def report(
    plan: PlanArgument,
    action: Annotated[int, typer.Argument(help="Number of the action.")],
    status: Annotated[Progress, typer.Argument(help="under-way, done or declined.")],
    text: Annotated[str, typer.Option(help="The report, in words.")] = "",
    date: Annotated[
        str, typer.Option(help="Date of what is reported: 2026-03-09, or 2026-03.")
    ] = "",
    dry_run: DryRunOption = False,
    yes: YesOption = False,
    wait: WaitOption = 0.0,
    node_dir: NodeOption = None,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Reports on an action of ours in an agreed plan, to all of its parties."""
    with node_session(node_dir) as node:
        keys = unlock(node, passphrase_file)
        known, found = plan_of(node, keys, plan)
        said = Report(
            plan_id=found.plan_id,
            terms_digest=found.agreed,
            action=action,
            status=status,
            sequence=1,
            date=date,
            detail=text,
        )
        document = report_on(known, found, node.party, said)
        how = Sending(dry_run=dry_run, wait_s=wait, as_json=as_json)
        question = f"Report action {action} {status} to all parties?"
        _say(node, keys, passphrase_file, document, how, "" if yes else question)


def version_in(plan: PlanState, given: Sequence[str] | None) -> bytes:
    """Returns the version that an option names: the agreed one, or the open one.

    Raises:
        ConfigurationError: It names none; or it is not there, and several are open.
    """
    if given:
        return _named(plan, given[0])
    if plan.agreed:
        return plan.agreed
    opened = plan.open_versions or plan.versions
    if len(opened) > 1:
        digests = ", ".join(one.terms.digest.hex()[:12] for one in opened)
        raise ConfigurationError(f"which version? Give --version, one of {digests}")
    return opened[0].terms.digest


def _named(plan: PlanState, name: str) -> bytes:
    digests = [one.terms.digest for one in plan.versions]
    found = [one for one in digests if one.hex().startswith(name.lower())]
    if len(name) < _SHORT or len(found) != 1:
        known = ", ".join(one.hex()[:12] for one in digests)
        raise ConfigurationError(f"{name!r} names no version; there are {known}")
    return found[0]


def _say(
    node: Node,
    keys: NodeKeys,
    passphrase_file: Path | None,
    document: OutgoingDocument,
    how: Sending,
    question: str,
) -> None:
    """Sends one message to all parties, once a person agrees.

    Raises:
        RefusedError: A policy would have some of them get less, or nothing.
    """
    trust = current_trust(node, passphrase_file, document.recipients)
    export = dispatcher(node, keys, lambda: trust).plan(document)
    if how.dry_run:
        send_document(node, keys, trust, document, how)
    check_whole(export, document.recipients)
    if how.dry_run:
        return
    confirm(question, yes=not question)
    send_document(node, keys, trust, document, how)


def _versions(plan: PlanState, given: Sequence[str] | None) -> list[bytes]:
    """Returns the versions that an amendment replaces, the answered one first."""
    first = version_in(plan, given)
    return [first, *(_named(plan, one) for one in (given or ())[1:])]
