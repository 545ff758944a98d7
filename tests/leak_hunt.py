"""Looks for what policy keeps back in what recipients decrypt.

What may be there is read from policies by `reading` and from contents by `contents`,
naively: neither the engine nor redaction is asked.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from google.protobuf import json_format

from broker.core.codec.facts import facts_of
from broker.core.codec.kinds import CONTENT_KINDS
from broker.core.codec.permission import read_copy
from broker.core.envelope import Sealed
from broker.core.fields import FieldClass, Treatment
from broker.core.flows.intake import judge_content
from broker.core.handling import Handling
from broker.core.onward import ONWARD_KIND
from broker.core.outgoing import OutgoingDocument
from broker.core.policy.decision import Question
from broker.core.policy.facts import Facts
from broker.core.policy.rules import Policy
from broker.core.trust import Trust
from keys.identity import PartyId
from tests import world
from tests.contents import Told, read, told_by, treatment
from tests.many_parties import Dice, handling, parties
from tests.passage import Arrival, arrivals, is_relayed, send
from tests.unit.broker.core.codec.canaries import Seeded, full, variants
from tests.unit.broker.core.policy import reading

VARIANTS_MAX: Final = 6  # of a kind that are sent
_WITHHELD: Final = b"[withheld]"
_UNLIKELY: Final = 8  # bytes that do not turn up by themselves

Rules = Mapping[PartyId, Policy]
Treatments = Mapping[FieldClass, Treatment]


@dataclass(slots=True)
class Bag:
    """What a hunt found.

    Attributes:
        leaks: In words, each with its place; empty when all is well.
        counted: How much was looked at.
        kinds: What was decrypted.
        classes: What did not stay, and was looked for.
    """

    leaks: list[str] = field(default_factory=list)
    counted: Counter[str] = field(default_factory=Counter)
    kinds: set[str] = field(default_factory=set)
    classes: set[FieldClass] = field(default_factory=set)

    def __str__(self) -> str:
        counted = ", ".join(f"{n:,} {what}" for what, n in self.counted.items())
        found = "".join(f"\n  {leak}" for leak in self.leaks[:20])
        return (
            f"{counted}, {len(self.kinds)} kinds, {len(self.classes)} classes of "
            f"fields; {len(self.leaks)} leaks{found}"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """One document on its way, and what everybody may get of it.

    Attributes:
        told: Everything that it says.
        canaries: The unique part of what is unique in it, by place in `told`.
        allowed: What becomes of each class, by recipient; None: nothing leaves.
        taken: Who takes the whole of it.
    """

    origin: PartyId
    document: OutgoingDocument
    told: tuple[Told, ...]
    canaries: Mapping[int, bytes]
    allowed: Mapping[PartyId, Treatments | None]
    taken: frozenset[PartyId]

    def to(self, recipient: PartyId) -> str:
        """What is sent to whom, in words."""
        return f"{self.origin} to {recipient}: {self.document.kind}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """What some recipients hold: the same for all who got the same bytes."""

    body: bytes
    text: bytes
    told: tuple[Told, ...]
    facts: Facts


def hunt(
    rules: Rules,
    trust: Trust,
    folder: Path,
    kinds: Iterable[str] = CONTENT_KINDS,
) -> Bag:
    """Sends documents of every kind through all of the exchange, and looks.

    Args:
        rules: What the parties have decided.
        trust: What their nodes and the hub go by.
        folder: For the senders' databases.
        kinds: What is sent.
    """
    bag = Bag()
    counted = bag.counted
    counted["parties"] = len(rules)
    canaries: set[bytes] = set()
    for number, seeded in enumerate(_documents(kinds)):
        sent = _prepared(f"message {number}", seeded, rules)
        counted["messages"] += 1
        canaries.update(sent.canaries.values())
        _follow(sent, rules, trust, folder / f"{number}.sqlite3", bag)
    counted["canaries"] = len(canaries)
    return bag


def _documents(kinds: Iterable[str]) -> Iterator[Seeded]:
    for position, kind in enumerate(kinds):
        total = variants(kind)
        for variant in range(0, total, -(-total // VARIANTS_MAX)):
            yield full(kind, f"Q{position:02d}V{variant:02d}", variant)


def _prepared(name: str, seeded: Seeded, rules: Rules) -> Sent:
    dice = Dice(name)
    # An onward copy has to be of what somebody else provided: of KEN, as drawn.
    others = [party for party in parties() if party != world.KEN]
    origin = dice.one(others)
    document = OutgoingDocument(
        kind=seeded.kind,
        body=seeded.body,
        recipients=tuple(p for p in dice.some(others, 30) if p != origin),
        handling=_handling(dice, seeded),
    )
    facts = facts_of(document.kind, document.body)
    questions = {
        party: _question(origin, party, document.kind, document.handling, facts)
        for party in document.recipients
    }
    told = tuple(told_by(read(seeded.kind, seeded.body)))
    return Sent(
        origin=origin,
        document=document,
        told=told,
        canaries={
            place: canary.raw
            for place, one in enumerate(told)
            for canary in seeded.canaries
            if canary.raw in one.raw
        },
        allowed={
            party: reading.release(rules[origin], question)
            for party, question in questions.items()
        },
        taken=frozenset(
            party
            for party, question in questions.items()
            if reading.is_taken(rules[party], question)
        ),
    )


def _handling(dice: Dice, seeded: Seeded) -> Handling:
    drawn = handling(dice)
    if seeded.kind != ONWARD_KIND:
        return drawn
    bound = read_copy(seeded.body).handling  # it must be no looser than this
    purposes = drawn.restrictions.purposes
    return replace(bound, restrictions=replace(bound.restrictions, purposes=purposes))


def _question(
    origin: PartyId, recipient: PartyId, kind: str, handled: Handling, facts: Facts
) -> Question:
    return Question(
        origin=origin,
        recipient=recipient,
        kind=kind,
        handling=handled,
        at_ms=world.NOW_MS,
        facts=facts,
    )


def _follow(sent: Sent, rules: Rules, trust: Trust, database: Path, bag: Bag) -> None:
    """From the sender's node through the hub to each recipient."""
    letters = send(sent.origin, sent.document, trust, database)
    _check_reach(sent, {p for one in letters for p in one.header.parties}, bag)
    for sealed in letters:
        bag.counted["envelopes"] += 1
        _search(sent, sealed.envelope, "the envelope", bag)
        if not is_relayed(sealed, trust):
            bag.leaks.append(f"{sent.origin}: the hub refuses what policies allow")
        seen: dict[bytes, Received] = {}
        for arrival in arrivals(sealed, trust):
            bag.counted["decrypted bodies"] += 1
            bag.kinds.add(sent.document.kind)
            if arrival.body not in seen:
                seen[arrival.body] = _received(arrival, sealed, trust)
            received = seen[arrival.body]
            _compare(sent, arrival.recipient, received, bag)
            question = _question(
                sent.origin,
                arrival.recipient,
                sent.document.kind,
                sealed.header.handling,
                received.facts,
            )
            if not reading.is_taken(rules[arrival.recipient], question):
                bag.leaks.append(f"{sent.to(arrival.recipient)} is not taken")
    for file in database.parent.glob(f"{database.name}*"):
        bag.counted["database files searched"] += 1
        _search(sent, file.read_bytes(), "the sender's database", bag)


def _received(arrival: Arrival, sealed: Sealed, trust: Trust) -> Received:
    """Opens a content as its recipient's node does."""
    engine = trust.engines[arrival.recipient]
    judged = judge_content(
        sealed.header, arrival.body, arrival.recipient, engine, world.NOW_MS
    )
    judged.terms()
    content = read(sealed.header.kind, arrival.body)
    return Received(
        body=arrival.body,
        text=json_format.MessageToJson(content, ensure_ascii=False).encode(),
        told=tuple(told_by(content)),
        facts=judged.question.facts,
    )


def _check_reach(sent: Sent, got: set[PartyId], bag: Bag) -> None:
    """Nobody has got it who may not, and everybody who may have all of it."""
    bag.counted["recipients asked for"] += len(sent.allowed)
    bag.counted["recipients denied"] += len(sent.allowed) - len(got)
    for party, treatments in sent.allowed.items():
        if treatments is None and party in got:
            bag.leaks.append(f"{sent.to(party)} was denied, and got there")
        whole = treatments is not None and {*treatments.values()} == {Treatment.KEEP}
        if whole and party in sent.taken and party not in got:
            bag.leaks.append(f"{sent.to(party)} was allowed, and is not there")


def _compare(sent: Sent, recipient: PartyId, received: Received, bag: Bag) -> None:
    """What does not stay is not there, and what stays is."""
    treatments = sent.allowed[recipient]
    if treatments is None:
        return  # told already
    treated = [treatment(one, treatments) for one in sent.told]
    touched = {
        around
        for one, how in zip(sent.told, treated, strict=True)
        if how is not Treatment.KEEP
        for around in one.within
    }
    for place, canary in sent.canaries.items():
        one, kept = sent.told[place], treated[place] is Treatment.KEEP
        found = canary in received.body or canary in received.text
        if not kept:
            bag.counted["treated canaries looked for"] += 1
            bag.classes |= one.classes
            if found:
                bag.leaks.append(f"{sent.to(recipient)}: {one.name} is there")
        elif found:
            bag.counted["kept canaries found"] += 1
        else:
            # What is kept goes only with a message that has lost what it must say.
            bag.counted["kept canaries that went with what is around them"] += 1
            if touched.isdisjoint(one.within):
                bag.leaks.append(f"{sent.to(recipient)}: {one.name} should be there")
    for left in received.told:
        dropped = treatment(left, treatments) is Treatment.DROP
        if dropped and left.raw != _WITHHELD:
            bag.leaks.append(f"{sent.to(recipient)}: {left.name} is left")


def _search(sent: Sent, data: bytes, where: str, bag: Bag) -> None:
    """Nothing of a content stands anywhere in clear."""
    for place, canary in sent.canaries.items():
        if len(canary) >= _UNLIKELY and canary in data:
            bag.leaks.append(f"{sent.origin}: {sent.told[place].name} in {where}")
