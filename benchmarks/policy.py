"""What a sharing policy costs: a decision, 193 recipients, what they get, a change.

The same questions go to Cedar, so that there is something to compare with in one run.
"""

import itertools
import string
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Final

import cedarpy

from benchmarks.figures import Figures
from benchmarks.ministry import ministry_policy, revised
from broker.cli.documents import read_document
from broker.core.codec.facts import facts_of
from broker.core.codec.redaction import redact
from broker.core.handling import Handling, Tlp
from broker.core.outgoing import OutgoingDocument
from broker.core.policy.decision import Allow, Decision, Deny, Question, Redact
from broker.core.policy.differences import differences
from broker.core.policy.engine import Engine, compile_policy
from broker.core.policy.rules import Policy
from broker.infra.clock import SYSTEM_CLOCK
from keys.identity import PartyId
from tests.unit.broker.core.policy import cedar

PARTIES: Final = 193  # recipients
_OWN, *_OTHERS = (
    PartyId("".join(letters))
    for letters in itertools.islice(
        itertools.product(string.ascii_uppercase, repeat=3), PARTIES + 1
    )
)
_ROUNDS: Final = 15
_FEW: Final = 3  # rounds of what takes long
_EXAMPLES: Final = Path(__file__).parents[1] / "examples"
_DOCUMENTS: Final = ("trace-request", "diversion-alert", "route-intelligence")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Setting:
    """What is measured.

    Attributes:
        policy: Of whoever sends.
        engines: Of every party, as a node has them.
        documents: One of each kind.
        questions: Each document, under three labels, to every party.
    """

    policy: Policy
    engines: dict[PartyId, Engine]
    documents: Sequence[OutgoingDocument]
    questions: Sequence[Question]


def measure_policy(figures: Figures) -> None:
    """Measures decisions, recipients, redaction and the difference of two policies."""
    setting = _setting()
    engine, questions = setting.engines[_OWN], setting.questions
    print(
        f"{len(setting.policy.exports)} rules, {PARTIES} parties, "
        f"{len(questions):,} questions:",
        flush=True,
    )
    own = _us_per(engine.export, questions)
    figures.add("policy.decision", own, "us", "<= 30")
    for sort in (Allow, Redact, Deny):
        asked = [one for one in questions if isinstance(engine.export(one), sort)]
        figures.add(
            f"policy.decision.{sort.__name__.lower()}",
            _us_per(engine.export, asked),
            f"us ({len(asked) * 100 // len(questions)} %)",
        )
    figures.add(
        "policy.decision.by_header", _us_per(engine.may_export, questions), "us"
    )
    other = _us_of_cedar(setting)
    figures.add("policy.decision.cedar", other, "us")
    figures.add("ratio.cedar_to_decision", other / own, "x", ">= 1.0")
    for document in setting.documents:
        _measure_recipients(setting, document, figures)
    old, new = setting.policy, revised(setting.policy)
    took = _ms(lambda: differences(old, new, frozenset(_OTHERS)), _FEW)
    figures.add(f"policy.differences.{PARTIES}r", took, "ms", "<= 2000")


def _measure_recipients(
    setting: _Setting, document: OutgoingDocument, figures: Figures
) -> None:
    questions = [
        one
        for one in setting.questions
        if one.kind == document.kind and one.handling == document.handling
    ]
    groups = _grouped(setting, questions)
    name = f"policy.{document.kind.partition('/')[0]}"
    took = _ms(lambda: _grouped(setting, questions), _ROUNDS)
    figures.add(f"{name}.{PARTIES}r", took, "ms", "<= 6")
    figures.add(f"{name}.groups", len(groups), f"of {sum(map(len, groups.values()))}")
    treated = {one.fields for one in groups if isinstance(one, Redact)}
    if treated:
        made = [dict(fields) for fields in treated]
        took = _ms(
            lambda: [redact(document.kind, document.body, one) for one in made], _FEW
        )
        figures.add(f"{name}.redaction", took / len(made), "ms/set")


def _grouped(
    setting: _Setting, questions: Iterable[Question]
) -> dict[Decision, list[PartyId]]:
    """Asks both sides about every recipient; puts together who gets the same."""
    own = setting.engines[_OWN]
    groups: dict[Decision, list[PartyId]] = {}
    for question in questions:
        answer = own.export(question)
        if isinstance(answer, Deny):
            continue
        if not isinstance(setting.engines[question.recipient].imports(question), Deny):
            groups.setdefault(answer, []).append(question.recipient)
    return groups


def _setting() -> _Setting:
    now_ms = SYSTEM_CLOCK.now_ms()
    everybody = [_OWN, *_OTHERS]
    policies = {
        party: ministry_policy(party, [one for one in everybody if one != party])
        for party in everybody
    }
    documents = [_document(name) for name in _DOCUMENTS]
    return _Setting(
        policy=policies[_OWN],
        engines={party: compile_policy(one) for party, one in policies.items()},
        documents=documents,
        questions=[
            Question(
                origin=_OWN,
                recipient=party,
                kind=document.kind,
                handling=handling,
                at_ms=now_ms,
                facts=facts,
            )
            for document in documents
            for facts in [facts_of(document.kind, document.body)]
            for handling in (document.handling, *map(_plain, (Tlp.GREEN, Tlp.RED)))
            for party in _OTHERS
        ],
    )


def _plain(tlp: Tlp) -> Handling:
    return Handling(tlp=tlp)


def _document(name: str) -> OutgoingDocument:
    return read_document(
        _EXAMPLES / f"{name}.yaml",
        to=None,
        handling=None,
        case_reference=None,
        expires_in=None,
    ).document


def _us_per(ask: Callable[[Question], object], questions: Sequence[Question]) -> float:
    if not questions:
        return 0.0
    return _ms(lambda: [ask(one) for one in questions], _ROUNDS) * 1e3 / len(questions)


def _us_of_cedar(setting: _Setting) -> float:
    """The same questions in one batch: policies and parties parsed once."""
    policies = cedarpy.PolicySet.from_str(
        cedar.text_of(setting.policy, setting.policy.exports)
    )
    entities = cedarpy.Entities.from_json_str(
        cedar.entities_of(setting.policy, _OTHERS)
    )
    requests = [
        cedar.request(
            one.recipient, cedar.RELEASE, cedar.context_of(one, one.recipient)
        )
        for one in setting.questions
    ]
    allowed = [not isinstance(setting.engines[_OWN].export(one), Deny)
               for one in setting.questions]  # fmt: skip
    answers = cedarpy.is_authorized_batch(requests, policies, entities)
    if [one.allowed for one in answers] != allowed:
        raise RuntimeError("Cedar decides otherwise")
    took = _ms(lambda: cedarpy.is_authorized_batch(requests, policies, entities), _FEW)
    return took * 1e3 / len(requests)


def _ms(work: Callable[[], object], rounds: int) -> float:
    """The median of some rounds, in processor time: others use the machine as well."""
    spent = []
    for _ in range(rounds):
        begun = time.process_time()
        work()
        spent.append((time.process_time() - begun) * 1e3)
    return median(spent)
