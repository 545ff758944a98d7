"""A file that is replaced, and what a crash leaves of that."""

from pathlib import Path

from adapters.geojson.feed_file import replace_file, sweep_parts


def test_what_a_crash_has_left_is_removed_and_nothing_else(tmp_path: Path) -> None:
    file = tmp_path / "routes.geojson"
    replace_file(file, b"whole")
    (tmp_path / ".routes.geojson.0123456789abcdef.part").write_bytes(b"half")
    (tmp_path / ".other.geojson.0123456789abcdef.part").write_bytes(b"not ours")
    sweep_parts(file)
    assert {one.name for one in tmp_path.iterdir()} == {
        "routes.geojson",
        ".other.geojson.0123456789abcdef.part",
    }
    assert file.read_bytes() == b"whole"


def test_the_file_is_for_its_group_and_for_nobody_else(tmp_path: Path) -> None:
    file = tmp_path / "routes.geojson"
    replace_file(file, b"whole")
    assert file.stat().st_mode & 0o007 == 0
