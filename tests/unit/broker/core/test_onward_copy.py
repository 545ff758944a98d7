"""A copy is made under what binds it, and names the consent it relies on."""

from dataclasses import replace
from typing import Final

import pytest

from broker.core.errors import Code, HandlingError, RefusedError
from broker.core.handling import Europol, Handling, IntendedUse, Restrictions, Tlp
from broker.core.onward import Layer, Onward, Provided
from broker.core.onward_copy import copy_of, handling_of, whom_to_ask
from broker.core.permissions import Act, Verdict
from tests.unit.broker.core.test_onward import (
    BEARING,
    GRANT,
    GREEN,
    H2,
    PROVIDED,
    USE,
    answer,
)
from tests.world import BEL, KEN, MEX, NOW_MS, XPO

H1: Final = Handling(tlp=Tlp.GREEN, europol=frozenset({Europol.H1}))


def green() -> Provided:
    [layer] = PROVIDED.layers
    return replace(PROVIDED, layers=(replace(layer, handling=GREEN),))


def test_a_copy_says_what_the_provider_gave_and_names_the_consent() -> None:
    copy = copy_of(PROVIDED, [KEN], [answer()])
    assert (copy.provider, copy.handling, copy.grant_digest) == (MEX, H2, GRANT)
    handling = handling_of(PROVIDED, [KEN], [answer()], None, NOW_MS)
    onward = Onward(copy=copy, provided=PROVIDED, answers=(answer(),))
    onward.check(KEN, handling, NOW_MS)


@pytest.mark.parametrize("answers", [[], [answer(verdict=Verdict.WITHDRAWN)]])
def test_without_consent_a_copy_names_none(answers: list[object]) -> None:
    assert copy_of(PROVIDED, [KEN], answers).grant_digest == b""  # type: ignore[arg-type]


def test_a_consent_that_is_not_needed_is_not_named() -> None:
    assert copy_of(green(), [KEN], [answer()]).grant_digest == b""
    assert copy_of(PROVIDED, [MEX], [answer()]).grant_digest == b""


def test_a_consent_for_some_purposes_binds_the_copy_to_them() -> None:
    handling = handling_of(PROVIDED, [KEN], [answer(purposes=USE)], None, NOW_MS)
    assert handling.restrictions.purposes == USE


def test_a_consent_for_other_purposes_than_the_providers_own_leaves_nothing() -> None:
    bound = replace(
        H2, restrictions=Restrictions(purposes=frozenset({IntendedUse.STATISTICS}))
    )
    [layer] = PROVIDED.layers
    provided = replace(PROVIDED, layers=(replace(layer, handling=bound),))
    with pytest.raises(RefusedError) as refused:
        handling_of(provided, [KEN], [answer(purposes=USE)], None, NOW_MS)
    assert refused.value.code is Code.LOOSER_HANDLING


def test_stricter_labels_can_be_wished_for_and_looser_ones_not() -> None:
    stricter = handling_of(PROVIDED, [KEN], [], "TLP:AMBER H2", NOW_MS)
    assert stricter.tlp is Tlp.AMBER
    with pytest.raises(RefusedError, match="without H2"):
        handling_of(PROVIDED, [KEN], [], "TLP:AMBER", NOW_MS)
    with pytest.raises(HandlingError):
        handling_of(PROVIDED, [KEN], [], "amber", NOW_MS)


def test_whoever_set_a_condition_is_asked_once() -> None:
    assert [one.by for one in whom_to_ask(PROVIDED, Act.ONWARD, [KEN, XPO])] == [MEX]
    assert whom_to_ask(green(), Act.ONWARD, [KEN]) == []
    assert whom_to_ask(PROVIDED, Act.JUDICIAL, []) == []


def test_the_first_who_kept_it_out_of_court_is_asked() -> None:
    bearer = Layer(by=BEL, digest=BEARING, handling=H1)
    provided = replace(green(), layers=(*green().layers, bearer))
    assert [one.by for one in whom_to_ask(provided, Act.JUDICIAL, [])] == [BEL]
    [first] = PROVIDED.layers
    both = replace(provided, layers=(replace(first, handling=H1), bearer))
    assert [one.by for one in whom_to_ask(both, Act.JUDICIAL, [])] == [MEX]


def test_nobody_is_asked_for_what_nobody_can_allow() -> None:
    [layer] = PROVIDED.layers
    red = replace(PROVIDED, layers=(replace(layer, handling=Handling(tlp=Tlp.RED)),))
    with pytest.raises(RefusedError, match="TLP:RED"):
        whom_to_ask(red, Act.ONWARD, [KEN])
