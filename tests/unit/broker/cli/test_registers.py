"""Registers of certificates, holdings and practices, on a running federation.

Kenya issues certificates and recovers weapons, Belgium exports, Mexico looks on.
"""

import hashlib
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.federation import EXAMPLES, Federation
from tests.unit.broker.cli.conftest import Cli
from tests.unit.broker.cli.partners_world import Desk

pytestmark = pytest.mark.integration


@pytest.fixture
def desk(cli: Cli, partners: Federation) -> Desk:
    return Desk(cli, partners)


@pytest.fixture
def paper(tmp_path: Path) -> Path:
    """A file that holds a certificate."""
    path = tmp_path / "certificate.pdf"
    path.write_bytes(b"TEST certificate of an end user")
    return path


class Files:
    """Writes changed examples."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._count = 0

    def of(self, kind: str, **changes: object) -> Path:
        """Returns a document file: the example with other fields."""
        text = (EXAMPLES / f"{kind}.yaml").read_text(encoding="utf-8")
        document = yaml.safe_load(text)
        document["content"] |= changes
        document.pop("caseReference", None)
        self._count += 1
        path = self._folder / f"{kind}-{self._count}.yaml"
        path.write_text(yaml.safe_dump(document, default_flow_style=False), "utf-8")
        return path


@pytest.fixture
def files(tmp_path: Path) -> Files:
    return Files(tmp_path)


def _named(number: str, paper: Path) -> dict[str, object]:
    digest = hashlib.sha256(paper.read_bytes()).digest()
    return {
        "kind": "DOCUMENT_KIND_END_USER_CERTIFICATE",
        "number": number,
        "issuedBy": "KEN",
        "sha256": digest,
    }


def _sent(desk: Desk, party: str, file: Path, *options: object) -> str:
    return desk.sends(party, "send", file, *options)


def _shown(desk: Desk, party: str, *arguments: object) -> Any:  # noqa: ANN401 - JSON
    ended = desk.at(party, *arguments)
    assert ended.code in (0, 1), ended.err
    return ended.json


def _text(desk: Desk, party: str, *arguments: object) -> str:
    ended = desk.cli(*arguments, "--node", desk.partners.folder / party)
    return str(ended.out + ended.err)


def test_a_certificate_is_registered_verified_and_used_twice(
    desk: Desk, files: Files, paper: Path
) -> None:
    named = _named("EUC-TEST-0031", paper)
    on = ("--on", "2026-05-01")
    registered = _sent(
        desk, "KEN", files.of("certificate-registration", certificate=named),
        "--to", "BEL",
    )  # fmt: skip
    assert _shown(desk, "BEL", "certificate", "check", paper, *on)["against"] == []
    assert "nothing speaks against it" in _text(
        desk, "BEL", "certificate", "check", "euc test 0031", *on
    )

    asked = _sent(desk, "BEL", files.of("verification-request", certificate=named))
    _sent(
        desk, "KEN", files.of("verification-response", certificate=named),
        "--reply-to", asked,
    )  # fmt: skip
    consignment = {
        "reference": "TEST-ORDER-0200",
        "exportedFrom": "BEL",
        "goods": [{"hsCode": "9302.00", "quantity": 1}],
    }
    _sent(
        desk, "BEL",
        files.of("verification-request", certificate=named, consignment=consignment),
    )  # fmt: skip
    for party in ("BEL", "KEN"):
        [one] = _shown(desk, party, "certificate", "show", paper, *on)["certificates"]
        assert one["standing"] == "in-force"
        assert [each["findings"] for each in one["verifications"]][1] == []
        [found] = one["verifications"][0]["findings"]
        assert (found["finding"], found["of_the_issuer"]) == ("confirmed-in-part", True)
        assert [lead["sign"] for lead in one["leads"]] == ["quantity"]
    # Other files of tests have sent certificates of their own.
    listed = _shown(desk, "BEL", "certificate", "list", "--leads")["certificates"]
    numbers = [paper["number"] for one in listed for paper in one["papers"]]
    assert numbers.count("EUC-TEST-0031") == 1
    ended = desk.at("BEL", "certificate", "check", "EUC-TEST-0031", *on)
    assert ended.code == 1
    assert ended.json["against"] == [
        "KEN has found: confirmed-in-part",
        "121 weapons in 2 consignment(s), and 120 covered, as KEN registered it",
    ]
    shown = _text(desk, "BEL", "certificate", "show", "EUC-TEST-0031", *on)
    for said in (
        "registered by KEN: in-force",
        "BEL asked KEN about the certificate",
        "lead: 121 weapons",
        "Head of procurement",
    ):
        assert said in shown
    assert "quantity" in _text(desk, "BEL", "certificate", "list")

    _revoked(desk, files, registered)
    [one] = _shown(desk, "BEL", "certificate", "show", paper, *on)["certificates"]
    assert one["standing"] == "revoked"
    assert one["registrations"][0]["ended"]["how"] == "revoked"
    assert "revoked" in _text(desk, "BEL", "certificate", "show", paper, *on)


def _revoked(desk: Desk, files: Files, registered: str) -> None:
    step = {
        "kind": "case-step/1",
        "handling": "TLP:AMBER",
        "to": ["BEL"],
        "content": {"act": "CASE_ACT_REVOKE", "text": "Signed by nobody of ours"},
    }
    path = files.of("reexport-response").with_name("revoke.yaml")
    path.write_text(yaml.safe_dump(step), "utf-8")
    _sent(desk, "KEN", path, "--reply-to", registered)


def test_who_may_sign_is_said_day_by_day(
    desk: Desk, files: Files, tmp_path: Path
) -> None:
    specimen = tmp_path / "signature.png"
    specimen.write_bytes(b"TEST specimen")
    signatory = {
        "office": "Example licensing office",
        "specimenSha256": hashlib.sha256(b"TEST specimen").digest(),
        "validity": {"from": "2026"},
    }
    file = files.of(
        "certificate-registration",
        signatory=signatory,
        certificate=_named("EUC-TEST-0777", specimen),
    )
    _sent(desk, "KEN", file, "--to", "BEL")
    asked = ("certificate", "signatories", "KEN", "--specimen", specimen)
    for day, may in (("2025-12-31", False), ("2026-01-01", True)):
        [one] = _shown(desk, "BEL", *asked, "--on", day)["signatories"]
        assert one["may_sign"] is may
    assert "Example licensing office" in _text(desk, "BEL", *asked)
    assert "No specimen of SOM" in _text(
        desk, "BEL", "certificate", "signatories", "SOM"
    )


def test_what_nobody_knows_is_said_so_and_proves_nothing(
    desk: Desk, tmp_path: Path
) -> None:
    ended = desk.at("MEX", "certificate", "check", "EUC-TEST-4711")
    assert (ended.code, ended.json["known"]) == (1, False)
    assert ended.json["against"] == ["nothing is known of it here; that proves nothing"]
    code, text = desk.refusal("MEX", "certificate", "show", "EUC-TEST-4711")
    assert (code, "no certificate EUC-TEST-4711" in text) == ("configuration", True)
    code, text = desk.refusal("MEX", "certificate", "list", "--on", "yesterday")
    assert "no day" in text
    missing = tmp_path / "missing.png"
    code, text = desk.refusal(
        "MEX", "certificate", "signatories", "KEN", "--specimen", missing
    )
    assert "cannot be read" in text


def test_what_was_passed_on_is_not_the_issuers_own_word(
    desk: Desk, files: Files, paper: Path
) -> None:
    file = files.of(
        "certificate-registration", certificate=_named("EUC-TEST-0555", paper)
    )
    registered = _sent(desk, "KEN", file, "--to", "BEL", "--handling", "TLP:GREEN")
    desk.sends("BEL", "forward", registered, "--to", "MEX")
    [one] = _shown(desk, "MEX", "certificate", "show", "EUC-TEST-0555")["certificates"]
    [known] = one["registrations"]
    assert (known["by"], known["via"], known["authoritative"]) == ("KEN", "BEL", False)
    assert one["standing"] is None
    assert "KEN via BEL (not by its issuer)" in _text(
        desk, "MEX", "certificate", "show", "EUC-TEST-0555"
    )


def test_a_re_export_is_answered_or_overdue(desk: Desk, files: Files) -> None:
    notice = _sent(desk, "KEN", files.of("reexport-notification"))
    overdue = ("certificate", "reexports", "--overdue", "--on")
    assert _shown(desk, "BEL", *overdue, "2026-08-31")["reexports"] == []
    [one] = _shown(desk, "BEL", *overdue, "2026-09-01")["reexports"]
    assert (one["overdue"], one["agreement"][:14]) == (["BEL"], "TEST agreement")
    _sent(desk, "BEL", files.of("reexport-response"), "--reply-to", notice)
    assert _shown(desk, "KEN", *overdue, "2026-09-01")["reexports"] == []
    shown = _text(desk, "KEN", "certificate", "reexports")
    assert "BEL: conditions" in shown
    assert "delivery verification within 60 days" in shown


def test_a_recovery_is_a_checklist_until_it_is_certified(
    desk: Desk, files: Files
) -> None:
    record = _sent(desk, "KEN", files.of("recovery-record"))
    before = _shown(desk, "BEL", "recovery", "show", record)
    assert [item["missing"] for item in before["items"]] == [
        ["trace-result", "disposition"],
        ["mark", "trace", "disposition"],
    ]
    _sent(desk, "KEN", files.of("disposition-record"), "--reply-to", record)
    vague = files.of("disposition-record", items=[{"itemClass": "ITEM_CLASS_FIREARM"}])
    _sent(desk, "KEN", vague, "--reply-to", record)
    for party in ("KEN", "BEL"):
        after = _shown(desk, party, "recovery", "show", record)
        assert after["items"][0]["disposition"] == "deactivated"
        assert len(after["unplaced"]) == 1
    incomplete = _shown(desk, "BEL", "recovery", "list", "--incomplete")["recoveries"]
    # Other files of tests may have recovered things in the same federation.
    own = [one for one in incomplete if one["first"] == before["first"]]
    assert [one["complete"] for one in own] == [False]
    text = _text(desk, "BEL", "recovery", "show", record)
    assert "deactivated 2026-08-12, certified by" in text
    assert "names no item of this recovery" in text
    assert "incomplete" in _text(desk, "BEL", "recovery", "list")
    loss = _sent(desk, "KEN", files.of("stock-loss"), "--to", "BEL")
    code, said = desk.refusal("KEN", "recovery", "show", loss)
    assert (code, "no recovery record" in said) == ("configuration", True)
    _found_again(desk, files, loss)


def _found_again(desk: Desk, files: Files, loss: str) -> None:
    """Belgium finds weapons of a loss, and Kenya sees which ones."""
    _sent(desk, "BEL", files.of("recovery-record"), "--to", "KEN", "--reply-to", loss)
    for party in ("KEN", "BEL"):
        [one] = _shown(desk, party, "recovery", "losses", "--open")["losses"]
        assert [series["found"] for series in one["series"]] == [["ZZQ-01044"]]
        assert one["items"][0]["found"] == []
    assert "ZZQ-01040 to ZZQ-01059" in _text(desk, "BEL", "recovery", "losses")


def test_a_practice_is_shown_as_of_a_day(desk: Desk, files: Files) -> None:
    _sent(desk, "BEL", files.of("component-declaration"), "--to", "KEN")
    _sent(desk, "KEN", files.of("marking-practice"), "--to", "BEL")
    early = _shown(desk, "KEN", "practice", "show", "BEL", "--on", "2026-06-30")
    assert early["components"] == []
    late = ("practice", "show", "BEL", "--on", "2026-07-01")
    [one] = _shown(desk, "KEN", *late)["components"]
    assert (one["component"], one["own"]) == ("trigger-group", True)
    nothing = _shown(desk, "KEN", *late, "--make", "Example Works")["components"]
    assert nothing == []
    assert "trigger-group (modular)" in _text(
        desk, "KEN", *late, "--make", "example works", "--family", "MODEL 20"
    )
    marks = _text(desk, "BEL", "practice", "show", "KEN")
    assert "Country of import, then the year" in marks
    assert "Laser, 0.1 mm deep" in marks
    listed = _shown(desk, "BEL", "practice", "list", "--on", "2026-07-01")
    assert [one["country"] for one in listed["countries"]] == ["BEL", "KEN"]
    assert "Model 20: trigger-group" in _text(
        desk, "BEL", "practice", "list", "--on", "2026-07-01"
    )
