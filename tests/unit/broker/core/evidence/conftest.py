"""Evidence to test with."""

from pathlib import Path

import pytest

from tests.evidence_world import EvidenceWorld
from tests.unit.broker.core.evidence.made import Made


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """KEN asks BEL, who acknowledges; MEX is not part of it."""
    here = EvidenceWorld(tmp_path_factory.mktemp("evidence") / "hub")
    message = here.exchange()
    return Made(world=here, data=here.collect(message, disclosed=True).data)


@pytest.fixture
def later(tmp_path: Path) -> EvidenceWorld:
    """A federation in which something changes after an exchange."""
    return EvidenceWorld(tmp_path / "hub")
