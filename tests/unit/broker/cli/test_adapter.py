"""Adapters from the keyboard: configured, run; letters mended; proposals sent."""

import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from broker.core.adapting import DeadLetter, LetterState, LetterWay
from broker.infra.letter_store import Putting
from tests.adapter_world import example_document
from tests.federation import Federation
from tests.part import Part, until
from tests.unit.broker.cli.conftest import Cli
from tests.unit.broker.cli.partners_world import Desk

pytestmark = pytest.mark.integration

CEILING = "TLP:AMBER+STRICT H1 H2"


class Customs(Desk):
    """Belgium's customs, behind two folders."""

    def __init__(self, cli: Cli, partners: Federation, place: Path) -> None:
        super().__init__(cli, partners)
        self.node = partners.folder / "BEL"
        self.file = self.node / "adapters.toml"
        self.out, self.drop = place / "out", place / "drop"
        for folder in (self.out, self.drop):
            folder.mkdir(mode=0o700)

    def configure(self, ceiling: str = CEILING, **settings: object) -> None:
        """Writes what an operator would write."""
        fields = {"out": str(self.out), "drop": str(self.drop), "look_s": 0.1}
        lines = [
            f"{name} = {json.dumps(value)}"
            for name, value in {**fields, **settings}.items()
        ]
        text = f'[customs]\nkind = "folder"\nceiling = "{ceiling}"\n'
        text += "[customs.settings]\n" + "\n".join(lines) + "\n"
        self.file.write_text(text, encoding="utf-8")

    @asynccontextmanager
    async def running(self) -> AsyncIterator[Part]:
        """Runs the adapter as a process of its own."""
        part = Part("adapters", ["adapter", "run", "--node", self.node])
        await part.start()
        try:
            await part.until_said("running: customs")
            yield part
            assert await part.stop() == 0
        finally:
            if part.running:
                await part.kill()

    def listed(self) -> dict[str, object]:
        found = self.at("BEL", "adapter", "list").json["adapters"]
        [one] = [one for one in found if one["name"] == "customs"]
        assert isinstance(one, dict)
        return one

    def letters(self) -> list[dict[str, object]]:
        found = self.at("BEL", "adapter", "letters").json["letters"]
        assert isinstance(found, list)
        return found


@pytest.fixture
def customs(cli: Cli, partners: Federation, tmp_path: Path) -> Iterator[Customs]:
    made = Customs(cli, partners, tmp_path)
    yield made
    made.file.unlink(missing_ok=True)


@pytest.fixture
def routes(customs: Customs) -> tuple[str, str]:
    """Mexico tells Belgium of two routes, one of them more confidentially."""
    return customs.route("TLP:GREEN"), customs.route("TLP:AMBER H2")


def alert(**changes: object) -> str:
    """Returns a document as a system of customs would drop it."""
    fields = {
        "kind": "diversion-alert/1",
        "handling": "TLP:GREEN",
        "to": ["MEX"],
        "content": example_document("diversion-alert"),
    }
    return json.dumps({**fields, **changes})


def test_an_adapter_is_drafted_filled_in_and_tried(customs: Customs) -> None:
    init = ("adapter", "init", "customs", "--kind", "folder", "--ceiling", CEILING)
    ended = customs.cli(*init, "--node", customs.node)
    assert ended.code == 0, ended.err
    drafted = customs.file.read_text(encoding="utf-8")
    assert "# drop = …" in drafted
    assert customs.listed()["enabled"] is False
    ended = customs.cli("adapter", "run", "--node", customs.node)
    assert (ended.code, "is enabled" in ended.err) == (78, True)
    again = customs.cli(*init, "--node", customs.node)
    assert (again.code, customs.file.read_text(encoding="utf-8")) == (78, drafted)
    customs.configure()
    tried = customs.at("BEL", "adapter", "test", "customs")
    assert (tried.code, all(one["ok"] for one in tried.json["findings"])) == (0, True)
    customs.out.rmdir()
    tried = customs.at("BEL", "adapter", "test", "customs")
    assert (tried.code, tried.json["findings"][1]["ok"]) == (1, False)


def test_every_kind_is_listed_with_a_draft_that_can_be_read(customs: Customs) -> None:
    kinds = customs.at("BEL", "adapter", "list", "--kinds").json["kinds"]
    assert [one["kind"] for one in kinds if one["problem"]] == []
    for one in kinds:
        init = ("adapter", "init", one["kind"], "--kind", one["kind"])
        ended = customs.cli(*init, "--ceiling", CEILING, "--node", customs.node)
        assert ended.code == 0, ended.err
    listed = customs.at("BEL", "adapter", "list").json["adapters"]
    assert {one["name"] for one in listed} >= {one["kind"] for one in kinds}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[customs]\nkind = "folder"\n', "customs.ceiling: has to be given"),
        (
            '[customs]\nkind = "folder"\nceiling = "TLP:ORANGE"\n',
            "is not a TLP 2.0 label",
        ),
        (
            '[customs]\nkind = "folder"\nceiling = "TLP:RED"\nsecret = "abc"\n',
            "customs.secret: is not known here",
        ),
        ('["../up"]\nkind = "folder"\nceiling = "TLP:RED"\n', "no name of an adapter"),
        (
            '[customs]\nkind = "folder"\nceiling = "TLP:RED"\npurpose = "fun"\n',
            "customs.purpose: expected one of",
        ),
        ("[customs", "Expected"),
    ],
)
def test_a_configuration_that_does_not_hold_is_refused_with_its_place(
    customs: Customs, text: str, said: str
) -> None:
    customs.file.write_text(text, encoding="utf-8")
    code, told = customs.refusal("BEL", "adapter", "list")
    assert (code, said in told) == ("configuration", True), told
    assert "abc" not in told


def test_unknown_settings_and_kinds_are_refused_without_their_values(
    customs: Customs,
) -> None:
    customs.configure(pasword="hunter2")
    code, told = customs.refusal("BEL", "adapter", "test", "customs")
    assert (code, "customs.settings.pasword" in told) == ("configuration", True)
    assert "hunter2" not in told
    text = customs.file.read_text(encoding="utf-8").replace('"folder"', '"nowhere"')
    customs.file.write_text(text, encoding="utf-8")
    code, told = customs.refusal("BEL", "adapter", "test", "customs")
    assert (code, "no kind of adapter nowhere" in told) == ("configuration", True)


def test_what_could_never_run_is_not_begun_and_holds_up_no_other(
    customs: Customs,
) -> None:
    text = '[hook]\nkind = "webhook"\nceiling = "TLP:AMBER"\n'
    customs.file.write_text(text, encoding="utf-8")
    for names in ((), ("hook",)):
        ended = customs.cli("adapter", "run", *names, "--node", customs.node)
        assert ended.code == 78
        assert "adapters.toml: hook.settings.url: has to be given" in ended.err


async def test_what_is_routed_there_is_given_withheld_and_given_after_all(
    customs: Customs, routes: tuple[str, str]
) -> None:
    low, high = routes
    customs.configure("TLP:GREEN")
    async with customs.running():
        await until(customs.letters, "something is withheld")
        await until(lambda: customs.listed()["waiting"] == 0, "the rest is given")
        files = [json.loads(one.read_bytes()) for one in customs.out.iterdir()]
        assert {one["id"] for one in files} >= {low}
        assert all(one["handling"]["labels"] == "TLP:GREEN" for one in files)
    store = customs.partners.members["BEL"].node.store
    [digest] = store.resolve(high)
    [letter] = [one for one in customs.letters() if one["message"] == digest.hex()]
    assert (letter["code"], letter["state"]) == ("above-ceiling", "waiting")
    assert store.handed_out(digest) == []
    customs.configure()
    assert customs.at("BEL", "adapter", "replay", letter["number"]).code == 0
    async with customs.running():
        await until(
            lambda: any(
                high.encode() in one.read_bytes() for one in customs.out.iterdir()
            ),
            "what was withheld is given once the ceiling is raised",
        )
        await until(lambda: not _is_open(customs, letter), "it is settled")
    assert [one.desk for one in store.handed_out(digest)] == ["customs"]
    shown = customs.at("BEL", "adapter", "show", "customs").json
    assert shown["state"] == "stopped"
    assert shown["counts"]["withheld"] >= 1
    assert digest.hex() in {one["message"] for one in shown["given"]}


def _is_open(customs: Customs, letter: dict[str, object]) -> bool:
    return letter["number"] in {one["number"] for one in customs.letters()}


async def test_a_refused_file_is_mended_and_a_person_sends_what_it_proposes(
    customs: Customs, tmp_path: Path
) -> None:
    customs.configure()
    (customs.drop / "cut.json").write_text(alert()[:-9], encoding="utf-8")
    async with customs.running():
        await until((customs.drop / "cut.json.error.txt").exists, "it is refused")
        letter = next(one for one in customs.letters() if one["what"] == "received")
        kept = tmp_path / "kept.json"
        shown = customs.at("BEL", "adapter", "letter", letter["number"], "-o", kept)
        assert shown.json["code"] == "no-json"
        assert "it is no JSON" in shown.json["reason"]
        assert "(YAML is not): line 1, column" in shown.json["reason"]
        assert kept.read_text(encoding="utf-8") == alert()[:-9]
        mended = tmp_path / "mended.json"
        mended.write_text(alert(), encoding="utf-8")
        mend = ("adapter", "mend", letter["number"], "--file", mended)
        assert customs.cli(*mend, "--node", customs.node).code == 0
        await until(lambda: _proposals(customs), "it is proposed")
    [proposal] = _proposals(customs)
    shown = customs.at("BEL", "proposals", "show", proposal).json
    assert shown["document"]["handling"] == "TLP:GREEN"
    plan = customs.at("BEL", "proposals", "send", proposal, "--by", "A", "--dry-run")
    assert (plan.code, _proposals(customs)) == (0, [proposal])
    draft = tmp_path / "draft.yaml"
    assert customs.at("BEL", "proposals", "show", proposal, "-o", draft).code == 0
    sent = customs.at(
        "BEL", "proposals", "send", proposal, "--by", "Ann  Peeters", "--file", draft
    )
    assert sent.code == 0, sent.out
    [message] = sent.json["messages"]
    assert _proposals(customs) == []
    shown = customs.at("BEL", "proposals", "show", proposal).json
    assert (shown["state"], shown["decided_by"], shown["messages"]) == (
        "sent",
        "Ann Peeters",
        [message],
    )
    assert "document" not in shown
    refused = customs.refusal("BEL", "proposals", "dismiss", proposal, "--by", "B")
    assert refused[0] == "configuration"


async def test_what_a_person_dismisses_is_gone_and_who_did_stays(
    customs: Customs,
) -> None:
    customs.configure()
    marked = alert(caseReference="BEL-DISMISSED")
    (customs.drop / "a.json").write_text(marked, encoding="utf-8")
    async with customs.running():
        await until(lambda: _proposals(customs), "it is proposed")
    [proposal] = _proposals(customs)
    assert customs.at("BEL", "proposals", "dismiss", proposal, "--by", "Ann").code == 0
    [kept] = customs.partners.members["BEL"].node.store.proposal(proposal)
    assert (kept.decided_by, kept.protected) == ("Ann", b"")


def test_letters_that_are_not_there_are_said_so(customs: Customs) -> None:
    for command in (("letter", 4711), ("drop", 4711, "--yes"), ("replay", 4711)):
        arguments = ("adapter", *command, "--node", customs.node)
        assert customs.cli(*arguments).code == 78
    ended = customs.cli("adapter", "replay", "--node", customs.node)
    assert "which?" in ended.err


def _proposals(customs: Customs) -> list[str]:
    found = customs.at("BEL", "proposals", "list").json["proposals"]
    return [one["id"] for one in found]


@pytest.mark.parametrize("name", ["Customs.Post", "a.b", "x]\nkind = 'folder'\n[y"])
def test_a_name_that_cannot_be_read_again_leaves_the_file_as_it_was(
    customs: Customs, name: str
) -> None:
    customs.configure()
    before = customs.file.read_bytes()
    init = ("adapter", "init", name, "--kind", "folder", "--ceiling", CEILING)
    ended = customs.cli(*init, "--node", customs.node)
    assert ended.code == 78
    assert customs.file.read_bytes() == before


def test_what_waits_is_listed_behind_any_number_of_settled_letters(
    customs: Customs,
) -> None:
    store = customs.partners.members["BEL"].node.store
    for number in range(1100):
        letter = DeadLetter(
            number=0,
            adapter="busy",
            way=LetterWay.RECEIVED,
            key=f"{number}",
            message_digest=b"",
            code="fault",
            state=LetterState.WAITING if number > 1090 else LetterState.SETTLED,
            attempts=1,
            at_ms=number,
            changed_ms=number,
            protected=b"",
        )
        store.put_letter(Putting(letter=letter))
    listed = customs.at("BEL", "adapter", "letters", "busy").json["letters"]
    assert len(listed) == 9
    replayed = customs.at("BEL", "adapter", "replay", "--adapter", "busy").json
    assert replayed["replayed"] == [one["number"] for one in listed]
    for one in listed:
        store.settle_letter(one["number"], LetterState.DROPPED, 1)
