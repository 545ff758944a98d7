"""Policies for tests of releases: who approves what is told to XPO of routes."""

import base64
from collections.abc import Sequence
from pathlib import Path

from tests.federation import EXAMPLES
from tests.officers import OFFICERS, public_keys

_EVERYTHING = "TLP:RED H1 H2 H3 PAP:RED"


def approved_routes(
    needed: int = 2, names: Sequence[str] = OFFICERS, party: str = "KEN"
) -> str:
    """Returns a policy, as a file: routes go to XPO when officers approve."""
    keys = "\n".join(
        f"  {name}: ed25519:{base64.b64encode(key).decode()}"
        for name, key in public_keys(names).items()
    )
    return f"""# Who approves what is told of routes.
party: {party}
officers:
{keys}
export:
  - id: routes
    permit: [route-intelligence]
    to: {{parties: [XPO]}}
    up-to: TLP:AMBER
    items: every-item
    approval: {{officers: [{", ".join(names)}], needed: {needed}}}
  - id: tracing
    permit: [trace-request, contact-card]
    to: everyone
    up-to: "{_EVERYTHING}"
    items: every-item
import:
  - id: take-all
    permit: every-kind
    from: everyone
    up-to: "{_EVERYTHING}"
    items: every-item
"""


def policy_folder(folder: Path, **texts: str) -> Path:
    """Makes a folder with the policies of all parties, some of them replaced.

    Args:
        folder: To be made.
        texts: Policies as files, by party.
    """
    folder.mkdir()
    for path in (EXAMPLES / "policies").glob("*.yaml"):
        text = texts.get(path.stem.upper()) or path.read_text(encoding="utf-8")
        (folder / path.name).write_text(text, encoding="utf-8")
    return folder
