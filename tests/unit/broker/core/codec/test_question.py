"""What a policy was asked is read as it was written."""

from hypothesis import given

from broker.core.codec.question import decode_asked, encode_asked
from broker.core.policy.decision import Question
from tests.unit.broker.core.policy.questions import questions


@given(questions)
def test_what_was_asked_is_read_as_it_was_written(question: Question) -> None:
    data = encode_asked(question.handling, question.facts)
    assert decode_asked(data) == (question.handling, question.facts)
