"""The table of bad input in `tests/README.md`: every test that it names is there."""

import re
from pathlib import Path
from typing import Final

TESTS: Final = Path(__file__).resolve().parents[1]
_NAMED: Final = re.compile(r"`([\w/]*(?:\.py)?)::(\w+)`")


def test_every_bad_input_that_is_named_has_its_test() -> None:
    text = (TESTS / "README.md").read_text(encoding="utf-8")
    file, missing, found = "", [], 0
    for named, test in _NAMED.findall(text):
        file = named or file
        source = (TESTS / file).read_text(encoding="utf-8")
        found += 1
        if not re.search(rf"(?:def|class) {test}\b", source):
            missing.append(f"{file}::{test}")
    assert missing == []
    assert found > 12
