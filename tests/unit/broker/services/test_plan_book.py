"""One message that says nothing which can be read keeps no plan from being seen."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from broker.core.cases.plan_messages import Word
from broker.core.codec.documents import encode_document
from broker.core.codec.draft import parse_draft
from broker.core.codec.plans import PROPOSAL_KIND, read_word
from broker.core.errors import Code, DocumentError, RefusedError
from broker.infra.document_files import load_file
from broker.services.plan_book import PlanBook
from tests import case_world, world
from tests.case_world import EXAMPLES, CaseWorld, example
from tests.world import BEL, KEN, MEX


@pytest.fixture
def parties(tmp_path: Path) -> Iterator[CaseWorld]:
    made = case_world.made(tmp_path)
    yield made
    made.close()


def test_a_plan_with_the_hub_as_a_party_is_refused_before_it_is_opened() -> None:
    """It would be unreadable at every look that follows."""
    content = parse_draft(load_file(EXAMPLES / "mitigation-proposal.yaml")).content
    terms = content["terms"]
    assert isinstance(terms, dict)
    terms["parties"] = ["HUB", "KEN"]
    with pytest.raises(DocumentError, match="HUB"):
        encode_document(PROPOSAL_KIND, content)


async def test_a_proposal_that_cannot_be_read_hides_no_other(
    parties: CaseWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(2):
        body = example("mitigation-proposal")
        parties.say(KEN, body, (BEL, MEX), PROPOSAL_KIND, reference="KEN-7")
    await parties.settle()
    book = PlanBook(world.holder(BEL), parties.sides[BEL].store)
    assert len(list(book.messages())) == 2
    asked: list[str] = []

    def first_is_broken(kind: str, body: bytes) -> Word:
        asked.append(kind)
        if len(asked) == 1:
            raise RefusedError(Code.INVALID_CONTENT, "parties")
        return read_word(kind, body)

    monkeypatch.setattr("broker.services.plan_book.read_word", first_is_broken)
    assert len(list(book.messages())) == 1
