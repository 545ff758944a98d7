"""What a trace response says, in the register's words: an answer for each item.

Filing it is left to `adapters.interpol.filing_desk`.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from adapters.interpol.filing import firearms_in, submission_key, terms_of, text, texts
from adapters.interpol.parts import Answer, CustodyStep, Firearm, Limitation
from adapters.reading import inner, many
from adapters.values import Delivery

_OUTCOME: Final = "TRACE_OUTCOME_"
_BY_ITEM: Final = f"{_OUTCOME}ANSWERED"
_GROUND: Final = "LIMITATION_GROUND_"


def answers_in(
    delivery: Delivery, ncb: str, items: Sequence[int]
) -> Iterator[tuple[int, Answer]]:
    """Yields what a trace response answers about each item that a trace was filed of.

    An item that it answers, and says nothing of, is not one with an empty answer.

    Args:
        delivery: The response.
        ncb: Of the bureau whose answer it is.
        items: Positions of those items in the request.
    """
    document = delivery.document
    recorded = {one.item: one.firearm for one in firearms_in(delivery)[0]}
    results = {
        _number(result.get("item")): (position, result)
        for position, result in enumerate(many(document.get("results")))
    }
    of_each = text(document, "outcome").startswith(_BY_ITEM)
    for item in items:
        if of_each and item not in results:
            continue
        position, result = results.get(item, (-1, {}))
        yield item, _answer(delivery, ncb, item, result, recorded.get(position))


def _answer(
    delivery: Delivery,
    ncb: str,
    item: int,
    result: Mapping[str, object],
    firearm: Firearm | None,
) -> Answer:
    document = delivery.document
    return Answer(
        answer_id=submission_key(delivery, item, "answer"),
        ncb=ncb,
        country=str(delivery.provider),
        outcome=text(document, "outcome").removeprefix(_OUTCOME),
        firearm=firearm,
        # Holders are left out: people are nothing for a register of firearms.
        steps=tuple(
            CustodyStep(
                event=text(one, "event"),
                date=text(one, "date"),
                country=text(one, "country"),
                to_country=text(one, "toCountry"),
            )
            for one in many(result.get("chain"))
        ),
        diverted_in=text(result, "pointOfDiversion", "place", "country"),
        next_country=text(result, "nextCountry"),
        limitation=_limitation(inner(document.get("limitation"))),
        remarks=text(result, "remarks") or text(document, "remarks"),
        handling=terms_of(delivery.handling),
    )


def _limitation(found: Mapping[str, object]) -> Limitation | None:
    if not found:
        return None
    grounds = texts(found, "grounds")
    return Limitation(
        grounds=tuple(one.removeprefix(_GROUND) for one in grounds),
        reasons=text(found, "reasons"),
        review_on=text(found, "reviewOn"),
    )


def _number(value: object) -> int:
    return value if isinstance(value, int) else -1
