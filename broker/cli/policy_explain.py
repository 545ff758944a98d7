"""`rogatory policy explain`: why a document would go, or not, as a tree.

Finding it out is left to `broker.core.policy.explain`.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

import typer

from broker.cli.documents import read_document
from broker.cli.options import JsonOption, NodeOption, PassphraseOption
from broker.cli.output import note, print_json, visible
from broker.cli.policy_parties import directory_of, published, read_policies
from broker.core.codec.facts import facts_of
from broker.core.errors import ConfigurationError
from broker.core.outgoing import OutgoingDocument
from broker.core.policy.decision import Deny, Question, Redact
from broker.core.policy.explain import (
    Check,
    Considered,
    Explanation,
    answer_word,
    explain as explain_question,
    terms_words,
)
from broker.core.policy.rules import Policy
from broker.infra.clock import SYSTEM_CLOCK
from keys.identity import PartyId


@dataclass(frozen=True, slots=True, kw_only=True)
class _Route:
    """One recipient, with what both sides make of the message; None: not known."""

    question: Question
    export: Explanation
    imported: Explanation | None

    @property
    def answer(self) -> str:
        for side in (self.export, self.imported):
            if side is not None and isinstance(side.decision, Deny):
                return "does not go"
        if isinstance(self.export.decision, Redact):
            return "goes, without some of it"
        return "goes"


@dataclass(frozen=True, slots=True)
class _Branch:
    text: str
    below: list["_Branch"] = field(default_factory=list)


def explain(
    file: Annotated[
        Path, typer.Argument(help="A document, as rogatory send reads it.")
    ],
    to: Annotated[
        str | None,
        typer.Option(help="Recipients, such as BEL,XPO; those of the file if absent."),
    ] = None,
    policy_files: Annotated[
        list[Path] | None,
        typer.Option(
            "--policy", help="A policy file; give it again for another party's."
        ),
    ] = None,
    origin: Annotated[
        str | None, typer.Option("--from", help="Who would send it, such as KEN.")
    ] = None,
    handling: Annotated[
        str | None, typer.Option(help="Such as TLP:AMBER; wins over the file.")
    ] = None,
    node_dir: NodeOption = None,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Explains what the policies of both sides make of a document; sends nothing.

    Shows each rule with each of its conditions: what it asks for, what was found, and
    whether that meets it. With --policy no node is needed; with a node, the policies
    that no file gives are those that parties have published.
    """
    document = read_document(
        file, to=to, handling=handling, case_reference=None, expires_in=None
    ).document
    given = read_policies(policy_files or [])
    with (
        nullcontext(None)
        if given and node_dir is None
        else directory_of(node_dir, passphrase_file)
    ) as opened:
        known = dict(given)
        own = None if opened is None else opened[0].party
        sender = _sender(origin, own, given, document.recipients)
        for party in (sender, *document.recipients):
            found = None if opened is None else published(opened[1], party)
            if party not in known and found is not None:
                known[party] = found
    routes = list(_routes(document, sender, known))
    if as_json:
        print_json({"recipients": [_json(route) for route in routes]})
        return
    for route in routes:
        for line in _drawn(_tree(route)):
            print(visible(line))


def _sender(
    origin: str | None,
    own: PartyId | None,
    given: Mapping[PartyId, Policy],
    recipients: Sequence[PartyId],
) -> PartyId:
    if origin is not None:
        return PartyId(origin)
    if own is not None:
        return own
    others = [party for party in given if party not in recipients]
    if len(others) == 1:
        return others[0]
    raise ConfigurationError("who would send it? Give --from KEN")


def _routes(
    document: OutgoingDocument, sender: PartyId, known: Mapping[PartyId, Policy]
) -> Iterator[_Route]:
    if sender not in known:
        raise ConfigurationError(
            f"no policy of {sender} is known here: give its file with --policy"
        )
    facts = facts_of(document.kind, document.body)
    now_ms = SYSTEM_CLOCK.now_ms()
    for recipient in document.recipients:
        question = Question(
            origin=sender,
            recipient=recipient,
            kind=document.kind,
            handling=document.handling,
            at_ms=now_ms,
            facts=facts,
        )
        theirs = known.get(recipient)
        if theirs is None:
            note(f"no policy of {recipient} is known here: only {sender}'s is asked")
        yield _Route(
            question=question,
            export=explain_question(known[sender], question),
            imported=(
                None
                if theirs is None or recipient == sender
                else explain_question(theirs, question)
            ),
        )


def _json(route: _Route) -> dict[str, Any]:
    return {
        "from": route.question.origin,
        "to": route.question.recipient,
        "kind": route.question.kind,
        "handling": str(route.question.handling),
        "answer": route.answer,
        "export": route.export.as_json(),
        "import": None if route.imported is None else route.imported.as_json(),
    }


def _tree(route: _Route) -> _Branch:
    asked = route.question
    sides = [side for side in (route.export, route.imported) if side is not None]
    return _Branch(
        f"{asked.kind} with {asked.handling} from {asked.origin} to "
        f"{asked.recipient}: {route.answer}",
        [_side(side, asked) for side in sides],
    )


def _side(side: Explanation, asked: Question) -> _Branch:
    verb = "sending it" if side.side == "export" else "taking it in"
    branch = _Branch(
        f"{side.party} {verb}: {answer_word(side.decision)}, {side.decision.summary}"
    )
    if not side.in_force:
        branch.below.append(_Branch("the policy is not in force on that day"))
    branch.below.extend(map(_rule, side.considered))
    terms = [_Branch(words) for words in terms_words(side.decision)]
    if terms:
        branch.below.append(_Branch("on these terms", terms))
    if isinstance(side.decision, Redact):
        there = [
            one.word for one, _ in side.decision.fields if one in asked.facts.classes
        ]
        words = ", ".join(there) or "nothing"
        branch.below.append(_Branch(f"of what goes, this document has: {words}"))
    return branch


def _rule(one: Considered) -> _Branch:
    effect = one.rule.effect.name.lower()
    says = "applies" if one.applies else "does not apply"
    why = f" ({one.rule.because})" if one.rule.because else ""
    return _Branch(
        f"rule {one.rule.id}, {effect}: {says}{why}", list(map(_check, one.checks))
    )


def _check(check: Check) -> _Branch:
    sign = "met" if check.met else "NOT met"
    return _Branch(
        f"{sign}: {check.aspect}: asks for {check.asked}; found {check.found}"
    )


def _drawn(branch: _Branch, lead: str = "", under: str = "") -> Iterator[str]:
    yield lead + branch.text
    for one in branch.below:
        last = one is branch.below[-1]
        yield from _drawn(
            one, under + ("└─ " if last else "├─ "), under + ("   " if last else "│  ")
        )
