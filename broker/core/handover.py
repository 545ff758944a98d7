"""Handing over: what a desk or an adapter may be given, and what binds it there.

Reading the content is left to the services, and writing files to the command line.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from broker.core.admitted import IN_USE, Admission
from broker.core.errors import Code, RefusedError
from broker.core.handling import Europol, Handling, IntendedUse
from broker.core.onward import Provided, check_consent
from broker.core.permissions import Act, Answer
from broker.core.tightening import check_not_looser


@dataclass(frozen=True, slots=True, kw_only=True)
class Taker:
    """Who is to be given a content, and what for.

    Attributes:
        desk: Its name in the routes of our policy.
        agency: The agency it belongs to, as providers name agencies.
        use: What for; None when nothing is said about it.
    """

    desk: str
    agency: str
    use: IntendedUse | None = None


def hand_over(
    provided: Provided,
    admission: Admission | None,
    taker: Taker,
    answers: Iterable[Answer],
    now_ms: int,
) -> Handling:
    """Returns the handling that binds `taker`; never looser than any before it.

    1. Our policy has let the message in, and a person too where it says so. 2. It
    routes it to this desk. 3. Everybody it has come through lets this agency have it.
    4. And lets it be used for this. 5. The time for which it may be kept is not over.

    Raises:
        RefusedError: IMPORT_POLICY, CONSENT_NEEDED or LOOSER_HANDLING.
    """
    # 1.
    if admission is None or admission.state not in IN_USE:
        state = "not decided" if admission is None else admission.state.value
        raise RefusedError(Code.IMPORT_POLICY, f"it is {state}: nobody gets it yet")
    # 2.
    if taker.desk not in admission.routes:
        known = ", ".join(admission.routes) or "no desk"
        raise RefusedError(
            Code.IMPORT_POLICY, f"it goes to {known}, and not to {taker.desk}"
        )
    for layer in provided.layers:
        # 3.
        named = layer.handling.restrictions.release_to
        if named and taker.agency.casefold() not in map(str.casefold, named):
            raise RefusedError(
                Code.LOOSER_HANDLING,
                f"{layer.by} released it to {', '.join(named)}, and not to "
                f"{taker.agency}",
            )
        # 4.
        _check_use(layer.handling, taker.use)
    _check_judicial(provided, taker.use, answers, now_ms)
    # 5.
    result = provided.binding(now_ms)
    for layer in provided.layers:
        check_not_looser(layer.handling, result)
    return result


def _check_use(handling: Handling, use: IntendedUse | None) -> None:
    purposes = handling.restrictions.purposes
    if use is not None and purposes and use not in purposes:
        words = ", ".join(purpose.word for purpose in sorted(purposes))
        raise RefusedError(Code.LOOSER_HANDLING, f"it may be used for {words} only")


def _check_judicial(
    provided: Provided,
    use: IntendedUse | None,
    answers: Iterable[Answer],
    now_ms: int,
) -> None:
    """H1: not in judicial proceedings without the permission of whoever says so."""
    if use is not IntendedUse.JUDICIAL_PROCEEDINGS:
        return
    first = next(
        (layer for layer in provided.layers if Europol.H1 in layer.handling.europol),
        None,
    )
    # Whoever passed it on has kept the code of whoever set it first.
    if first is not None:
        check_consent(first, Act.JUDICIAL, answers, now_ms)
