"""Makes the vectors anew: `python -m tests.vectors.generate`.

Signatures and seals are random, so that new vectors are other bytes; those that are
committed are what every version must judge alike. Judging them is left to
`tests/unit/test_vectors.py`.
"""

import json
from pathlib import Path
from typing import Final

from keys.directory.codec import encode_federation, encode_party
from keys.directory.model import DirectoryView
from tests import world
from tests.vectors.context import context_vectors
from tests.vectors.forms import text
from tests.vectors.hub import hub_vectors
from tests.vectors.recipient import document_vectors, recipient_vectors
from tests.vectors.release import redaction_vectors, release_vectors
from tests.world import BEL, DAY_MS, KEN, MEX, NOW_MS, XPO

FOLDER: Final = Path(__file__).resolve().parent


def make_view() -> DirectoryView:
    """Returns the directory that all vectors are judged by."""
    return world.view(
        {
            KEN: world.entry(KEN, world.closed_policy(KEN, against=MEX)),
            MEX: world.entry(
                MEX,
                world.closed_policy(MEX, against=BEL),
                signing_keys=(
                    world.published(
                        world.signing_key(MEX), revoked_at_ms=NOW_MS - DAY_MS
                    ),
                ),
            ),
            XPO: world.entry(
                XPO,
                encryption_keys=(
                    world.published(
                        world.encryption_key(XPO), valid_to_ms=NOW_MS - DAY_MS
                    ),
                ),
            ),
        }
    )


def make_world(view: DirectoryView) -> dict[str, object]:
    """Returns the directory as `world.json` holds it, with the recipients' keys."""
    return {
        "federation": text(encode_federation(view.federation)),
        "snapshot_digest": text(view.snapshot_digest),
        "parties": {
            party: {
                "record": text(encode_party(entry.record)),
                "policy": text(entry.policy or b""),
                "encryption_seed": text(world.seed(f"{party}/encryption", 96)),
            }
            for party, entry in view.parties.items()
        },
    }


def write(name: str, content: dict[str, object]) -> None:
    """Writes one file."""
    path = FOLDER / f"{name}.json"
    path.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


def main() -> None:
    """Replaces all vectors, and the world they are judged in."""
    for old in FOLDER.glob("*.json"):
        old.unlink()
    write("world", make_world(make_view()))
    for vectors in (
        hub_vectors(),
        context_vectors(),
        recipient_vectors(),
        document_vectors(),
        release_vectors(),
        redaction_vectors(),
    ):
        for name, vector in vectors:
            write(name, {"name": name, **vector})


if __name__ == "__main__":
    main()
