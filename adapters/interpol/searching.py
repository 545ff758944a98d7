"""The search in two steps: by serial number a list, then record by record in full.

What is made of the records is left to `adapters.interpol.drafts`.
"""

from collections.abc import Sequence
from typing import Final, cast

from adapters.interpol.client import Asked, Register
from adapters.interpol.documents import (
    FirearmList,
    RecordAnswer,
    RecordQuery,
    ReferenceList,
    ReferenceQuery,
)
from adapters.interpol.drafts import Hit
from adapters.interpol.filing import Found, query_of
from adapters.interpol.parts import HandlingTerms
from adapters.interpol.pieces import lead_to
from adapters.values import Emission
from broker.core.handling import Handling
from keys.framing import sha256

_RECORDS_MAX: Final = 20
"""How many records of one list are fetched in full: the likeliest."""


def emission_of(asked: Asked, target: str, handling: Handling) -> Emission:
    """Returns what is noted of a request that said something of a content.

    Its header has carried the handling, whole.
    """
    return Emission(target=target, sha256=sha256(asked.request), handling=handling)


async def search(
    register: Register, found: Found, terms: HandlingTerms, score_min: float
) -> tuple[Sequence[Hit], Asked]:
    """Looks whether a firearm is on record.

    1. The serial number gives a list. 2. Whatever on it may be the same firearm, make,
    model and calibre considered, is fetched in full, and considered again.

    Args:
        register: To be asked.
        found: The firearm.
        terms: What binds the register.
        score_min: How much has to speak for it, from 0 to 1.

    Returns:
        What may be the same, the likeliest first; and the first step.

    Raises:
        SystemAwayError: No answer.
        RegisterError: It refuses, or does not understand.
    """
    # 1.
    listed = await register.ask(query_of(found), terms)
    found_there = cast("FirearmList", listed.reply)
    candidates = found_there.candidates
    # By identifier: a list may name a record twice.
    scores = {one.record_id: lead_to(found, one.firearm).score for one in candidates}
    likely = sorted(
        (one for one, score in scores.items() if score >= score_min),
        key=lambda one: -scores[one],
    )
    # 2.
    unseen = max(0, len(likely) - _RECORDS_MAX) + found_there.more
    hits = []
    for record_id in likely[:_RECORDS_MAX]:
        asked = await register.ask(RecordQuery(record_id=record_id))
        reply = cast("RecordAnswer", asked.reply)
        lead = lead_to(found, reply.record.firearm)
        if lead.score >= score_min:
            system = reply.header.system
            hits.append(
                Hit(
                    found=found,
                    record=reply.record,
                    lead=lead,
                    system=system,
                    unseen=unseen,
                )
            )
    return tuple(hits), listed


async def reference_id(
    register: Register, found: Found, terms: HandlingTerms
) -> tuple[str, Asked | None]:
    """Looks a make and model up in the register's reference table of firearms.

    Returns:
        The entry, when exactly one fits, or empty; and the request, if one was made.

    Raises:
        SystemAwayError: No answer.
        RegisterError: It refuses, or does not understand.
    """
    firearm = found.firearm
    if not firearm.make or not firearm.model:
        return "", None
    asked = await register.ask(
        ReferenceQuery(make=firearm.make, model=firearm.model, calibre=firearm.calibre),
        terms,
    )
    entries = cast("ReferenceList", asked.reply).entries
    return (entries[0].reference_id if len(entries) == 1 else ""), asked
