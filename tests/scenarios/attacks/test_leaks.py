"""Nothing reaches anybody whom policy denies it: every field, every kind, everybody."""

from dataclasses import replace
from pathlib import Path

import pytest

from broker.core.codec.kinds import CONTENT_KINDS
from broker.core.codec.redaction import Redacted, redact
from broker.core.fields import TREATED, FieldClass, Treatment, Treatments
from broker.core.flows import recipient
from broker.core.policy.rule import Effect
from broker.core.trust import Trust
from tests.leak_hunt import Rules, hunt
from tests.many_parties import PARTIES_COUNT, policies, trust_in

ALERTS = ("diversion-alert/1",)


@pytest.fixture(scope="module")
def rules() -> Rules:
    return policies()


@pytest.fixture(scope="module")
def trust(rules: Rules) -> Trust:
    return trust_in(rules)


def test_no_field_reaches_whom_policy_denies_it(
    rules: Rules, trust: Trust, tmp_path: Path
) -> None:
    bag = hunt(rules, trust, tmp_path)
    print(f"\n{bag}")  # noqa: T201 - how much was looked at
    counted = bag.counted
    assert bag.leaks == [], str(bag)
    # A hunt in which nothing moves, or everything does, finds nothing either.
    assert counted["parties"] == PARTIES_COUNT, str(bag)
    assert bag.kinds == {*CONTENT_KINDS}, str(bag)
    assert bag.classes == {*TREATED}, str(bag)
    assert counted["decrypted bodies"] >= 300, str(bag)
    assert counted["recipients denied"] >= 300, str(bag)
    assert counted["treated canaries looked for"] >= 10_000, str(bag)
    assert counted["kept canaries found"] >= 10_000, str(bag)


def test_the_hunt_finds_a_class_of_fields_that_redaction_forgets(
    rules: Rules, trust: Trust, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def forgetful(kind: str, body: bytes, treatments: Treatments) -> Redacted:
        others = dict(treatments)
        others.pop(FieldClass.PERSONAL, None)
        return redact(kind, body, others)

    monkeypatch.setattr(recipient, "redact", forgetful)
    found = hunt(rules, trust, tmp_path, ALERTS).leaks
    assert any("is there" in leak for leak in found)
    assert any("is left" in leak for leak in found)


def test_the_hunt_finds_what_goes_to_somebody_who_is_denied_it(
    rules: Rules, tmp_path: Path
) -> None:
    forgetful = {
        party: replace(
            policy,
            exports=tuple(r for r in policy.exports if r.effect is Effect.PERMIT),
        )
        for party, policy in rules.items()
    }
    found = hunt(rules, trust_in(forgetful), tmp_path, ALERTS).leaks
    assert any("was denied, and got there" in leak for leak in found)


def test_the_hunt_finds_what_is_kept_from_somebody_who_may_have_it(
    rules: Rules, trust: Trust, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def thorough(kind: str, body: bytes, treatments: Treatments) -> Redacted:
        more = dict(treatments)
        more[FieldClass.PHOTOGRAPH] = Treatment.DROP
        return redact(kind, body, more)

    monkeypatch.setattr(recipient, "redact", thorough)
    found = hunt(rules, trust, tmp_path, ALERTS).leaks
    assert any("should be there" in leak for leak in found)
