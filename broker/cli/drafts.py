"""Drafts that commands write for people to fill in: to a file, or to the screen."""

from collections.abc import Mapping
from pathlib import Path

import yaml

from broker.cli.output import note, print_json
from broker.infra.text_files import write_text


def hand_out(
    head: str, fields: Mapping[str, object], out: Path | None, *, as_json: bool
) -> None:
    """Writes a draft as YAML, or prints it.

    Args:
        head: Comments that stand above it, each line with its "#".
        fields: The draft.
        out: The file, which must not be there yet; None: the screen.
        as_json: Print one JSON document: the draft, or the file it was written to.

    Raises:
        ConfigurationError: It cannot be written, or is there.
    """
    text = head + yaml.safe_dump(dict(fields), sort_keys=False, allow_unicode=True)
    if out is not None:
        write_text(out, text, new=True)
        note(f"Written: {out}")
    if as_json:
        print_json(dict(fields) if out is None else {"file": str(out)})
    elif out is None:
        print(text, end="")
