"""What people are told of what is owed stays readable, however much one party sends."""

from dataclasses import replace

from broker.core.cases.duties import Duty, Pressure
from broker.core.cases.leg import Owed
from broker.core.cases.lifecycle import Debt, Side
from broker.core.cases.review import Concern
from broker.core.cases.told_alarms import EACH_MAX, alarm_texts, sentence
from tests.world import BEL, KEN, MEX, NOW_MS

_KEY = bytes(32)
_OWED = Owed(
    debt=Debt(clock="answer", by=Side.ADDRESSEE, states=frozenset({"x"}), what="it"),
    by=BEL,
    about=bytes(32),
    since_ms=NOW_MS,
    due_ms=NOW_MS,
)


def _concern(number: int, *, ours: bool = True) -> Concern:
    by, to = (KEN, BEL) if ours else (BEL, KEN)
    owed = replace(
        _OWED, by=by, about=number.to_bytes(32), due_ms=NOW_MS + 1000 * number
    )
    duty = Duty(
        case=f"C-{number}", reference="", matter="trace", state="x", owed=owed, to=(to,)
    )
    return Concern(duty=duty, pressure=Pressure.OVERDUE, ours=ours)


def _many(count: int) -> list[Concern]:
    return [_concern(number) for number in range(count)]


def test_each_thing_has_an_alarm_of_its_own() -> None:
    some = _many(EACH_MAX)
    texts = alarm_texts(some, (), _KEY)
    assert sorted(texts.values()) == sorted(map(sentence, some))


def test_the_name_of_an_alarm_tells_nothing_to_whoever_has_no_key() -> None:
    """What may be owed about a message is soon tried out, and tells what it said."""
    some = [_concern(1)]
    [mine] = alarm_texts(some, (), _KEY)
    [theirs] = alarm_texts(some, (), bytes([1] * 32))
    assert mine != theirs
    assert some[0].name not in mine


def test_ten_thousand_matters_of_one_party_make_few_alarms() -> None:
    texts = alarm_texts(_many(10_000), (), _KEY)
    assert len(texts) == EACH_MAX + 1
    [many] = [text for text in texts.values() if "more than" in text]
    assert many == (
        f"overdue: BEL waits for more than {EACH_MAX} things from here; see: rogatory "
        "case list --open --party BEL"
    )


def test_a_flood_of_one_party_hides_nothing_of_another() -> None:
    other = _concern(1)
    other = replace(other, duty=replace(other.duty, to=(MEX,)))
    assert sentence(other) in alarm_texts([*_many(1000), other], (), _KEY).values()


def test_what_we_owe_and_what_is_owed_to_us_are_told_apart() -> None:
    theirs = [_concern(number, ours=False) for number in range(EACH_MAX + 1)]
    texts = alarm_texts([*_many(EACH_MAX + 1), *theirs], (), _KEY)
    assert len(texts) == 2 * EACH_MAX + 2
    assert any(
        text.startswith(f"overdue: BEL owes more than {EACH_MAX} things")
        for text in texts.values()
    )
    early = [replace(one, pressure=Pressure.HALF) for one in _many(EACH_MAX + 1)]
    assert any(
        text.startswith("half of the time is over for more than")
        for text in alarm_texts(early, (), _KEY).values()
    )


def test_what_came_first_stays_told_when_more_comes() -> None:
    late = [_concern(number) for number in range(100, 100 + EACH_MAX)]
    before = alarm_texts(late, (), _KEY)
    after = alarm_texts([*_many(50), *late], before.keys(), _KEY)
    assert before.keys() <= after.keys()


def test_another_flood_is_told_again() -> None:
    later = [
        replace(
            one,
            duty=replace(
                one.duty, owed=replace(one.duty.owed, due_ms=NOW_MS + (1 << 33))
            ),
        )
        for one in _many(30)
    ]
    [first] = [
        name for name in alarm_texts(_many(30), (), _KEY) if name.startswith("many")
    ]
    [second] = [
        name for name in alarm_texts(later, (), _KEY) if name.startswith("many")
    ]
    assert first != second
