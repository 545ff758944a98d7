"""Every refusal and every stage has words, and every refusal an exit code."""

import pytest

from broker.core.errors import Code
from broker.core.model import Stage
from broker.core.sentences import (
    SENTENCES,
    STAGES,
    ExitCode,
    describe,
    describe_stage,
)


def test_the_catalogue_is_closed() -> None:
    assert set(SENTENCES) == set(Code)
    assert set(STAGES) == set(Stage)


@pytest.mark.parametrize("code", Code)
def test_a_sentence_says_what_happened_and_what_to_do(code: Code) -> None:
    sentence = describe(code)
    for words in (sentence.text, sentence.advice):
        assert words[0].isupper()
        assert words.endswith(".")
        assert "  " not in words
        assert words.isprintable()
    assert sentence.text != sentence.advice


@pytest.mark.parametrize("code", Code)
def test_a_refusal_never_exits_as_success_or_as_wrong_usage(code: Code) -> None:
    assert describe(code).exit_code in {ExitCode.BAD_DATA, ExitCode.REFUSED}


@pytest.mark.parametrize("code", [Code.EXPORT_POLICY, Code.IMPORT_POLICY])
def test_a_policy_that_says_no_exits_with_77(code: Code) -> None:
    assert describe(code).exit_code == 77


def test_no_two_refusals_read_alike() -> None:
    assert len({describe(code).text for code in Code}) == len(Code)


@pytest.mark.parametrize("stage", Stage)
def test_a_stage_completes_a_sentence(stage: Stage) -> None:
    words = describe_stage(stage)
    assert words[0].islower()
    assert not words.endswith(".")


def test_exit_codes_are_those_of_the_manual() -> None:
    assert [code.value for code in ExitCode] == [0, 1, 2, 65, 69, 77, 78]
