"""A witness is made, named by stewards, and shows what it has seen and nothing else."""

import json
from pathlib import Path
from typing import Any

import pytest

from broker.app.hub_folder import open_hub
from broker.app.witness_figures import look_at_witnesses, witness_figures
from broker.app.witness_files import (
    WitnessCard,
    WitnessFolder,
    make_witness,
    open_key,
)
from broker.cli.witness import show_look
from broker.core.audit.checkpoint import read_checkpoint
from broker.core.audit.witness import Contradiction, Evidence, SeenCheckpoint
from broker.core.codec.desk_cosignatures import CosignOutcome
from broker.core.errors import ConfigurationError
from broker.infra.checkpoint_store import CheckpointStore
from broker.infra.witness_store import WitnessStore
from broker.services.witness import Look, Outcome
from keys.cosigning import CosignatureType
from keys.errors import KeystoreFormatError
from keys.keystore import UNSAFE_THROWAWAY_COST, save
from tests.federation import EXAMPLES
from tests.unit.broker.cli.ceremony_world import Ceremonies, error_of
from tests.unit.broker.cli.conftest import Cli
from tests.unit.broker.services.memory_log import MemoryLog
from tests.unit.keys.directory.federation import KEN, NOW_MS

NAME = "witness.example/log"
SECRET = b"known to every test"


@pytest.fixture
def ken(world: Ceremonies) -> Path:
    """The folder of Kenya's node; Kenya is a party."""
    folder = world.folder / "ken"
    world.ok(
        *("node", "init", folder, "--party", "KEN", "--name", "Kenya"),
        *("--federation", world.hub.federation),
        *("--policy", EXAMPLES / "policies" / "ken.yaml"),
    )
    world.decide("enrol", folder / "join-request.json")
    return folder


def init(world: Ceremonies, ken: Path, *options: object, name: str = NAME) -> Any:  # noqa: ANN401 - JSON
    ended = world.cli(
        *("witness", "init", world.folder / "w", "--name", name, "--node", ken),
        *("--witness-passphrase-file", world.secret, "--json", *options),
    )
    return ended.json


@pytest.fixture
def made(tmp_path: Path) -> WitnessFolder:
    """The folder of a witness that Kenya runs."""
    folder = WitnessFolder(tmp_path / "w")
    make_witness(
        folder,
        name=NAME,
        kind=CosignatureType.MLDSA44,
        party=KEN,
        secret=SECRET,
        cost=UNSAFE_THROWAWAY_COST,
    )
    return folder


def test_a_witness_is_made_once_and_named_by_stewards(
    world: Ceremonies, ken: Path
) -> None:
    made = init(world, ken)
    assert (made["name"], made["party"]) == (NAME, "KEN")
    again = init(world, ken)
    assert "is a witness already" in again["error"]["text"]
    told = ("--fingerprint", made["sha256"])
    record = world.decide("witness add", made["card"], *told)
    assert record["what"] == "witness"
    assert record["changes"][0].startswith(f"makes {NAME} (run by KEN; ML-DSA-44 key")
    (shown,) = world.show()["witnesses"]
    assert shown == {"name": NAME, "party": "KEN", "sha256": made["sha256"]}
    text = world.cli("federation", "show", world.hub.root).out
    assert "0 of 1 witnesses must cosign the log:" in text
    assert made["sha256"] in text
    record = world.decide("witness quorum", 1)
    assert world.view().federation.witness_quorum == 1
    refused = world.call("federation", "witness", "remove", world.hub.root, NAME)
    assert "set another quorum first" in error_of(refused)
    world.decide("witness quorum", 0)
    world.decide("witness remove", NAME)
    assert world.show()["witnesses"] == []
    text = world.cli("federation", "show", world.hub.root).out
    assert "no witness cosigns the log" in text


def test_a_quorum_that_nobody_has_reached_is_warned_of(
    world: Ceremonies, ken: Path
) -> None:
    world.decide("witness add", init(world, ken)["card"])
    quorum = ("federation", "witness", "quorum", world.hub.root, 1)
    warning = "no checkpoint has the cosignatures of 1"
    assert warning in world.call(*quorum).err
    store = CheckpointStore(world.hub.checkpoints)
    log = MemoryLog([bytes(32)])
    store.offer(1, log.head().checkpoint, NOW_MS)
    assert warning in world.call(*quorum).err
    key = open_key(WitnessFolder(world.folder / "w"), world.secret.read_bytes())
    body = read_checkpoint(log.head().checkpoint).body()
    store.add(1, key.cosign(body, NOW_MS // 1000), NOW_MS // 1000)
    store.close()
    assert warning not in world.call(*quorum).err


def test_what_cannot_be_a_witness_is_neither_made_nor_asked_for(
    world: Ceremonies, ken: Path
) -> None:
    bad = init(world, ken, "--kind", "rsa")
    assert "is none of ml-dsa-44, ed25519" in bad["error"]["text"]
    bad = init(world, ken, name="two words")
    assert "cannot be the name of a witness" in bad["error"]["text"]
    assert not (world.folder / "w").exists()
    card = init(world, ken, "--kind", "ed25519")["card"]
    add = ("federation", "witness", "add", world.hub.root, card)
    told = world.call(*add, "--fingerprint", "00")
    assert "not what the witness told you" in error_of(told)


def test_what_was_seen_is_shown_without_a_passphrase(
    cli: Cli, made: WitnessFolder
) -> None:
    show = ("witness", "show", made.root)
    card = WitnessCard.read(made.card)
    assert cli(*show, "--json").json == {
        "name": NAME,
        "vkey": card.verifier.vkey,
        "party": "KEN",
        "sha256": card.fingerprint,
        "seen": [],
        "evidence": [],
    }
    seen, other = checkpoint(b"a"), checkpoint(b"b")
    memory = WitnessStore(made.memory)
    memory.take(None, seen, NOW_MS)
    memory.note_cosigned(seen, NOW_MS)
    (step,) = cli(*show, "--json").json["seen"]
    assert (step["size"], step["checkpoint"]) == (1, seen.note)
    text = cli(*show)
    assert (text.code, seen.checkpoint.root.hex() in text.out) == (0, True)
    evidence = Evidence(
        contradiction=Contradiction.FORK,
        seen=seen.note,
        shown=other.note,
        proof=(bytes(32),),
        reason="two trees",
    )
    assert memory.file(evidence, NOW_MS)
    assert not memory.file(evidence, NOW_MS)
    memory.close()
    found = cli(*show, "--json")
    assert found.code == 1
    (filed,) = found.json["evidence"]
    assert (filed["contradiction"], filed["seen"]) == ("fork", seen.note)
    assert filed["proof"] == ["00" * 32]
    text = cli(*show)
    assert text.code == 1
    for line in (*seen.note.splitlines(), *other.note.splitlines(), "two trees"):
        assert line in text.out


def test_a_witness_is_made_with_words_for_people(world: Ceremonies, ken: Path) -> None:
    ended = world.cli(
        *("witness", "init", world.folder / "w", "--name", NAME, "--node", ken),
        *("--witness-passphrase-file", world.secret),
    )
    card = WitnessCard.read(world.folder / "w" / "witness.public.json")
    assert (ended.code, ended.out) == (0, "")
    next_ = f"witness run {world.folder / 'w'} --node {ken}"
    for word in ("hand to the hub's operator", card.fingerprint, next_):
        assert word in ended.err
    text = world.cli("witness", "show", world.folder / "w")
    assert "Nothing was seen yet." in text.err
    assert card.verifier.vkey not in text.out
    assert f"{card.verifier.vkey[:64]}… (whole: --json)" in text.out


def test_a_name_that_cannot_be_is_refused_before_a_passphrase_is_asked_for(
    world: Ceremonies, ken: Path
) -> None:
    ended = world.cli(
        *("witness", "init", world.folder / "w", "--name", "two words"),
        *("--node", ken),
    )
    assert "without spaces or plus signs" in ended.err


def test_every_answer_of_the_hub_to_a_cosignature_is_explained(
    capsys: pytest.CaptureFixture[str],
) -> None:
    for answer in CosignOutcome:
        show_look(Look(outcome=Outcome.NOT_TAKEN, answer=answer), as_json=False)
        told = capsys.readouterr().err
        assert len(told) > len(f"the hub's answer is {answer.value}: \n")


@pytest.mark.parametrize(
    ("look", "said"),
    [
        (Look(outcome=Outcome.NOTHING), "the hub has nothing to cosign"),
        (
            Look(outcome=Outcome.NOT_TAKEN, answer=CosignOutcome.CLOCK),
            "the hub's answer is clock",
        ),
        (
            Look(
                outcome=Outcome.REFUSED,
                evidence=Evidence(
                    contradiction=Contradiction.REWIND,
                    seen="",
                    shown="",
                    proof=(),
                    reason="smaller than before",
                ),
            ),
            "smaller than before",
        ),
    ],
)
def test_what_came_of_a_look_is_told(
    capsys: pytest.CaptureFixture[str], look: Look, said: str
) -> None:
    show_look(look, as_json=False)
    out, err = capsys.readouterr()
    assert said in out + err
    show_look(look, as_json=True)
    assert json.loads(capsys.readouterr().out)["outcome"] == look.outcome.value


def test_what_is_no_witness_is_said_to_be_none(cli: Cli, tmp_path: Path) -> None:
    assert "is no witness" in cli("witness", "show", tmp_path).err


def checkpoint(*receipts: bytes) -> SeenCheckpoint:
    log = MemoryLog()
    log.add(*receipts)
    note = log.head().checkpoint
    return SeenCheckpoint(checkpoint=read_checkpoint(note), note=note)


@pytest.mark.parametrize(
    "fields",
    [
        None,
        {},
        {"format": "rogatory-witness/2", "vkey": "", "party": ""},
        {"format": "rogatory-witness/1", "vkey": 1, "party": ""},
        {"format": "rogatory-witness/1", "vkey": "w+00000000+AA==", "party": ""},
    ],
)
def test_what_is_no_card_is_refused(tmp_path: Path, fields: object) -> None:
    path = tmp_path / "card"
    path.write_text("{" if fields is None else json.dumps(fields), encoding="utf-8")
    with pytest.raises(ConfigurationError):
        WitnessCard.read(path)


def test_a_card_without_a_party_is_a_witness_of_no_party(made: WitnessFolder) -> None:
    fields = json.loads(made.card.read_text(encoding="utf-8"))
    made.card.write_text(json.dumps({**fields, "party": ""}), encoding="utf-8")
    card = WitnessCard.read(made.card)
    assert card.witness.party is None
    card.write(made.card)
    assert WitnessCard.read(made.card) == card


def test_a_keystore_of_something_else_is_no_witness_key(made: WitnessFolder) -> None:
    assert open_key(made, SECRET).verifier.name == NAME
    cost = UNSAFE_THROWAWAY_COST
    save(made.keys, {"cosigning": bytes(32)}, SECRET, cost=cost)
    with pytest.raises(KeystoreFormatError, match="is not the key on"):
        open_key(made, SECRET)
    save(made.keys, {"other": bytes(32)}, SECRET, cost=cost)
    with pytest.raises(KeystoreFormatError, match="holds no key of a witness"):
        open_key(made, SECRET)


def test_the_operator_of_the_hub_sees_who_is_silent(
    world: Ceremonies, ken: Path
) -> None:
    hub = open_hub(world.hub.root, world.secret.read_bytes())
    assert not list(look_at_witnesses(hub))
    assert not list(witness_figures(hub))
    world.decide("witness add", init(world, ken)["card"])
    (finding,) = look_at_witnesses(hub)
    assert (finding.well, finding.text) == (False, f"{NAME} never")
    assert "Enough others do" in finding.hint
    world.decide("witness quorum", 1)
    (finding,) = look_at_witnesses(hub)
    assert "no node takes a change" in finding.hint
    store, log = CheckpointStore(world.hub.checkpoints), MemoryLog([bytes(32)])
    note, time_s = log.head().checkpoint, world.now_ms // 1000
    store.offer(1, note, world.now_ms)
    key = open_key(WitnessFolder(world.folder / "w"), world.secret.read_bytes())
    line = key.cosign(read_checkpoint(note).body(), time_s)
    assert store.add(1, line, time_s)
    store.close()
    (finding,) = look_at_witnesses(hub)
    assert (finding.well, finding.text, finding.hint) == (True, f"{NAME} 0 s ago", "")
    world.now_ms += 1_260_000
    (finding,) = look_at_witnesses(hub)
    assert (finding.well, finding.text) == (False, f"{NAME} 21 min ago")
    (figure,) = witness_figures(hub)
    assert figure.values == {NAME: 1260.0}
    world.hub.checkpoints.write_bytes(b"no database at all" * 100)
    (finding,) = look_at_witnesses(hub)
    assert not finding.well
    assert list(witness_figures(hub)) == []
