"""Whether the same was asked before, here or by others, or is recorded elsewhere.

A canonical fingerprint says that two descriptions are of one weapon. What is only alike
is left to the matching of records.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from broker.core.identification.calibres import read
from broker.core.identification.fingerprint import fingerprint, is_unique
from broker.core.identification.makers import canonical_key
from broker.core.identification.serials import exact_key
from broker.core.identification.weapon import Weapon, weapons_in
from broker.core.linting.catalogue import LintCode
from broker.core.linting.circumstances import Circumstances, EarlierTrace
from broker.core.linting.findings import Finding, found
from broker.core.linting.section import Section
from keys.framing import labelled_digest

_DOUBTFUL_LABEL: Final = b"rogatory/doubtful-weapon/1"
_LEAST_READ: Final = 4  # signs of a doubtful number that single a weapon out
_SYSTEMS: Final = {
    # What its name is known by: how it is shown.
    "iarms": "INTERPOL iARMS",
    "etrace": "eTrace",
    "siena": "Europol SIENA",
    "i247": "INTERPOL I-24/7",
}


def fingerprints(document: Mapping[str, object]) -> dict[str, bytes]:
    """Returns the fingerprints of the weapons in a request that bear a number.

    Args:
        document: A `TraceRequest`, by JSON names.

    Returns:
        By path of the item; 32 bytes each.
    """
    found_ones = {}
    for weapon in weapons_in("trace-request", document):
        digest = _fingerprint(weapon)
        if digest is not None:
            found_ones[weapon.path] = digest
    return found_ones


def filed_at(document: Mapping[str, object]) -> dict[tuple[str, str], str]:
    """Returns where else a request is recorded.

    Args:
        document: A `TraceRequest`, by JSON names.

    Returns:
        Paths by system and identifier, both folded so that spellings do not matter.
    """
    return {
        (_folded(one.text("system")), _folded(one.text("identifier"))): one.path
        for one in Section.of(document).inners("references")
        if _folded(one.text("identifier"))
    }


def elsewhere(request: Section, given: Circumstances) -> Iterator[Finding]:
    """Yields what was asked before, and where else it is recorded.

    Args:
        request: A `TraceRequest`, by JSON names.
        given: What is known besides.
    """
    filed = filed_at(request.fields)
    for (system, _), path in filed.items():
        known = next((name for key, name in _SYSTEMS.items() if key in system), None)
        if known is not None:
            text = f"the same is recorded in {known}"
            yield found(LintCode.FILED_ELSEWHERE, path, text)
    for path, again in _met(request, given, filed).items():
        ours = [one for one in again if one.by == given.party]
        others = [one for one in again if one.by != given.party]
        afresh = [one for one in ours if not _further_leg(request, given, one)]
        if afresh:
            newest = afresh[-1]
            case = f", case {newest.case_reference}" if newest.case_reference else ""
            text = f"we asked {_about(afresh)}{case} about the same"
            yield found(LintCode.ASKED_BEFORE, path, text)
        if others:
            text = f"{others[-1].by} asked {_about(others)} about the same"
            yield found(LintCode.ASKED_BY_OTHERS, path, text)


def _met(
    request: Section, given: Circumstances, filed: Mapping[tuple[str, str], str]
) -> dict[str, list[EarlierTrace]]:
    """Returns the earlier requests about the same, by the place that says so."""
    weapons = fingerprints(request.fields)
    met: dict[str, list[EarlierTrace]] = {}
    for earlier in given.earlier:
        for path, digest in weapons.items():
            if digest in earlier.fingerprints:
                met.setdefault(path, []).append(earlier)
        for key, path in filed.items():
            if key in earlier.filed:
                met.setdefault(path, []).append(earlier)
    return met


def _about(earlier: Sequence[EarlierTrace]) -> str:
    newest, more = earlier[-1], len(earlier) - 1
    also = f" and {more} more" if more else ""
    return f"{', '.join(newest.to)} in message {newest.message_id}{also}"


def _further_leg(request: Section, given: Circumstances, earlier: EarlierTrace) -> bool:
    """Tells whether a request goes on with an earlier one, to somebody else."""
    same_case = given.case_reference and given.case_reference == earlier.case_reference
    goes_on = bool(same_case) or request.has("continues")
    return goes_on and not set(given.recipients) & set(earlier.to)


def _fingerprint(weapon: Weapon) -> bytes | None:
    if is_unique(weapon):
        return fingerprint(weapon)
    primary = weapon.primary
    if (
        primary is None
        or len(re.sub(r"[?*]", "", exact_key(primary.raw))) < _LEAST_READ
    ):
        return None
    # The same doubtful reading twice is one weapon; another reading of it is not seen.
    return labelled_digest(
        _DOUBTFUL_LABEL,
        canonical_key(weapon.make, weapon.country).encode(),
        (read(weapon.designation or weapon.calibre).designation or "").encode(),
        exact_key(primary.raw).encode(),
        primary.mask.encode(),
    )


def _folded(text: str) -> str:
    return re.sub(r"[\W_]+", "", text.casefold())
