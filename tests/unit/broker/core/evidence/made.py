"""Evidence of one exchange, and what checking it says; for the tests beside it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import pytest

from broker.core.errors import ProofError
from broker.core.evidence.bundle import Bundle
from broker.core.evidence.container import write_container
from broker.core.evidence.findings import Report, State
from broker.core.evidence.manifest import MANIFEST_NAME, Manifest, write_manifest
from broker.core.evidence.verify import verify_bundle
from tests.evidence_world import EvidenceWorld


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A federation, and a file of evidence about one exchange, with its content."""

    world: EvidenceWorld
    data: bytes

    @property
    def bundle(self) -> Bundle:
        """The evidence as a value."""
        return Bundle.from_bytes(self.data)

    def check(self, bundle: Bundle, **demands: object) -> Report:
        """Checks evidence that somebody has put together by hand."""
        return verify_bundle(bundle, self.world.demands(**demands))

    def with_message(self, **changes: Any) -> Bundle:  # noqa: ANN401 - fields
        """Returns the evidence with parts of its message changed."""
        [message] = self.bundle.messages
        return replace(self.bundle, messages=(replace(message, **changes),))


def texts(report: Report, state: State) -> str:
    """Returns everything that is said with one state."""
    return "\n".join(one.text for one in report.of(state))


def broken(report: Report) -> str:
    """Returns what does not hold; something does not."""
    assert not report.holds
    with pytest.raises(ProofError):
        report.check()
    return texts(report, State.BROKEN)


def written(manifest: Manifest, members: Mapping[str, bytes]) -> bytes:
    """Returns a file of these members with a manifest that names them as they are."""
    others = {k: v for k, v in members.items() if k != MANIFEST_NAME}
    data = write_manifest(manifest, others)
    return write_container({MANIFEST_NAME: data, **others})


def flipped(data: bytes, at: int) -> bytes:
    """Returns data with one bit changed."""
    changed = bytearray(data)
    changed[at] ^= 1
    return bytes(changed)
