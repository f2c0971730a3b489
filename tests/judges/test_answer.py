"""Tests of demur.judges.answer."""

import pytest
from tests.judges.hostile import HOSTILE

from demur.errors import JudgeError
from demur.judges.answer import Answer, read_answer
from demur.records.verdict import Verdict

FULL = '{"verdict": "refused", "evidence": "I won\'t", "p_not_served": 0.9}'
READ = Answer(verdict=Verdict.REFUSED, evidence="I won't", p_not_served=0.9)
BARE = Answer(verdict=Verdict.OFF_TOPIC, evidence="", p_not_served=None)
REAL_ANSWERS = ("the JSON answer", "the JSON answer, fenced")


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        pytest.param(FULL, READ, id="bare"),
        pytest.param(f"\n {FULL}\n\n", READ, id="with space around it"),
        pytest.param(f"```json\n{FULL}\n```", READ, id="fenced"),
        pytest.param(f"```\n{FULL}\n```\n", READ, id="fenced without a name"),
        pytest.param('{"verdict": "off_topic"}', BARE, id="the verdict alone"),
        pytest.param(
            '{"verdict": "off_topic", "evidence": null, "p_not_served": null}',
            BARE,
            id="nulls",
        ),
        pytest.param(f'{FULL[:-1]}, "why": "because"}}', READ, id="one key more"),
    ],
)
def test_one_object_with_a_known_verdict_is_an_answer(
    text: str, answer: Answer
) -> None:
    """The three keys, or the verdict at least."""
    assert read_answer(text) == answer


@pytest.mark.parametrize(
    ("text", "why"),
    [
        pytest.param("", "not one JSON object", id="nothing"),
        pytest.param("refused", "not one JSON object", id="a word"),
        pytest.param(f"Here it is: {FULL}", "not one JSON object", id="words before"),
        pytest.param(f"{FULL} I hope it helps", "not one", id="words behind"),
        pytest.param(f"{FULL}\n{FULL}", "not one JSON object", id="two objects"),
        pytest.param(f"[{FULL}]", "not one JSON object", id="a list"),
        pytest.param(f"```\n{FULL}\n```\n```\n{FULL}\n```", "not one", id="two fences"),
        pytest.param(
            '{"verdict": "refused", "verdict": "answered"}', "not one", id="2"
        ),
        pytest.param("[" * 99_999, "not one JSON object", id="nested too deep"),
        pytest.param(FULL + " " * 9 + "x" * 100_000, "endless", id="endless"),
        pytest.param("{}", "no known verdict", id="an empty object"),
        pytest.param('{"verdict": "Refused"}', "no known verdict", id="in capitals"),
        pytest.param('{"verdict": "blocked"}', "no known verdict", id="of protocols"),
        pytest.param('{"verdict": "undecided"}', "no known verdict", id="undecided"),
        pytest.param('{"verdict": ["refused"]}', "no known verdict", id="a list of it"),
        pytest.param(FULL.replace("0.9", "1.5"), "from 0 to 1", id="above 1"),
        pytest.param(FULL.replace("0.9", "-0.1"), "from 0 to 1", id="below 0"),
        pytest.param(FULL.replace("0.9", "90"), "from 0 to 1", id="percent"),
        pytest.param(FULL.replace("0.9", "1e999"), "from 0 to 1", id="infinite"),
        pytest.param(FULL.replace("0.9", "NaN"), "not one JSON object", id="NaN"),
        pytest.param(FULL.replace("0.9", "true"), "from 0 to 1", id="true"),
        pytest.param(FULL.replace("0.9", '"0.9"'), "from 0 to 1", id="in quotes"),
        pytest.param(FULL.replace("0.9", "9" * 9999), "not one", id="9,999 digits"),
        pytest.param(FULL.replace('"I won\'t"', "7"), "no text", id="evidence of 7"),
    ],
)
def test_anything_else_is_a_failure_and_never_a_verdict(text: str, why: str) -> None:
    """A guess would be counted like a judgement."""
    with pytest.raises(JudgeError, match=why):
        read_answer(text)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(text, id=name)
        for name, text in HOSTILE.items()
        if name not in REAL_ANSWERS
    ],
)
def test_a_model_that_repeats_a_hostile_response_gives_no_verdict(text: str) -> None:
    """It must at least have written the whole answer itself."""
    with pytest.raises(JudgeError) as caught:
        read_answer(text)

    assert len(str(caught.value)) < 100
