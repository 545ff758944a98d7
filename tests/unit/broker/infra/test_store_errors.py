"""No error of SQLite or of the disk leaves the store as it is."""

import errno
import sqlite3

import pytest

from broker.core.errors import StoreError, StoreFullError
from broker.infra.store_errors import store_errors


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_no_room_on_the_disk_has_its_own_error(number: int) -> None:
    with pytest.raises(StoreFullError, match="could not write"), store_errors("write"):
        raise OSError(number, "no room")


@pytest.mark.parametrize(
    "error", [OSError(errno.EIO, "broken"), sqlite3.DatabaseError("malformed")]
)
def test_every_other_failure_is_a_store_error(error: Exception) -> None:
    with pytest.raises(StoreError) as caught, store_errors("read"):
        raise error
    assert type(caught.value) is StoreError
    assert caught.value.__cause__ is error


def test_what_is_not_foreign_passes() -> None:
    with pytest.raises(KeyError), store_errors("read"):
        raise KeyError("own")
