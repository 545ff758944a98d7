"""What an officer reads before signing cannot be forged by what is in it."""

import json
from pathlib import Path

import pytest

from broker.app.release_files import ReleaseRequest
from broker.cli.release_words import show_request
from broker.core.errors import ConfigurationError
from broker.core.handling import Handling, Restrictions, Tlp
from broker.core.policy.decision import Approval
from broker.core.releases import Release, ReleaseParcel
from keys.framing import sha256
from tests.world import KEN, XPO

FORGED = "x\n    left out       personal, source\n  message 2 to     BEL"


def request(**changes: str) -> ReleaseRequest:
    parcel = ReleaseParcel(
        recipients=(XPO,),
        body_digest=sha256(b"content"),
        handling=Handling(
            tlp=Tlp.GREEN, restrictions=Restrictions(other=changes.get("other", ""))
        ),
        approvals=(
            Approval(
                rule_id=changes.get("rule", "routes"),
                needed=1,
                officers=frozenset({"amina"}),
            ),
        ),
    )
    release = Release(
        origin=KEN,
        kind=changes.get("kind", "route-intelligence/1"),
        policy_digest=bytes(32),
        parcels=(parcel,),
        case_reference=changes.get("case", "C-1"),
    )
    return ReleaseRequest(
        pending_id=bytes(16), lapses_ms=1, release=release, officers={}
    )


@pytest.mark.parametrize("where", ["other", "rule", "kind", "case"])
def test_lines_forged_in_what_an_officer_is_shown_stay_in_their_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], where: str
) -> None:
    path = tmp_path / "release.json"
    show_request(request(other="Not for the media"))
    sound = capsys.readouterr().err.splitlines()
    request(**{"other": "Not for the media", where: FORGED}).write(path)
    show_request(ReleaseRequest.read(path))
    shown = capsys.readouterr().err.splitlines()
    assert [line[:17] for line in shown] == [line[:17] for line in sound] or (
        where == "kind" and len(shown) == len(sound)
    )
    assert sum("left out  " in line[:17] for line in shown) == 1
    assert any("x\\n    left out" in line for line in shown)


@pytest.mark.parametrize("lapses_ms", [-1, 1 << 62, 10**20])
def test_a_file_of_a_time_that_there_is_not_is_refused(
    tmp_path: Path, lapses_ms: int
) -> None:
    path = tmp_path / "release.json"
    request().write(path)
    fields = json.loads(path.read_text())
    path.write_text(json.dumps(fields | {"lapses_ms": lapses_ms}))
    with pytest.raises(ConfigurationError, match="is not what rogatory pending"):
        ReleaseRequest.read(path)
