"""Our tree against others: shared vectors, and Go's checksum database both ways."""

import base64
import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any, Final

import pytest

from broker.core.audit.checkpoint import open_checkpoint
from broker.core.audit.merkle import leaf_hash, tree_root
from broker.core.audit.proof import verify_consistency, verify_inclusion
from broker.core.audit.tiles import TileName, TileReader, full_tiles, tile_width
from broker.core.audit.tlog_proof import check_proof, format_proof, parse_proof
from broker.core.audit.verify import verify_log
from broker.core.errors import ProofError
from broker.infra.log_store import LogStore
from keys.notes import NoteVerifier
from tests.unit.broker.infra.sample_log import KEY, ORIGIN, append

INTEROP: Final = Path(__file__).parents[4] / "interop"
VECTORS: Final[dict[str, dict[str, Any]]] = json.loads(
    (INTEROP / "merkle" / "vectors.json").read_text("utf-8")
)
GO: Final = shutil.which("go")
GOPATH: Final = Path("/usr/share/gocode")
NO_HASHES: Final = "consistency/additional/sizes-are-equal-one-and-proof-is-empty"
"""Its two roots are twelve bytes long, which others let pass, and we refuse."""
SIZES: Final = (1, 2, 255, 256, 257, 512, 699)
INDICES: Final = (0, 1, 255, 256, 511, 698, 699)


def _hashes(texts: list[str] | None) -> list[bytes]:
    return [base64.b64decode(text) for text in texts or []]


@pytest.mark.parametrize("name", [one for one in VECTORS if one.startswith("incl")])
def test_inclusion_is_judged_as_the_shared_vectors_say(name: str) -> None:
    vector = VECTORS[name]

    def verify() -> None:
        verify_inclusion(
            base64.b64decode(vector["leafHash"] or ""),
            vector["leafIdx"],
            vector["treeSize"],
            _hashes(vector["proof"]),
            base64.b64decode(vector["root"] or ""),
        )

    if vector["wantErr"]:
        with pytest.raises(ProofError):
            verify()
    else:
        verify()


@pytest.mark.parametrize("name", [one for one in VECTORS if one.startswith("cons")])
def test_consistency_is_judged_as_the_shared_vectors_say(name: str) -> None:
    vector = VECTORS[name]

    def verify() -> None:
        verify_consistency(
            vector["size1"],
            vector["size2"],
            base64.b64decode(vector["root1"] or ""),
            base64.b64decode(vector["root2"] or ""),
            _hashes(vector["proof"]),
        )

    if vector["wantErr"] or name == NO_HASHES:
        with pytest.raises(ProofError):
            verify()
    else:
        verify()


@pytest.fixture(scope="session")
def interop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The program that speaks for Go, built from its source."""
    if GO is None or not (GOPATH / "src/golang.org/x/mod/sumdb/tlog").is_dir():
        if os.environ.get("ROGATORY_REQUIRE_GO"):
            pytest.fail("Go with golang.org/x/mod is required, and not there")
        pytest.skip("needs Go with golang.org/x/mod: see tests/interop/README.md")
    folder = tmp_path_factory.mktemp("go")
    program = folder / "interop"
    subprocess.run(  # noqa: S603  the compiler, on our own source
        [GO, "build", "-o", str(program), str(INTEROP / "interop.go")],
        env={
            "PATH": os.environ["PATH"],
            "GO111MODULE": "off",
            "GOPATH": str(GOPATH),
            "GOCACHE": str(folder / "cache"),
            "CGO_ENABLED": "0",
        },
        check=True,
        cwd=folder,
    )
    return program


def _run(program: Path, command: str, folder: Path) -> None:
    done = subprocess.run(  # noqa: S603  the program built above
        [str(program), command, str(folder)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _export(log: LogStore, folder: Path) -> None:
    """Writes what is claimed of a log, and everything that shall prove it."""
    head = log.head()
    size, names = head.size, list(full_tiles(head.size))
    for level in (0, 1):
        index = (size >> (8 * level)) // 256
        if width := tile_width(level, index, size):
            names.append(TileName(level=level, index=index, width=width))
    for name in names:
        path = folder / name.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(log.tile(name.path))
    tree = TileReader(log.tile, size)
    claim = {
        "size": size,
        "root": _text(head.root),
        "leaves": [_text(one.entry.leaf_data) for one in log.records(0, size)],
        "records": {
            str(index): [*map(_text, log.inclusion(index, size))] for index in INDICES
        },
        "trees": {
            str(older): {
                "root": _text(tree.root(older)),
                "path": [*map(_text, log.consistency(older, size))],
            }
            for older in SIZES
        },
    }
    proof = format_proof(256, log.inclusion(256, size), head.checkpoint, b"beside it")
    (folder / "claim.json").write_text(json.dumps(claim), "utf-8")
    (folder / "checkpoint").write_text(head.checkpoint, "utf-8")
    (folder / "vkey").write_text(KEY.verifier.vkey, "utf-8")
    (folder / "one.tlog-proof").write_text(proof, "utf-8")


def test_a_log_of_ours_verifies_with_go(interop: Path, tmp_path: Path) -> None:
    folder = tmp_path / "ours"
    folder.mkdir()
    with LogStore.open(tmp_path / "log", origin=ORIGIN) as log:
        append(log, 1, 700)
        _export(log, folder)
    _run(interop, "check", folder)
    proof = folder / "one.tlog-proof"
    proof.write_text(proof.read_text("utf-8").replace("index 256", "index 255"))
    with pytest.raises(AssertionError):
        _run(interop, "check", folder)


def test_a_log_of_go_verifies_with_ours(interop: Path, tmp_path: Path) -> None:
    _run(interop, "make", tmp_path)
    verifier = NoteVerifier.from_vkey((tmp_path / "vkey").read_text("utf-8"))
    note = (tmp_path / "checkpoint").read_text("utf-8")
    checkpoint = open_checkpoint(note, verifier)
    claim = json.loads((tmp_path / "claim.json").read_text("utf-8"))
    leaves = [leaf_hash(base64.b64decode(one)) for one in claim["leaves"]]
    assert tree_root(leaves) == checkpoint.root

    def tile(path: str) -> bytes:
        return (tmp_path / path).read_bytes()

    assert list(verify_log(leaves, checkpoint, tile))[-1] == checkpoint.size
    tree = TileReader(tile, checkpoint.size)
    for text, path in claim["records"].items():
        index = int(text)
        assert list(tree.inclusion(index, checkpoint.size)) == _hashes(path)
        verify_inclusion(
            leaves[index], index, checkpoint.size, _hashes(path), checkpoint.root
        )
    for text, older in claim["trees"].items():
        size, root = int(text), base64.b64decode(older["root"])
        assert tree.root(size) == root
        assert list(tree.consistency(size, checkpoint.size)) == _hashes(older["path"])
        verify_consistency(
            size, checkpoint.size, root, checkpoint.root, _hashes(older["path"])
        )
    proof = parse_proof((tmp_path / "one.tlog-proof").read_text("utf-8"))
    assert proof.index == 256
    check_proof(proof, leaves[256], open_checkpoint(proof.checkpoint, verifier))


def test_the_vectors_are_of_both_kinds() -> None:
    wanted = {(name[:4], one["wantErr"]) for name, one in VECTORS.items()}
    assert wanted == {("incl", True), ("incl", False), ("cons", True), ("cons", False)}
