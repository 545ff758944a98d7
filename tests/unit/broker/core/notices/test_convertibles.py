"""Models that are converted are counted over all reports, each report once."""

from broker.core.notices.convertibles import Technique, convertibles


def report(
    by: str, number: int, *models: tuple[str, str], seen: int = 0, method: str = "OTHER"
) -> Technique:
    return Technique(
        digest=f"{by}{number}".encode(),
        by=by,
        document={
            "objects": [
                {
                    "itemClass": "ITEM_CLASS_CONVERTIBLE",
                    "firearm": {"make": make, "model": model},
                }
                for make, model in models
            ],
            "methods": [f"CONVERSION_METHOD_{method}"],
            **({"seen": str(seen)} if seen else {}),
        },
    )


EXAMPLE = ("Example Signal", "Starter 8")


def test_reports_of_one_model_come_together() -> None:
    [found] = convertibles(
        [
            report("BEL", 1, EXAMPLE, seen=14, method="BARREL_REPLACED"),
            report("KEN", 2, ("EXAMPLE  signal", "starter 8"), seen=3),
        ]
    )
    assert (found.reports, found.seen) == (2, 17)
    assert found.origins == {"BEL", "KEN"}
    assert found.methods == {"barrel-replaced", "other"}
    assert found.item_class == "convertible"


def test_a_report_counts_once_however_often_it_comes() -> None:
    one = report("BEL", 1, EXAMPLE, seen=14)
    [found] = convertibles([one, one])
    assert (found.reports, found.seen) == (1, 14)


def test_what_is_not_known_is_not_nought() -> None:
    [found] = convertibles([report("BEL", 1, EXAMPLE)])
    assert found.seen is None


def test_a_number_for_several_models_is_counted_for_none() -> None:
    other = ("Example Signal", "Starter 9")
    found = convertibles([report("BEL", 1, EXAMPLE, other, seen=9)])
    assert [(one.model, one.seen) for one in found] == [
        ("Starter 8", None),
        ("Starter 9", None),
    ]


def test_what_has_no_make_and_no_model_is_left_out() -> None:
    bare = Technique(
        digest=b"x",
        by="BEL",
        document={"objects": [{"itemClass": "ITEM_CLASS_FIREARM", "description": "x"}]},
    )
    part = Technique(
        digest=b"y",
        by="BEL",
        document={
            "objects": [
                {"itemClass": "ITEM_CLASS_PART", "part": {"fits": "Example Model 17"}}
            ]
        },
    )
    assert [one.model for one in convertibles([bare, part])] == ["Example Model 17"]
