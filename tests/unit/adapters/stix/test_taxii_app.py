"""The TAXII 2.1 server: who is told what, in which pages, and what is refused how."""

from pathlib import Path

import pytest

from adapters.memory_desk import MemoryDesk
from tests.adapter_world import example_delivery, withdrawal_of
from tests.taxii_world import AMBER, GREEN, MEDIA_TYPE, TaxiiWorld


@pytest.fixture
def world(desk: MemoryDesk, tmp_path: Path) -> TaxiiWorld:
    return TaxiiWorld(desk, tmp_path)


async def filled(world: TaxiiWorld, *kinds: str, handling: str = "TLP:AMBER") -> None:
    for number, kind in enumerate(kinds, start=1):
        delivery = example_delivery(kind, number, handling=handling)
        world.desk.deliveries.append(delivery)
        await world.adapter.deliver(delivery)


def test_discovery_leads_to_the_collections(world: TaxiiWorld) -> None:
    [root] = world.http.get("/taxii2/").json()["api_roots"]
    information = world.http.get(root)
    assert information.json()["versions"] == [MEDIA_TYPE]
    assert information.headers["content-type"] == MEDIA_TYPE
    told = world.http.get(root + "collections/").json()["collections"]
    assert {one["title"] for one in told} == {GREEN, AMBER}
    assert world.get(AMBER, "") == next(one for one in told if one["title"] == AMBER)


async def test_a_collection_holds_nothing_above_its_handling(
    world: TaxiiWorld,
) -> None:
    await filled(world, "stock-loss", handling="TLP:AMBER H2")
    assert world.get(GREEN) == {}
    await filled(world, "diversion-alert", handling="TLP:GREEN")
    labels = [one.get("labels") for one in world.get(GREEN)["objects"]]
    assert ["rogatory:diversion-alert"] in labels
    assert ["rogatory:stock-loss"] not in labels


async def test_a_kind_that_is_no_report_is_not_exported(world: TaxiiWorld) -> None:
    consumed = await world.adapter.deliver(example_delivery("trace-info-request"))
    assert consumed.emissions == ()
    assert world.get(AMBER) == {}


async def test_what_no_collection_takes_is_noted_and_not_exported(
    world: TaxiiWorld,
) -> None:
    consumed = await world.adapter.deliver(
        example_delivery("stock-loss", handling="TLP:RED")
    )
    assert "no collection" in consumed.note
    assert world.get(AMBER) == {}


async def test_pages_give_everything_once(world: TaxiiWorld) -> None:
    await filled(world, "stock-loss", "diversion-alert")
    whole = [one["id"] for one in world.get(AMBER)["objects"]]
    found: list[str] = []
    query: dict[str, str] = {"limit": "3"}
    while True:
        page = world.get(AMBER, **query)
        found += [one["id"] for one in page["objects"]]
        if not page["more"]:
            break
        query["next"] = page["next"]
    assert found == whole
    assert len(set(found)) == len(found)


async def test_a_client_that_was_cut_off_goes_on_by_the_last_date_it_saw(
    world: TaxiiWorld,
) -> None:
    await filled(world, "stock-loss", "diversion-alert")
    whole = [one["id"] for one in world.get(AMBER)["objects"]]
    answer = world.http.get(world.path(AMBER), params={"limit": "5"})
    last = answer.headers["X-TAXII-Date-Added-Last"]
    rest = world.get(AMBER, added_after=last)["objects"]
    assert [one["id"] for one in rest] == whole[5:]


async def test_large_messages_make_small_pages(
    world: TaxiiWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    await filled(world, "stock-loss")
    whole = world.get(AMBER)["objects"]
    monkeypatch.setattr("adapters.stix.filters._PAGE_MAX_SIZE", 1000)
    found, query = [], dict[str, str]()
    while (page := world.get(AMBER, **query))["more"]:
        found += page["objects"]
        query["next"] = page["next"]
    assert found + page["objects"] == whole
    assert len(page["objects"]) < len(whole)


async def test_filters_narrow_down(world: TaxiiWorld) -> None:
    await filled(world, "stock-loss", "diversion-alert")
    reports = world.get(AMBER, **{"match[type]": "report,note"})["objects"]
    assert {one["type"] for one in reports} == {"report", "note"}
    wanted = reports[0]["id"]
    [found] = world.get(AMBER, **{"match[id]": wanted})["objects"]
    assert found["id"] == wanted
    assert world.get(AMBER, **{"match[spec_version]": "2.0"}) == {}
    assert world.get(AMBER, f"objects/{wanted}/")["objects"] == [found]


async def test_manifest_and_versions_name_what_is_there(world: TaxiiWorld) -> None:
    await filled(world, "stock-loss")
    entries = world.get(AMBER, "manifest/")["objects"]
    objects = world.get(AMBER)["objects"]
    assert [one["id"] for one in entries] == [one["id"] for one in objects]
    times = [one["date_added"] for one in entries]
    assert times == sorted(set(times))
    report = next(one for one in objects if one["type"] == "report")
    assert world.get(AMBER, f"objects/{report['id']}/versions/")["versions"] == [
        report["modified"]
    ]


async def test_what_was_taken_back_is_revoked_for_whoever_had_it(
    world: TaxiiWorld,
) -> None:
    await filled(world, "stock-loss")
    last = world.http.get(world.path(AMBER)).headers["X-TAXII-Date-Added-Last"]
    before = {one["id"] for one in world.get(AMBER)["objects"] if "modified" in one}
    await world.adapter.withdraw(withdrawal_of(world.desk.deliveries[0]))
    news = world.get(AMBER, added_after=last)["objects"]
    assert {one["id"] for one in news} <= before
    assert all(one["revoked"] for one in news)
    told = str(world.get(AMBER, **{"match[version]": "all"}))
    assert "ZZQ-70013" not in told
    assert "Nakuru" not in told


async def test_nothing_of_the_content_lies_in_the_folder(world: TaxiiWorld) -> None:
    await filled(world, "stock-loss")
    lying = b"".join(one.read_bytes() for one in world.desk.folder.iterdir())
    for secret in (b"ZZQ-70013", b"Nakuru", b"Example Works", b"depot"):
        assert secret not in lying


async def test_a_restart_gives_clients_the_same_again(
    world: TaxiiWorld, tmp_path: Path
) -> None:
    await filled(world, "stock-loss", "diversion-alert")
    await world.adapter.withdraw(withdrawal_of(world.desk.deliveries[1]))
    before = world.get(AMBER, "manifest/")
    again = TaxiiWorld(world.desk, tmp_path)
    assert again.get(AMBER, "manifest/") != before
    await again.adapter._restore()
    assert again.get(AMBER, "manifest/") == before
    assert again.get(AMBER) == world.get(AMBER)


async def test_a_delivery_that_comes_again_is_added_once(world: TaxiiWorld) -> None:
    await filled(world, "stock-loss")
    before = world.get(AMBER, "manifest/")
    world.desk.time_ms += 60_000
    await world.adapter.deliver(world.desk.deliveries[0])
    assert world.get(AMBER, "manifest/") == before


async def test_what_may_not_be_kept_any_longer_is_revoked(world: TaxiiWorld) -> None:
    until = world.desk.time_ms + 1000
    delivery = example_delivery("stock-loss", keep_until_ms=until)
    await world.adapter.deliver(delivery)
    assert world.adapter._shelf.sweep(until - 1) == 0
    assert world.adapter._shelf.sweep(until) == 1
    assert all(one["revoked"] for one in world.get(AMBER)["objects"])


async def test_one_weapon_in_two_reports_bears_the_stricter_handling(
    world: TaxiiWorld,
) -> None:
    for number, label in enumerate(("TLP:GREEN", "TLP:AMBER H2"), start=1):
        one = example_delivery("trace-request", number, handling=label)
        await world.adapter.deliver(one)
    [green] = world.get(GREEN, **{"match[type]": "firearm"})["objects"]
    [amber] = world.get(AMBER, **{"match[type]": "firearm"})["objects"]
    assert green["id"] == amber["id"]
    assert len(green["object_marking_refs"]) == 1
    assert len(amber["object_marking_refs"]) == 2


def test_a_certificate_that_is_not_registered_reads_nothing(world: TaxiiWorld) -> None:
    world.shown = b"somebody else's"
    for path in ("/taxii2/", "/rogatory/", world.path(AMBER)):
        answer = world.http.get(path)
        assert answer.status_code == 403
        assert answer.json()["http_status"] == "403"


def test_a_collection_of_others_is_not_even_there(
    desk: MemoryDesk, tmp_path: Path
) -> None:
    world = TaxiiWorld(desk, tmp_path)
    [client] = world.settings.server.clients if world.settings.server else ()
    narrowed = [{**client.model_dump(), "sha256": client.sha256.hex()}]
    narrowed[0]["collections"] = [GREEN]
    world = TaxiiWorld(desk, tmp_path, clients=narrowed)
    assert world.http.get(world.path(GREEN)).status_code == 200
    other = world.http.get(world.path(AMBER))
    none = world.http.get("/rogatory/collections/none/objects/")
    assert (other.status_code, other.json()) == (404, none.json())
    told = world.http.get("/rogatory/collections/").json()["collections"]
    assert [one["title"] for one in told] == [GREEN]


@pytest.mark.parametrize(
    ("query", "why"),
    [
        ("limit=0", "limit"),
        ("limit=-3", "limit"),
        ("limit=%D9%A3", "limit"),
        ("next=nonsense!", "next"),
        ("added_after=yesterday", "time"),
        ("added_after=2026-01-31", "time"),
        ("match[nothing]=1", "match[nothing]"),
        ("match[version]=newest", "time"),
        ("match[id]=", "match[id]"),
        ("limit=1&limit=2", "more than once"),
    ],
)
def test_a_question_that_is_not_understood_is_refused(
    world: TaxiiWorld, query: str, why: str
) -> None:
    answer = world.http.get(f"{world.path(AMBER)}?{query}")
    assert answer.status_code == 400
    assert why in answer.json()["description"]


def test_another_media_type_is_not_acceptable(world: TaxiiWorld) -> None:
    for accept in ("text/html", "application/taxii+json;version=2.0", ""):
        answer = world.http.get("/taxii2/", headers={"Accept": accept})
        assert answer.status_code == 406
    assert world.http.get("/taxii2/", headers={"Accept": "*/*"}).status_code == 200


def test_nobody_writes_here(world: TaxiiWorld) -> None:
    assert world.http.post(world.path(AMBER), json={}).status_code == 403
    name = world.path(AMBER) + "report--1/"
    assert world.http.delete(name).status_code == 403
    assert world.http.put("/taxii2/").status_code == 405
    status = world.http.get("/rogatory/status/2f8cd7e4-a1b0-4a7e-9a2b-0d7a5b0b9b57/")
    assert status.status_code == 404
    assert world.http.get("/elsewhere/").status_code == 404


async def test_a_ledger_that_cannot_be_read_is_said_to_be_later(
    world: TaxiiWorld,
) -> None:
    for file in world.desk.folder.iterdir():
        file.unlink()
    (world.desk.folder / "exports.sqlite").mkdir()
    answer = world.http.get(world.path(AMBER))
    assert answer.status_code == 503
    assert answer.json()["http_status"] == "503"
    assert answer.headers["content-type"] == MEDIA_TYPE
