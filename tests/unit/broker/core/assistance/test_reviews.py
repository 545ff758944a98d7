"""A review among peers is put together question by question, and judges nobody."""

from hypothesis import given, strategies as st

from broker.core.assistance.reviews import Contribution, Part, review


def contribution(by: str, part: Part, at_ms: int, *numbers: int) -> Contribution:
    return Contribution(
        digest=f"{by}{at_ms}".encode(),
        by=by,
        at_ms=at_ms,
        document={
            "part": f"REVIEW_PART_{part.name}",
            "country": "KEN",
            "findings": [
                {"number": n, "question": f"Q{n}?", "text": f"{by} {part}"}
                for n in numbers
            ],
        },
    )


PARTS = [
    contribution("KEN", Part.SELF_ASSESSMENT, 1, 1, 2),
    contribution("BEL", Part.FINDINGS, 2, 1, 2),
    contribution("MEX", Part.FINDINGS, 3, 2, 3),
    contribution("KEN", Part.RESPONSE, 4, 1),
]


def test_each_question_has_what_everybody_said_to_it() -> None:
    made = review(PARTS)
    assert made.country == "KEN"
    assert [one.number for one in made.questions] == [1, 2, 3]
    assert [(one.by, one.part) for one in made.questions[1].remarks] == [
        ("KEN", Part.SELF_ASSESSMENT),
        ("BEL", Part.FINDINGS),
        ("MEX", Part.FINDINGS),
    ]
    assert made.questions[0].wordings == ("Q1?",)


def test_findings_without_a_response_are_named() -> None:
    assert review(PARTS).open_numbers == (2, 3)


@given(st.permutations(PARTS + PARTS[:2]))
def test_any_order_and_repetition_makes_the_same_review(
    parts: list[Contribution],
) -> None:
    assert review(parts) == review(PARTS)
