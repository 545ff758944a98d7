"""Sends the party's newest card of people to whoever may have it and has it not yet.

A party that joins, or that can be sealed to again, gets it by itself. What a card says
is left to `broker.core.codec.contacts`; who may have it, to the policies.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, Protocol

import structlog

from broker.core.codec.contacts import CARD_KIND
from broker.core.contact_records import CardDelivery, OwnCard
from broker.core.contacts import DAY_MS, STALE_AFTER_DAYS, attested_or_joined_ms
from broker.core.envelope import Sealed
from broker.core.errors import Code, RefusedError, StoreConflictError
from broker.core.flows.export import ExportPlan
from broker.core.flows.recipient import Withheld
from broker.core.handling import Handling
from broker.core.holder import Holder
from broker.core.limits import Limits
from broker.core.outgoing import Denial, Letter, OutgoingDocument
from broker.core.policy.decision import HeaderQuestion
from broker.core.ports import Clock
from broker.core.records import Alarm
from broker.core.trust import Trust
from broker.services.dispatch import Dispatcher
from broker.services.looking import keep_looking
from keys.errors import DirectoryError
from keys.framing import labelled_digest
from keys.identity import HUB, PartyId
from keys.sealing import protect, unprotect

_LABEL: Final = b"rogatory/card/situation/2"
_AT_REST: Final = b"contact-card/1"
_LIFETIME_MS: Final = STALE_AFTER_DAYS * DAY_MS
_POLICY_CODES: Final = frozenset(
    {Code.EXPORT_POLICY, Code.IMPORT_POLICY, Code.REDACTION}
)
_POLL_S: Final = 1.0
_ATTEMPTS: Final = 3


class OwnCardStore(Protocol):
    """The own card, and who was sent it."""

    def own_card(self) -> OwnCard | None:
        """Returns the newest card, if the party ever attested one."""
        ...

    def card_deliveries(self, attested_at_ms: int) -> Mapping[PartyId, CardDelivery]:
        """Returns what was done about one card, by party."""
        ...

    def note_withheld_cards(self, deliveries: Sequence[CardDelivery]) -> None:
        """Notes who does not get a card, and why."""
        ...

    def store_sealed_cards(
        self,
        seen: Mapping[PartyId, CardDelivery],
        letters: Sequence[Letter],
        denial: Denial | None,
        protect: Callable[[Sealed], bytes],
        now_ms: int,
    ) -> tuple[Sealed, ...]:
        """Seals, stores and queues a card, and notes who gets it: all or nothing."""
        ...

    def store_withheld(self, denial: Denial) -> None:
        """Records a denial, and queues the blinded statement of it for the log."""
        ...

    def raise_alarm_once(self, name: str, alarm: Alarm) -> bool:
        """Notes an alarm, unless one was noted under this name; tells whether."""
        ...


def protect_card(holder: Holder, body: bytes) -> bytes:
    """Returns the content of a card as the store keeps it: under the node's key."""
    return protect(holder.store_key, body, context=_AT_REST)


def open_card(holder: Holder, card: OwnCard) -> bytes:
    """Returns what `protect_card` was given.

    Raises:
        ContentError: It was protected under another key.
    """
    return unprotect(holder.store_key, card.protected, context=_AT_REST)


@dataclass(frozen=True, slots=True)
class _Post:
    """Where the dispatcher stores a card (`dispatch.SendingStore`)."""

    store: OwnCardStore
    seen: Mapping[PartyId, CardDelivery]

    def store_sealed(
        self,
        letters: Sequence[Letter],
        denial: Denial | None,
        protect: Callable[[Sealed], bytes],
        now_ms: int,
    ) -> tuple[Sealed, ...]:
        """Seals and stores it, together with the note of who gets it."""
        return self.store.store_sealed_cards(
            self.seen, letters, denial, protect, now_ms
        )

    def store_withheld(self, denial: Denial) -> None:
        """Records a denial."""
        self.store.store_withheld(denial)


class CardKeeper:
    """Brings the newest card to every party that may have it, once.

    Args:
        holder: Whose card it is.
        store: Its node's.
        trust: Returns the directory to go by now.
        clock: The time.
        limits: Bounds.
    """

    def __init__(
        self,
        holder: Holder,
        store: OwnCardStore,
        trust: Callable[[], Trust],
        clock: Clock,
        limits: Limits,
    ) -> None:
        self._holder = holder
        self._store = store
        self._trust = trust
        self._clock = clock
        self._limits = limits
        self._looked: tuple[object, ...] = ()
        self._log = structlog.get_logger("contacts")

    async def run(self, stop: asyncio.Event, poll_s: float = _POLL_S) -> None:
        """Works until `stop` is set: when directory or card have changed, and daily.

        Args:
            stop: Ends it.
            poll_s: Seconds between two looks whether anything has changed.
        """

        async def look() -> None:
            await asyncio.to_thread(self._look)

        await keep_looking(
            look, stop, every_s=poll_s, waiting="contact cards wait", name="contacts"
        )

    def step(self) -> Mapping[PartyId, CardDelivery]:
        """Sends the newest card where it is due; returns what stands with whom.

        Raises:
            DirectoryError: There is no directory to go by, or no place for us in it.
            RefusedError: Nothing of ours would be taken at present, or the card is
                not what its kind asks for.
            StoreError: It could not be stored; it is due still.
        """
        for attempt in range(_ATTEMPTS):
            try:
                return self._step()
            except StoreConflictError:
                # Somebody else has done a part of the work: look at what is left.
                if attempt == _ATTEMPTS - 1:
                    raise
        return {}

    def _look(self) -> None:
        card = self._store.own_card()
        attested = None if card is None else card.attested_at_ms
        trust, day = self._trust(), self._clock.now_ms() // DAY_MS
        if self._looked == (attested, day, trust):
            return
        self._sound_alarm(trust)
        self.step()
        self._looked = (attested, day, trust)

    def _step(self) -> Mapping[PartyId, CardDelivery]:
        card = self._store.own_card()
        if card is None:
            return {}
        known = self._store.card_deliveries(card.attested_at_ms)
        due = self._due(card, known)
        for first in range(0, len(due), self._limits.recipients_max):
            self._send(card, due[first : first + self._limits.recipients_max])
        return self._store.card_deliveries(card.attested_at_ms) if due else known

    def _due(
        self, card: OwnCard, known: Mapping[PartyId, CardDelivery]
    ) -> list[CardDelivery]:
        """Returns whom to send it, each with the present situation."""
        trust, now_ms = self._trust(), self._clock.now_ms()
        self._check_own_standing(trust, now_ms)
        due = []
        for party in sorted(trust.view.parties):
            if party == self._holder.party:
                continue
            now = CardDelivery(
                party=party,
                attested_at_ms=card.attested_at_ms,
                at_ms=now_ms,
                situation=self._situation(trust, party, card, now_ms),
            )
            before = known.get(party)
            if before is None:
                due.append(now)
            elif _is_due(before, now):
                due.append(replace(now, message_digest=before.message_digest))
        return due

    def _check_own_standing(self, trust: Trust, now_ms: int) -> None:
        """Keeps what nobody would take from being recorded as denied to everybody.

        Raises:
            DirectoryError: We take no part at present.
            RefusedError: No key of ours is valid.
        """
        me = self._holder.party
        trust.view.check_standing(me, now_ms)
        self._holder.signing_key(trust.view.record(me), now_ms)
        if me not in trust.engines:
            raise RefusedError(Code.EXPORT_POLICY, trust.problems[me])

    def _situation(
        self, trust: Trust, party: PartyId, card: OwnCard, now_ms: int
    ) -> bytes:
        """Returns a digest of all that the decision about a party depends on."""
        try:
            sealing: bytes = trust.view.encryption_key(party, now_ms).key_id
        except DirectoryError as error:
            sealing = type(error).__name__.encode()
        me = self._holder.party
        policies = [trust.policy_digests.get(one, b"none") for one in (me, party)]
        # Rules begin and end, though nobody publishes anything on that day.
        question = HeaderQuestion(
            origin=me,
            recipient=party,
            kind=CARD_KIND,
            handling=Handling.parse(card.handling),
            at_ms=now_ms,
        )
        answers = [trust.engines[me].may_export(question)]
        if party in trust.engines:
            answers.append(trust.engines[party].may_import(question))
        rules = [" ".join(answer.rule_ids).encode() for answer in answers]
        return labelled_digest(_LABEL, *policies, sealing, *rules)

    def _send(self, card: OwnCard, due: Sequence[CardDelivery]) -> None:
        seen = {one.party: one for one in due}
        desk = Dispatcher(
            self._holder,
            _Post(self._store, seen),
            self._trust,
            self._clock,
            self._limits,
        )
        document = OutgoingDocument(
            kind=CARD_KIND,
            body=open_card(self._holder, card),
            recipients=tuple(seen),
            handling=Handling.parse(card.handling),
            lifetime_ms=_LIFETIME_MS,
        )
        plan = desk.plan(document)
        withheld = [*plan.withheld, *_unapproved(plan)]
        # Whom nothing can be sealed to at present is not denied anything.
        impossible = {one.party for one in withheld if one.code not in _POLICY_CODES}
        asked = tuple(party for party in seen if party not in impossible)
        if asked:
            self._dispatch(desk, replace(document, recipients=asked))
        self._store.note_withheld_cards(
            [_withheld(seen[one.party], one) for one in withheld]
        )

    def _dispatch(self, desk: Dispatcher, document: OutgoingDocument) -> None:
        try:
            sent = desk.send(document, partial=True)
        except RefusedError as error:
            if error.code not in _POLICY_CODES:
                raise
            return  # nobody may have it, which the dispatcher has recorded
        for sealed in sent:
            self._log.info("contact card sent", to=list(sealed.header.parties))

    def _sound_alarm(self, trust: Trust) -> None:
        entry = trust.view.parties.get(self._holder.party)
        if entry is None:
            return
        since_ms = attested_or_joined_ms(entry.record)
        now_ms = self._clock.now_ms()
        if now_ms - since_ms < STALE_AFTER_DAYS * DAY_MS:
            return
        text = (
            f"contacts were not attested for {(now_ms - since_ms) // DAY_MS} days: "
            "rogatory directory attest"
        )
        alarm = Alarm(at_ms=now_ms, topic="attestation", text=text)
        self._store.raise_alarm_once(f"attestation/{since_ms}", alarm)


def _is_due(before: CardDelivery, now: CardDelivery) -> bool:
    changed = before.situation != now.situation
    if not before.message_digest or before.refused_by == before.party:
        return changed
    if before.refused_by == HUB:
        # The hub may have gone by a newer directory than we did: ask again, tomorrow.
        return changed or now.at_ms - before.at_ms >= DAY_MS
    return False


def _unapproved(plan: ExportPlan) -> list[Withheld]:
    """Returns who would get a card only once officers have approved it.

    Cards are sent by themselves, whenever a party joins: there is nobody to ask.
    """
    return [
        Withheld(
            party=party,
            code=Code.APPROVAL_NEEDED,
            reasons=(
                f"rule {parcel.approvals[0].rule_id} asks for approval of each card",
            ),
        )
        for parcel in plan.parcels
        if parcel.approvals
        for party in parcel.parties
    ]


def _withheld(seen: CardDelivery, why: Withheld) -> CardDelivery:
    return replace(seen, code=why.code.value, detail="; ".join(why.reasons))
