"""The page of lifecycles is what the code says, and its diagrams name every state."""

from pathlib import Path

from broker.core.cases.lifecycle import STAYS
from broker.core.cases.page import mermaid, page
from broker.core.cases.registry import LIFECYCLES

PAGE = Path(__file__).parents[5] / "docs" / "lifecycles.md"


def test_the_page_in_the_documents_is_that_of_the_code() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(LIFECYCLES), (
        "make it again: rogatory case lifecycle --page > docs/lifecycles.md"
    )


def test_every_step_that_leads_somewhere_is_an_arrow() -> None:
    for lifecycle in LIFECYCLES:
        lines = mermaid(lifecycle).splitlines()
        arrows = {
            tuple(line.split(" : ")[0].split(" --> "))
            for line in lines
            if " : " in line
        }
        expected = {
            (f"    {source}".replace("-", "_"), step.target.replace("-", "_"))
            for step in lifecycle.steps
            for source in step.sources
            if step.target not in (STAYS, source)
        }
        assert arrows == expected


def test_no_words_of_a_diagram_end_early() -> None:
    for lifecycle in LIFECYCLES:
        for line in mermaid(lifecycle).splitlines():
            assert line.count(":") <= 1
            assert ";" not in line
