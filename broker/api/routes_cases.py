"""`/cases`: where each matter stands, and who owes what.

What becomes of a case is left to `broker.core.cases`.
"""

from collections.abc import Iterator
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Path, Query

from broker.api.answering import problem
from broker.api.describing import refusals
from broker.api.models_cases import (
    Case,
    CasePage,
    CaseSummary,
    case_model,
    whole_case,
)
from broker.api.paging import cursor_of, place_of
from broker.api.problems import ApiCode
from broker.api.roles import Caller, Role
from broker.api.state import Services, ServicesHere, having
from broker.api.visibility import look_at, reads_everything
from broker.app.case_clocks import clocked_cases, duties_in
from broker.app.cases import case_of
from broker.core.cases.case import Case as KnownCase
from broker.core.errors import ConfigurationError

_LIST: Final = "cases"
_PAGE: Final = 100

Reader = Annotated[Caller, Depends(having(Role.READ, Role.SUBMIT, Role.AUDIT))]
CaseName = Annotated[
    str,
    Path(
        min_length=1,
        max_length=128,
        description="Its reference; or id or digest of any message in it.",
    ),
]
router = APIRouter(prefix="/cases", tags=["cases"])


@router.get("", operation_id="listCases", summary="Which cases are there?")
def list_(
    here: ServicesHere,
    who: Reader,
    cursor: Annotated[str | None, Query(max_length=200)] = None,
    limit: Annotated[int, Query(ge=1, le=_PAGE)] = 50,
    *,
    closed: Annotated[
        bool, Query(description="Those as well in which nothing is owed any more.")
    ] = False,
) -> CasePage:
    """Returns the cases with a message that the caller may see, oldest first."""
    found: list[CaseSummary] = []
    for place, shown in _shown(here, who, place_of(_LIST, cursor), closed=closed):
        if len(found) == limit:
            return CasePage(cases=found, next_cursor=cursor_of(_LIST, place - 1))
        found.append(shown)
    return CasePage(cases=found)


@router.get(
    "/{name:path}",  # a reference may have slashes in it
    operation_id="getCase",
    summary="Where does it stand?",
    responses=refusals(ApiCode.NOT_FOUND),
)
def show(here: ServicesHere, who: Reader, name: CaseName) -> Case:
    """Returns a case with what happened in it, as far as the caller may see it."""
    try:
        case = case_of(here.node, here.keys, name)
    except ConfigurationError:
        # The same as where there is one that is not for the caller.
        raise problem(ApiCode.NOT_FOUND, "no such case, or several") from None
    visible = _visible(here, who, case)
    if visible is not None and not visible:
        raise problem(ApiCode.NOT_FOUND, "no such case, or several")
    now_ms = here.clock.now_ms()
    duties = duties_in(here.node, here.keys, case)
    shown = case_model(case, duties, here.node.party, now_ms, visible)
    return whole_case(shown, case, visible)


def _shown(
    here: Services, who: Caller, begin: int, *, closed: bool
) -> Iterator[tuple[int, CaseSummary]]:
    """Yields what is listed after a place, each with its own place, from 1."""
    now_ms = here.clock.now_ms()
    for place, (case, duties) in enumerate(clocked_cases(here.node, here.keys), 1):
        if place <= begin or (case.closed and not duties and not closed):
            continue
        visible = _visible(here, who, case)
        if visible is None or visible:
            shown = case_model(case, duties, here.node.party, now_ms, visible)
            yield place, shown


def _visible(here: Services, who: Caller, case: KnownCase) -> frozenset[bytes] | None:
    """Returns the messages of a case that a caller may see; None: all of it."""
    if Role.AUDIT in who.roles or reads_everything(who):
        return None
    digests = {one.digest for one in case.events if one.name}
    return frozenset(one for one in digests if look_at(here, who, one) is not None)
