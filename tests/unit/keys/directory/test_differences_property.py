"""Whatever is decided, in whatever order: what is shown is what changes."""

from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from keys.directory.ceremony import (
    add_steward,
    admit,
    limit,
    reinstate,
    rekey,
    replace_online_key,
    retire,
    set_threshold,
    suspend,
)
from keys.directory.ceremony_files import (
    CeremonyRequest,
    read_request,
    write_request,
)
from keys.directory.model import PartyLimits
from keys.directory.signers import public_of, role_public
from keys.directory.terms import (
    Steward,
    Terms,
)
from keys.errors import CeremonyError
from tests.unit.keys.directory.agreeing import basis_of, proposal_of, sentences
from tests.unit.keys.directory.federation import (
    BEL,
    KEN,
    MEX,
    NOW_MS,
    XPO,
    Federation,
    seed,
    stewards_of,
)

_KEYS = [role_public(seed(f"role/{number}")) for number in range(4)]
_SECOND = Steward(public=public_of(stewards_of(2)[1]), name="B. Otieno")
Change = Callable[[Terms], Terms]


@pytest.fixture
def enrolled(federation: Federation) -> Federation:
    """A federation of KEN and BEL."""
    federation.enrol(KEN, BEL)
    return federation


def _online(terms: Terms) -> Terms:
    return replace_online_key(terms, role_public(seed("online/2")))


PARTY = st.sampled_from([KEN, BEL, MEX, XPO])
ATOMS = st.one_of(
    st.builds(
        lambda p, k: (
            f"admits {p}",
            lambda t: admit(t, party=p, keys=[_KEYS[k]], threshold=1),
        ),
        PARTY,
        st.integers(0, 3),
    ),
    st.builds(
        lambda p, k: (
            f"gives {p} other role keys",
            lambda t: rekey(t, party=p, keys=[_KEYS[k]], threshold=1),
        ),
        PARTY,
        st.integers(0, 3),
    ),
    st.builds(lambda p: (f"retires {p}", lambda t: retire(t, p)), PARTY),
    st.builds(
        lambda p: (
            f"suspends {p}",
            lambda t: suspend(t, p, since_ms=NOW_MS, reason="x"),
        ),
        PARTY,
    ),
    st.builds(lambda p: (f"reinstates {p}", lambda t: reinstate(t, p)), PARTY),
    st.builds(
        lambda p, n: (
            f"limits of {p}: connections",
            lambda t: limit(t, p, PartyLimits(connections=n)),
        ),
        PARTY,
        st.integers(1, 9),
    ),
    st.just(("gives the hub another online key", _online)),
    st.just(("adds the steward", lambda t: add_steward(t, _SECOND))),
    st.just(("lets", lambda t: set_threshold(t, len(t.root.stewards)))),
)


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.lists(ATOMS, max_size=5))
def test_what_is_shown_is_exactly_what_changes(
    enrolled: Federation, atoms: list[tuple[str, Change]]
) -> None:
    """From sentences alone one could tell whether two states differ, and where."""
    terms = before = basis_of(enrolled).terms()
    for _, change in atoms:
        try:
            terms = change(terms)
        except CeremonyError:
            continue
    try:
        proposal = proposal_of(enrolled, lambda _: terms)
    except CeremonyError:
        return  # what cannot stand, such as one key of two parties
    shown = sentences(proposal)
    same = (
        terms.root == before.root
        and terms.federation == before.federation
        and dict(terms.targets.parties) == dict(before.targets.parties)
    )
    assert (shown == []) == same
    for party in (KEN, BEL, MEX, XPO):
        old, new = before.targets.parties.get(party), terms.targets.parties.get(party)
        about = [s for s in shown if party in s]
        decided = terms.federation.membership(party)
        changed = old != new or decided != before.federation.membership(party)
        assert bool(about) == changed
    request = CeremonyRequest(proposal=proposal)
    assert read_request(write_request(request)) == request
