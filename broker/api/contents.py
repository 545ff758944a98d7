"""Giving a content to a caller: as to any desk, with a record, and never more loosely.

What a desk may be given is decided in `broker.core.handover`.
"""

from dataclasses import dataclass, replace

from broker.api.answering import problem
from broker.api.models_messages import Content, restrictions_model
from broker.api.problems import ApiCode, Place
from broker.api.roles import EVERY_DESK, Caller, Role
from broker.api.showing import taken_back_model
from broker.api.state import Services
from broker.api.times import moment_or_none
from broker.api.visibility import Visible
from broker.app.adapters.handing import content_digest
from broker.app.doubts import doubts_about
from broker.core.admitted import HandedOut
from broker.core.codec.handed import handed_document
from broker.core.codec.kinds import short_name
from broker.core.errors import Code, RefusedError
from broker.core.handling import Handling, IntendedUse
from broker.core.handover import Taker, hand_over
from broker.core.model import message_id_text
from broker.core.records import InboxMessage
from broker.services.holdings import Holdings


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a caller says when it asks for a content.

    Attributes:
        desk: In the name of which desk; None: the first that it may have it for.
        purpose: What for, as a word; None: nothing is said.
    """

    desk: str | None = None
    purpose: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """A content that a caller may have, and under what.

    Attributes:
        kind: Of the content.
        body: The serialised content.
        handling: What binds whoever reads it.
        provider: Whose information it is.
        keep_until_ms: When it has to be gone, in ms since the epoch; None: not limited.
        taker: To whom it is given; None: to the agency that submitted it.
    """

    kind: str
    body: bytes
    handling: Handling
    provider: str
    keep_until_ms: int | None = None
    taker: Taker | None = None


def give(here: Services, who: Caller, seen: Visible, wish: Wish) -> Given:
    """Returns the content of a message, and records that it was given.

    1. What the caller's agency has submitted is its own. 2. Otherwise it has to be
    given to one of the caller's desks, and to its agency. 3. The record comes first;
    one for each desk, agency, purpose and content.

    Raises:
        ProblemError: FORBIDDEN: the caller sees the message, and not its content.
        RefusedError: IMPORT_POLICY, CONSENT_NEEDED, LOOSER_HANDLING, RECALLED or
            CANNOT_OPEN.
        StoreError: It could not be recorded: nothing is given.
    """
    # 1.
    if seen.sent is not None:
        if not seen.own:
            raise problem(ApiCode.FORBIDDEN, "no content for an auditor")
        body = Holdings(here.keys.holder, here.node.store).content(seen.sent)
        header = seen.sent.header
        return Given(
            kind=header.kind,
            body=body,
            handling=header.handling,
            provider=str(header.origin),
        )
    # 2.
    if seen.received is None or not seen.desks:
        raise problem(ApiCode.FORBIDDEN, "no content for an auditor")
    if Role.READ not in who.roles:
        raise problem(ApiCode.FORBIDDEN, "it takes the role read")
    return _hand_over(here, seen, seen.received, _taker(who, seen, wish))


def content_shown(here: Services, who: Caller, seen: Visible, wish: Wish) -> Content:
    """Returns a content as the interface shows it; raises as `give` does."""
    given = give(here, who, seen, wish)
    received = [] if seen.received is None else [seen.received]
    taker, use = given.taker, given.taker.use if given.taker else None
    return Content(
        handling=str(given.handling),
        restrictions=restrictions_model(given.handling),
        keep_until_at=moment_or_none(given.keep_until_ms),
        given_to_desk=taker.desk if taker else None,
        given_to_agency=who.agency,
        purpose=use.word if use else None,
        provider=given.provider,
        warning=doubts_about(here.node, received).get(seen.digest),
        taken_back=taken_back_model(here.node.store.taken_back(seen.digest)),
        id=message_id_text(seen.header.message_id),
        digest=seen.digest.hex(),
        kind=given.kind,
        schema_url=f"/v1/kinds/{short_name(given.kind)}/schema",
        content=handed_document(given.kind, given.body),
    )


def _taker(who: Caller, seen: Visible, wish: Wish) -> Taker:
    desks = seen.desks
    if wish.desk is not None:
        named = EVERY_DESK if desks == (EVERY_DESK,) else wish.desk
        if named not in desks:
            raise problem(ApiCode.FORBIDDEN, f"it does not go to {wish.desk[:40]!r}")
        desks = (named,)
    use = None if wish.purpose is None else IntendedUse.from_word(wish.purpose)
    if wish.purpose is not None and use is None:
        words = ", ".join(one.word for one in IntendedUse)
        place = Place(path="purpose", found=repr(wish.purpose[:40]), expected=words)
        raise problem(ApiCode.BAD_REQUEST, places=(place,))
    return Taker(desk=desks[0], agency=who.agency, use=use)


def _hand_over(
    here: Services, seen: Visible, received: InboxMessage, taker: Taker
) -> Given:
    store, holdings = here.node.store, Holdings(here.keys.holder, here.node.store)
    provided, now_ms = holdings.provided(received), here.clock.now_ms()
    admission = seen.admission
    if admission is None:
        raise RefusedError(Code.IMPORT_POLICY, "nothing was decided about it yet")
    if taker.desk == EVERY_DESK:
        # Whoever reads all that the node may read needs no route; all else holds.
        admission = replace(admission, routes=(*admission.routes, EVERY_DESK))
    # All permissions that anybody ever gave: opened only where they matter.
    court = taker.use is IntendedUse.JUDICIAL_PROCEEDINGS
    answers = holdings.answers() if court else ()
    handling = hand_over(provided, admission, taker, answers, now_ms)
    document = handed_document(provided.kind, provided.body)
    given = HandedOut(
        message_digest=seen.digest,
        desk=taker.desk,
        agency=taker.agency,
        purpose=taker.use.word if taker.use else "",
        at_ms=now_ms,
        file_digest=content_digest(provided.kind, document),
    )
    # 3.
    known = {
        (one.desk, one.agency, one.purpose, one.file_digest)
        for one in store.handed_out(seen.digest)
    }
    if (given.desk, given.agency, given.purpose, given.file_digest) not in known:
        store.note_handed_out(given)
    return Given(
        kind=provided.kind,
        body=provided.body,
        handling=handling,
        provider=str(provided.provider.by),
        keep_until_ms=provided.kept_until_ms,
        taker=taker,
    )
