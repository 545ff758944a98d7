"""What entry becomes of what was delivered about one matter."""

from dataclasses import replace

import pytest

from adapters.customs.drawing import Drawing
from adapters.customs.watchlist import Entry, Urgency
from adapters.values import Delivery
from broker.core.errors import RefusedError
from broker.core.handling import Handling, Restrictions
from keys.identity import PartyId
from tests.adapter_world import example_delivery
from tests.customs_world import DAY_MS, update_of

DRAWING = Drawing(party=PartyId("KEN"), party_key=b"k" * 32, keep_days=180)
ALERT = example_delivery("diversion-alert")


def drawn(*updates: Delivery, opening: Delivery = ALERT) -> Entry:
    found = DRAWING.entry(opening, updates)
    assert found is not None
    return found


def correction(field: str, value: str, **fields: object) -> Delivery:
    return replace(
        update_of(
            ALERT,
            kind="UPDATE_KIND_CORRECT",
            corrections=[{"field": field, "was": "x", "is": value}],
        ),
        **fields,  # type: ignore[arg-type] # fields of a delivery
    )


def test_an_alert_gives_every_sort_of_criterion() -> None:
    found = drawn().criteria
    assert found.goods == {"930200"}
    assert found.places == {"BEANR", "AEJEA", "KEMBA"}
    assert found.containers == {"CSQU3054383"}
    assert found.vessels == {"9074729"}
    assert {(one.first, one.last) for one in found.serials} == {(1001, 1120)}
    assert len(found.parties) == 2
    assert found.routes == {("BEL", "KEN"), ("BEL", "MEX")}


def test_reasons_are_words_and_asks_are_those_of_us() -> None:
    found = drawn()
    assert found.reasons[0] == "DIVERSION_ALERT"
    assert "FORGED_EUC" in found.reasons
    assert found.asks == ("HOLD", "VERIFY_EUC", "INFORM")
    assert "FREEZE_PAYMENT" not in drawn(update_of(ALERT)).asks  # asked of Mexico
    assert found.urgency is Urgency.IMMEDIATE


def test_no_name_is_compared_without_a_key() -> None:
    found = replace(DRAWING, party_key=b"").entry(ALERT, ())
    assert found is not None
    assert not found.criteria.parties


def test_a_state_organ_is_on_no_list() -> None:
    organ = {"kind": "ACTOR_KIND_STATE_ORGAN", "role": "ACTOR_ROLE_CONSIGNEE"}
    alert = example_delivery(
        "diversion-alert", content={"parties": [{**organ, "name": "Ministry"}]}
    )
    assert not drawn(opening=alert).criteria.parties


def test_an_update_adds_and_tightens() -> None:
    update = replace(update_of(ALERT), handling=Handling.parse("TLP:RED H2"))
    found = drawn(update)
    assert "OMSLL" in found.criteria.places
    assert found.criteria.places > drawn().criteria.places
    assert str(found.handling) == "TLP:RED H2"
    assert found.sources == (ALERT.message_digest, update.message_digest)


def test_a_correction_of_the_issuer_replaces() -> None:
    update = correction("consignment.legs[0].containers[0].number", "TEMU1234565")
    assert drawn(update).criteria.containers == {"TEMU1234565"}


def test_a_correction_of_another_party_takes_nothing_off_the_list() -> None:
    update = correction(
        "consignment.legs[0].containers[0].number",
        "TEMU1234565",
        origin=PartyId("MEX"),
    )
    assert drawn(update).criteria.containers == {"CSQU3054383", "TEMU1234565"}


@pytest.mark.parametrize(
    "field",
    [
        "consignment.legs[9].imo",
        "consignment",
        "",
        "[0]",
        "consignment.legs[0].containers[99999999999].number",
        ".".join("a" * 40),
    ],
)
def test_a_correction_of_what_is_not_there_changes_nothing(field: str) -> None:
    uncorrected = drawn(update_of(ALERT))
    assert drawn(correction(field, "TEMU1234565")).criteria == uncorrected.criteria


@pytest.mark.parametrize("kind", ["UPDATE_KIND_CANCEL", "UPDATE_KIND_RESOLVE"])
def test_only_the_issuer_ends_a_matter(kind: str) -> None:
    ending = update_of(ALERT, kind=kind)
    assert DRAWING.entry(ALERT, [ending]) is None
    assert DRAWING.entry(ALERT, [replace(ending, origin=PartyId("MEX"))]) is not None


def test_an_entry_is_over_when_the_first_of_its_limits_is() -> None:
    assert drawn().valid_until_ms == ALERT.received_ms + 180 * DAY_MS
    limited = replace(ALERT, keep_until_ms=ALERT.received_ms + DAY_MS)
    assert drawn(opening=limited).valid_until_ms == ALERT.received_ms + DAY_MS
    # A route is over on the day that it says, whatever else.
    route = example_delivery(
        "route-intelligence",
        content={
            "waypoints": [
                {"place": {"locode": "BEANR"}, "role": "WAYPOINT_ROLE_ORIGIN"},
                {"place": {"country": "KEN"}, "role": "WAYPOINT_ROLE_DESTINATION"},
            ],
            "expiresOn": "2026-10-01",
        },
    )
    found = drawn(opening=route)
    assert found.valid_until_ms == 1_790_899_200_000  # 2026-10-02T00:00:00Z
    assert found.criteria.routes == {("BEL", "KEN")}
    assert found.criteria.goods == {"9305"}


def test_goods_alone_are_no_entry() -> None:
    assert DRAWING.entry(example_delivery("route-intelligence"), ()) is None


def test_a_loss_is_looked_for_by_its_numbers_alone() -> None:
    found = drawn(opening=example_delivery("stock-loss"))
    assert {(one.first, one.last) for one in found.criteria.serials} == {
        (1040, 1059),
        (70013, 70013),
    }
    assert not found.criteria.goods
    assert found.reasons == ("STOCK_LOSS", "STOLEN")


def test_handlings_that_leave_nobody_are_refused() -> None:
    def bound(agency: str) -> Handling:
        return Handling.parse("TLP:AMBER", Restrictions(release_to=(agency,)))

    alert = replace(ALERT, handling=bound("customs"))
    update = replace(update_of(alert), handling=bound("police"))
    with pytest.raises(RefusedError):
        DRAWING.entry(alert, [update])
