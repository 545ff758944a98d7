"""Whoever may put a file before customs attacks with it: refused, and life goes on.

Each file comes through the adapter's folder, together with an honest one after it. The
honest one is screened; the hostile one is a dead letter with a code, or put aside.
"""

import asyncio
import json
import tracemalloc
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from adapters.declarations.adapter import KIND
from adapters.declarations.settings import DeclarationSettings
from adapters.errors import RejectedError
from adapters.memory_desk import MemoryDesk
from tests.adapter_world import example_delivery
from tests.declaration_world import example

_ALERT = example_delivery("diversion-alert")
_SIZE_MAX = 2_000_000
_MEMORY_MAX = 100_000_000  # bytes that Python may take for one hostile file
_PATIENCE_S = 30


class Customs:
    """An adapter that takes in what lies in a folder."""

    def __init__(self, folder: Path) -> None:
        own, self.inbox = folder / "own", folder / "inbox"
        for one in (own, self.inbox):
            one.mkdir()
        self.desk = MemoryDesk(own, [_ALERT], time_ms=_ALERT.received_ms)
        settings = DeclarationSettings(
            inbox=self.inbox, poll_s=0.01, size_max=_SIZE_MAX
        )
        self.adapter = KIND.make(settings, self.desk)

    def refuses(self, data: bytes) -> str:
        """Puts a hostile file before an honest one; returns the code of the refusal."""
        return self.refuses_file(lambda path: path.write_bytes(data))

    def refuses_file(self, put: Callable[[Path], object]) -> str:
        """Likewise, for what is more than bytes."""
        put(self.inbox / "a-hostile.xml")
        honest = self.inbox / "b-honest.xml"
        honest.write_bytes(example("manifest.xml"))
        asyncio.run(self.takes(honest))
        # The honest file was screened, and nothing came of the hostile one.
        [draft] = self.desk.proposed.values()
        assert "TEST-BL-0001" in draft.title
        [said] = self.inbox.glob("*.error.txt")
        return said.read_text().partition(":")[0]

    async def takes(self, file: Path) -> None:
        """Has the adapter run until a file is taken in."""
        await self.adapter.deliver(_ALERT)
        stop, waits = asyncio.Event(), file.exists
        running = asyncio.create_task(self.adapter.run(stop))
        async with asyncio.timeout(_PATIENCE_S):
            while waits():
                assert not running.done()
                await asyncio.sleep(0.01)
        stop.set()
        with suppress(asyncio.CancelledError):
            await running

    @property
    def letter(self) -> bytes:
        """What is kept of the hostile file for a person."""
        [(received, error)] = self.desk.letters.values()
        assert isinstance(error, RejectedError)
        return received.data


@pytest.fixture
def customs(tmp_path: Path) -> Customs:
    return Customs(tmp_path)


def _manifest(inside: bytes, head: bytes = b"") -> bytes:
    """Returns the example manifest with something in a text, and before its root."""
    data = example("manifest.xml").replace(b"Machine parts", inside)
    return data.replace(b"<Awmds>", head + b"<Awmds>", 1)


def test_a_billion_laughs_are_refused(customs: Customs) -> None:
    entities = "".join(
        f'<!ENTITY l{at} "{f"&l{at - 1};" * 10}">' for at in range(1, 10)
    )
    head = f'<!DOCTYPE Awmds [<!ENTITY l0 "ha">{entities}]>'.encode()
    assert customs.refuses(_manifest(b"&l9;", head)) == "document-type"
    assert customs.letter.startswith(b"<?xml")


def test_a_quadratic_blow_up_is_refused(customs: Customs) -> None:
    head = b'<!DOCTYPE Awmds [<!ENTITY a "' + b"a" * 100_000 + b'">]>'
    assert customs.refuses(_manifest(b"&a;" * 10_000, head)) == "document-type"


@pytest.mark.parametrize(
    "place", [b"file:///etc/passwd", b"http://127.0.0.1:1/", b"expect://id"]
)
def test_an_external_entity_is_refused_and_nothing_is_fetched(
    customs: Customs, place: bytes
) -> None:
    head = b'<!DOCTYPE Awmds [<!ENTITY x SYSTEM "' + place + b'">]>'
    assert customs.refuses(_manifest(b"&x;", head)) == "document-type"


def test_an_external_document_type_is_refused_and_nothing_is_fetched(
    customs: Customs,
) -> None:
    head = b'<!DOCTYPE Awmds SYSTEM "http://127.0.0.1:1/evil.dtd">'
    assert customs.refuses(_manifest(b"x", head)) == "document-type"


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-be", "utf-32"])
def test_a_document_type_hidden_by_an_encoding_is_refused(
    customs: Customs, encoding: str
) -> None:
    text = _manifest(b"&x;", b'<!DOCTYPE Awmds [<!ENTITY x "x">]>').decode()
    hidden = text.replace("UTF-8", encoding).encode(encoding)
    assert customs.refuses(hidden) in {"encoding", "unknown-format"}


def test_an_encoding_that_is_not_taken_is_refused(customs: Customs) -> None:
    data = _manifest(b"x").replace(b'"UTF-8"', b'"UTF-7"')
    assert customs.refuses(data) == "encoding"


def test_an_inclusion_from_elsewhere_is_text_and_nothing_else(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("CSQU3054383")
    include = (
        '<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" parse="text" '
        f'href="file://{secret}"/>'
    ).encode()
    data = example("manifest.xml").replace(b"CSQU3054383", include)
    data = data.replace(b"ZZQ-01044", b"").replace(b"Example Brokerage SA", b"")
    customs = Customs(tmp_path)
    # It is not refused: it names no container at all, and so it meets nothing.
    file = customs.inbox / "a.xml"
    file.write_bytes(data)
    asyncio.run(customs.takes(file))
    assert customs.desk.proposed == {}
    assert customs.desk.letters == {}


def test_a_declaration_in_another_namespace_is_refused(customs: Customs) -> None:
    data = example("declaration.xml").replace(
        b"urn:rogatory:declaration:1", b"urn:wco:datamodel:WCO:DEC-DMS:2"
    )
    assert customs.refuses(data) == "wrong-namespace"


def test_a_manifest_in_a_namespace_is_refused(customs: Customs) -> None:
    data = example("manifest.xml").replace(b"<Awmds>", b'<Awmds xmlns="urn:x">')
    assert customs.refuses(data) == "wrong-namespace"


def test_another_root_is_refused(customs: Customs) -> None:
    assert customs.refuses(b"<Sad><Item/></Sad>") == "wrong-root"


def test_elements_without_end_are_refused_before_they_are_built(
    customs: Customs,
) -> None:
    tracemalloc.start()
    try:
        assert customs.refuses(b"<Awmds>" + b"<a/>" * 480_000) == "not-well-formed"
        assert tracemalloc.get_traced_memory()[1] < _MEMORY_MAX
    finally:
        tracemalloc.stop()


def test_a_bottomless_document_is_refused(customs: Customs) -> None:
    data = b"<Awmds>" + b"<a>" * 100_000 + b"</a>" * 100_000 + b"</Awmds>"
    assert customs.refuses(data) == "not-well-formed"


def test_bottomless_json_is_refused(customs: Customs) -> None:
    data = b'{"Declaration":' + b"[" * 500_000 + b"]" * 500_000 + b"}"
    assert customs.refuses(data) == "not-well-formed"


@pytest.mark.parametrize("cut", [1, 20, 100, 700])
def test_truncated_edifact_is_refused_whole(customs: Customs, cut: int) -> None:
    data = example("cuscar.edi").rstrip()
    assert customs.refuses(data[:-cut]) == "truncated"
    assert customs.letter == data[:-cut]


def test_edifact_with_a_consignment_taken_out_is_refused(customs: Customs) -> None:
    data = example("cuscar.edi")
    start, end = data.index(b"CNI+1"), data.index(b"CNI+2")
    assert customs.refuses(data[:start] + data[end:]) == "wrong-count"


def test_a_file_of_a_gigabyte_is_refused_unread(customs: Customs) -> None:
    def put(path: Path) -> None:
        with path.open("wb") as file:
            file.truncate(1_000_000_000)

    assert customs.refuses_file(put) == "too-large"
    assert customs.desk.letters == {}
    assert (customs.inbox / "a-hostile.xml.refused").stat().st_size == 1_000_000_000


def test_a_link_to_a_secret_is_refused(customs: Customs) -> None:
    assert (
        customs.refuses_file(lambda path: path.symlink_to("/etc/passwd")) == "no-file"
    )
    assert customs.desk.letters == {}


def test_codes_out_of_the_table_are_told_and_the_rest_is_screened(
    customs: Customs,
) -> None:
    data = example("manifest.xml").replace(b">23<", b">99<")
    data = data.replace(b"TEST-BL-0001", b"TEST-BL-0009").replace(b"CSQU", b"TEMU")
    data = data.replace(b"ZZQ-01044", b"").replace(b"Example Brokerage SA", b"")
    assert customs.refuses(data) == "codes"


def test_json_that_says_a_thing_twice_is_refused(customs: Customs) -> None:
    data = example("declaration.json").replace(
        b'"TypeCode": "IM",', b'"TypeCode": "IM", "TypeCode": "EX",'
    )
    assert customs.refuses(data) == "not-well-formed"


def test_json_with_half_a_character_is_refused(customs: Customs) -> None:
    data = example("declaration.json").replace(b"Example Importers Ltd", b"\\ud800xx")
    assert customs.refuses(data) == "schema"


def test_json_with_numbers_that_are_none_is_refused(customs: Customs) -> None:
    for number in (b"NaN", b"Infinity", b"1e999", b"-1"):
        data = example("declaration.json").replace(b"190.5", number)
        assert Customs.refuses(customs, data) in {"not-well-formed", "schema"}
        for left in customs.inbox.iterdir():
            left.unlink()


def test_json_with_names_that_nobody_knows_is_refused(customs: Customs) -> None:
    content = json.loads(example("declaration.json"))
    content["Declaration"]["Jane Roe\n"] = True
    assert customs.refuses(json.dumps(content).encode()) == "schema"
    [said] = customs.inbox.glob("*.error.txt")
    assert "at ?" in said.read_text()
    assert "Jane" not in said.read_text()


def test_a_declaration_that_does_not_fit_is_told_by_line_and_not_by_content(
    customs: Customs,
) -> None:
    data = example("declaration.xml").replace(
        b"<TypeCode>IM</TypeCode>", b"<Secret>Jane Roe</Secret>"
    )
    assert customs.refuses(data) == "schema"
    [said] = customs.inbox.glob("*.error.txt")
    assert "lines 5" in said.read_text()
    assert "Jane" not in said.read_text()
