"""What all files of a folder share, until this process has no more tests there.

A fixture of the session would last until the end of the run: a federation that nobody
asks anything takes a tenth of a processor from all tests that come after. It asks for
files in order, which `--no-loadscope-reorder` has pytest-xdist give.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path
from typing import Generic, TypeVar

import pytest

T = TypeVar("T")


class Kept(Generic[T]):
    """What is made when a test first asks for it, once for all files of a folder.

    Args:
        folder: Where the tests are, in folders below it as well.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._made: dict[str, T] = {}
        self._stack = ExitStack()

    def get(self, name: str, make: Callable[[], AbstractContextManager[T]]) -> T:
        """Returns what has a name, entered.

        Args:
            name: Of one of several.
            make: Makes it when it is not there.
        """
        if name not in self._made:
            self._made[name] = self._stack.enter_context(make())
        return self._made[name]

    def leave_before(self, test: pytest.Item | None) -> None:
        """Ends all of it if the next test lies elsewhere, or none is left."""
        if test is None or self._folder not in test.path.parents:
            self._made.clear()
            self._stack.close()
