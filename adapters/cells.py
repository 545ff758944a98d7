"""Cells of tables that people open in spreadsheets.

Which columns there are is left to the adapters.
"""

from typing import Final

_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n")
_WIDE: Final = ("\uff1d", "\uff0b", "\uff0d", "\uff20")  # the same, as in Japanese


def cell(value: str) -> str:
    """Returns a text that no spreadsheet takes for a formula: an apostrophe goes first.

    The table has to be written with every cell in quotes: where commas separate
    decimals, a spreadsheet takes a semicolon for the end of a cell.
    """
    starts = value.lstrip(" \u00a0\u3000").startswith((*_FORMULA, *_WIDE))
    return f"'{value}" if starts else value
