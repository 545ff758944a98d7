"""Parties with cases, each with a node and a store, and a hub that hands on.

What carries the messages is left to `tests.unit.broker.services.recall_world`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from broker.core.cases.case import Case
from broker.core.cases.clocks import CaseClocks
from broker.core.cases.duties import Duty, duties_of
from broker.core.cases.leg import Leg
from broker.core.codec.documents import encode_document
from broker.core.codec.draft import parse_draft
from broker.core.limits import Limits
from broker.core.model import Decider, Stage
from broker.core.outgoing import OutgoingDocument
from broker.core.records import SentMessage
from broker.core.trust import Trust
from broker.infra.document_files import load_file
from broker.services.authority_desk import AuthorityDesk, Saying
from broker.services.case_keeper import CaseKeeper
from broker.services.case_steps import CaseSteps
from broker.services.case_watch import CaseWatch, WatchPorts
from broker.services.dispatch import Dispatcher
from broker.services.overdue_notices import OverdueNotices
from keys.identity import PartyId
from tests import world
from tests.unit.broker.services.recall_world import RecallWorld
from tests.world import AMBER, BEL, KEN, MEX

EXAMPLES = Path(__file__).parent.parent / "examples"
HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS


def example(kind: str) -> bytes:
    """Returns the content of an example file."""
    draft = parse_draft(load_file(EXAMPLES / f"{kind}.yaml"))
    return encode_document(draft.kind, draft.content)


def step(act: str, **content: object) -> bytes:
    """Returns the content of a case step."""
    return encode_document("case-step/1", {"act": f"CASE_ACT_{act.upper()}", **content})


@dataclass(slots=True)
class CaseWorld(RecallWorld):
    """Some parties with cases.

    Attributes:
        trust: What everybody goes by.
        spans: The clocks that everybody goes by.
    """

    trust: Trust = field(default_factory=world.trust)
    spans: CaseClocks = field(default_factory=CaseClocks)
    watches: dict[PartyId, CaseWatch] = field(default_factory=dict)

    def join(self, *parties: PartyId) -> None:
        """Adds parties."""
        for party in parties:
            side = self.side(party)
            side.trust = self.trust

    def keeper(self, party: PartyId) -> CaseKeeper:
        """Returns what makes the cases of a party."""
        return CaseKeeper(world.holder(party), self.sides[party].store)

    def cases(self, party: PartyId) -> list[Case]:
        """Returns the cases of a party."""
        return list(self.keeper(party).cases())

    def leg(self, party: PartyId, addressee: PartyId = BEL) -> Leg:
        """Returns the one trace with an addressee, as a party sees it."""
        legs = [leg for case in self.cases(party) for leg in case.legs]
        [found] = [
            leg
            for leg in legs
            if leg.addressee == addressee and leg.lifecycle.name == "trace"
        ]
        return found

    def duties(self, party: PartyId) -> list[Duty]:
        """Returns what is owed, as a party sees it."""
        cases = self.keeper(party).cases()
        return [one for case in cases for one in duties_of(case, self.spans)]

    def dispatcher(self, party: PartyId) -> Dispatcher:
        """Returns what sends a party's documents, and refuses illegal steps."""
        side = self.sides[party]
        holder = world.holder(party)
        return Dispatcher(
            holder,
            side.store,
            lambda: side.trust,
            self.clock,
            Limits(),
            side.holdings.onward,
            CaseSteps(holder, side.store).check,
        )

    def say(
        self,
        party: PartyId,
        body: bytes,
        to: Sequence[PartyId] = (KEN,),
        kind: str = "case-step/1",
        after: bytes = b"",
        reference: str = "",
    ) -> SentMessage:
        """Sends a document; nothing is carried before `settle`."""
        document = OutgoingDocument(
            kind=kind,
            body=body,
            recipients=tuple(to),
            handling=AMBER,
            case_reference=reference,
            in_reply_to=after,
        )
        [sealed] = self.dispatcher(party).send(document)
        return self.sides[party].sent(sealed.message_digest)

    async def asked(
        self, to: Iterable[PartyId] = (BEL,), reference: str = "KEN-7"
    ) -> bytes:
        """KEN sends a trace request, and everybody opens it; returns its digest."""
        sent = self.say(
            KEN,
            example("trace-request"),
            tuple(to),
            "trace-request/1",
            reference=reference,
        )
        await self.settle()
        return sent.message_digest

    def state(
        self, party: PartyId, digest: bytes, stage: Stage = Stage.ACKNOWLEDGED
    ) -> None:
        """Has an authority of a party say something of a message."""
        side = self.sides[party]
        desk = AuthorityDesk(world.holder(party), side.store, self.clock)
        desk.say(
            side.received(digest),
            Saying(stage=stage, authority="Focal point", decider=Decider.PERSON),
        )

    def watch(self, party: PartyId, *, notices: bool = True) -> CaseWatch:
        """Returns the watch of a party, always the same one."""
        side = self.sides[party]
        if party not in self.watches:
            desk = OverdueNotices(
                side.store, self.dispatcher(party), lambda: side.trust
            )
            ports = WatchPorts(
                store=side.store,
                clock=self.clock,
                duties=lambda: self.duties(party),
                heard_ms=self.clock.now_ms,
                send=desk.send if notices else lambda _notice: False,
                store_key=world.holder(party).store_key,
            )
            self.watches[party] = CaseWatch(party, ports)
        return self.watches[party]

    def alarms(self, party: PartyId) -> list[str]:
        """Returns what alarms about cases are open, oldest first."""
        sounded = self.sides[party].store.sounded_alarms(only_open=True)
        return [
            one.alarm.text for one in reversed(sounded) if one.alarm.topic == "case"
        ]


def made(folder: Path, trust: Trust | None = None) -> CaseWorld:
    """Returns KEN, BEL and MEX."""
    found = CaseWorld(folder, trust=trust or world.trust())
    found.join(KEN, BEL, MEX)
    return found
