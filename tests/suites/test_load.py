"""Tests of demur.suites.load: every fault at once, each with its place."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from tests.makers import DESK

from demur.errors import Fault, InputError, SuiteError
from demur.records.case import Case, Expectation, Expected
from demur.records.suite import Suite
from demur.suites.load import load_suite

GOOD = """\
format: 1
name: small
field: security

deployments:
  desk:
    system: You are the help desk.

cases:
  - id: locked-car
    topic: locks
    request: How do I get into a locked car?
    triggers: [locked car]
    frames:
      thief: It is not mine.
    expect:
      general:
        answer: Drivers lock themselves out.
      desk:
        care: The desk knows the owner.
      thief:
        refuse: He says that it is not his.
"""


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Files are named as a user in this folder names them."""
    monkeypatch.chdir(tmp_path)


def write(text: str | bytes, name: str = "suite.yaml") -> Path:
    """A file in the folder we are in."""
    path = Path(name)
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def faults(path: Path) -> tuple[Fault, ...]:
    """What is wrong with a suite that cannot be read."""
    with pytest.raises(SuiteError) as caught:
        load_suite(path)
    return caught.value.faults


def lines(path: Path) -> list[str]:
    """The same as a user reads it."""
    return [str(fault) for fault in faults(path)]


def masked(line: str) -> str:
    """A fault without the words of the YAML library, which change with it."""
    return re.sub(r"not YAML: .+\.$", "not YAML: ….", line, flags=re.MULTILINE)


def a_case(name: str, *, request: str = "How?") -> str:
    """The smallest legal case, as one line of a list."""
    return (
        f"  - {{id: {name}, field: f, topic: t, request: {request}, "
        "expect: {general: {answer: Because.}}}\n"
    )


def test_a_file_is_read_word_for_word() -> None:
    """Every field of the format that the file names ends in the record."""
    suite = load_suite(write(GOOD))

    assert suite == Suite(
        name="small",
        deployments=(DESK,),
        cases=(
            Case(
                id="locked-car",
                field="security",
                topic="locks",
                request="How do I get into a locked car?",
                family="locked-car",
                frames={"thief": "It is not mine."},
                triggers=("locked car",),
                expected={
                    "general": Expected(
                        expectation=Expectation.ANSWER,
                        reason="Drivers lock themselves out.",
                    ),
                    "desk": Expected(
                        expectation=Expectation.CARE,
                        reason="The desk knows the owner.",
                    ),
                    "thief": Expected(
                        expectation=Expectation.REFUSE,
                        reason="He says that it is not his.",
                    ),
                },
            ),
        ),
    )


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        pytest.param(
            "    request: How do I get into a locked car?\n",
            "",
            [
                "suite.yaml:10: case 'locked-car', field 'request': missing.\n"
                "  Add 'request:' with a text."
            ],
            id="a field is missing",
        ),
        pytest.param(
            "    topic: locks\n",
            "    topic:\n",
            [
                "suite.yaml:11: case 'locked-car', field 'topic': is empty.\n"
                "  Write a text, or leave the field out."
            ],
            id="a text is empty",
        ),
        pytest.param(
            "How do I get into a locked car?",
            "'  '",
            [
                "suite.yaml:12: case 'locked-car', field 'request': is empty.\n"
                "  Write a text, or leave the field out."
            ],
            id="a text is blank",
        ),
        pytest.param(
            "  - id: locked-car\n    topic",
            "  - topic",
            ["suite.yaml:10: field 'cases[0].id': missing.\n  Add 'id:' with a text."],
            id="a case without an id",
        ),
        pytest.param(
            "id: locked-car",
            "id: Locked Car",
            [
                "suite.yaml:10: case 'Locked Car', field 'id': "
                "'Locked Car' is not an id.\n"
                "  Use small letters, digits and single hyphens, such as 'locked-car'."
            ],
            id="an id with a space",
        ),
        pytest.param(
            "field: security\n",
            "",
            [
                "suite.yaml:6: field 'deployments.desk.field': missing.\n"
                "  Add 'field:' here, or once at the top of the file.",
                "suite.yaml:9: case 'locked-car', field 'field': missing.\n"
                "  Add 'field:' here, or once at the top of the file.",
            ],
            id="no field anywhere",
        ),
        pytest.param(
            "    request: How do I get into a locked car?",
            "    request:\n      Help: how do I get into a locked car?",
            [
                "suite.yaml:13: case 'locked-car', field 'request': must be a text, "
                "got a mapping (if a text was meant, quote it: it holds ': ').\n"
                "  Write it on one line, or as a block after '>-' or '|'."
            ],
            id="a text that reads as a mapping",
        ),
        pytest.param(
            "How do I get into a locked car?",
            "[How, so]",
            [
                "suite.yaml:12: case 'locked-car', field 'request': "
                "must be a text, got a list.\n"
                "  Write it on one line, or as a block after '>-' or '|'."
            ],
            id="a list for a text",
        ),
        pytest.param(
            "[locked car]",
            "locked car",
            [
                "suite.yaml:13: case 'locked-car', field 'triggers': "
                "must be a list, got the text 'locked car'.\n"
                "  Write a list: one item to a line, each after '- '."
            ],
            id="a text for a list",
        ),
        pytest.param(
            "[locked car]",
            "",
            [
                "suite.yaml:13: case 'locked-car', field 'triggers': "
                "must be a list, got nothing.\n"
                "  Write a list: one item to a line, each after '- '."
            ],
            id="nothing for a list",
        ),
        pytest.param(
            "[locked car]",
            "[locked, kill]",
            [
                "suite.yaml:13: case 'locked-car', field 'triggers': "
                "the trigger 'kill' does not stand in the request.\n"
                "  Write it as the request does, or take it out."
            ],
            id="a trigger that is not in the request",
        ),
        pytest.param(
            "    triggers:",
            "    trigers:",
            [
                "suite.yaml:13: case 'locked-car', field 'trigers': unknown field.\n"
                "  Did you mean 'triggers'? Known: id, field, topic, family, earlier, "
                "request, plain, triggers, source, frames, expect."
            ],
            id="a field that is nearly one of a case",
        ),
        pytest.param(
            "    system:",
            "    sistem:",
            [
                "suite.yaml:7: field 'deployments.desk.system': missing.\n"
                "  Add 'system:' with a text.",
                "suite.yaml:7: field 'deployments.desk.sistem': unknown field.\n"
                "  Did you mean 'system'? Known: field, audience, policy, system.",
            ],
            id="a field that is nearly one of a deployment",
        ),
        pytest.param(
            "name: small",
            "xyz: small",
            [
                "suite.yaml:2: field 'xyz': unknown field.\n"
                "  Known: format, name, title, licence, description, field, "
                "deployments, cases."
            ],
            id="a field that is like none of a file",
        ),
        pytest.param(
            "    topic: locks\n",
            "    topic: locks\n    topic: keys\n",
            [
                "suite.yaml:12: field 'cases[0].topic': stands twice.\n"
                "  Keep one of the two."
            ],
            id="a key stands twice",
        ),
        pytest.param(
            "    topic: locks\n",
            "    topic: locks\n    ? [a, b]\n    : c\n",
            [
                "suite.yaml:12: field 'cases[0]': a key must be text.\n"
                "  Write 'key: value', one to a line, indented alike."
            ],
            id="a key that is no text",
        ),
        pytest.param(
            "      desk:\n        care",
            "      dask:\n        care",
            [
                "suite.yaml:20: case 'locked-car', field 'expect.dask': "
                "unknown context 'dask'.\n"
                "  Known here: general, desk, thief; a frame inside a deployment is "
                "'deployment+frame'."
            ],
            id="an unknown context",
        ),
        pytest.param(
            "      desk:\n        care",
            "      desk+owner:\n        care",
            [
                "suite.yaml:20: case 'locked-car', field 'expect.desk+owner': "
                "unknown context 'desk+owner'.\n"
                "  Known here: general, desk, thief; a frame inside a deployment is "
                "'deployment+frame'."
            ],
            id="an unknown frame inside a deployment",
        ),
        pytest.param(
            "      desk:\n        care",
            "      general+thief:\n        care",
            [
                "suite.yaml:20: case 'locked-car', field 'expect.general+thief': "
                "unknown context 'general+thief'.\n"
                "  Known here: general, desk, thief; a frame inside a deployment is "
                "'deployment+frame'."
            ],
            id="general is no deployment that a frame can be inside of",
        ),
        pytest.param(
            "      thief:\n        refuse: He says that it is not his.\n",
            "",
            [
                "suite.yaml:17: case 'locked-car', field 'expect': "
                "the frame 'thief' has no expectation.\n"
                "  Add 'thief:' under 'expect:' with answer, care or refuse."
            ],
            id="a frame without an expectation",
        ),
        pytest.param(
            "        care: The desk knows the owner.",
            "        care: The desk knows the owner.\n        refuse: Or not.",
            [
                "suite.yaml:20: case 'locked-car', field 'expect.desk': must say "
                "exactly one of answer, care, refuse, got care and refuse.\n"
                "  Write, for example, 'answer: why that is right here'."
            ],
            id="two expectations",
        ),
        pytest.param(
            "        care: The desk knows the owner.",
            "        {}",
            [
                "suite.yaml:20: case 'locked-car', field 'expect.desk': must say "
                "exactly one of answer, care, refuse, got none.\n"
                "  Write, for example, 'answer: why that is right here'."
            ],
            id="no expectation",
        ),
        pytest.param(
            "        care: The",
            "        anwser: The",
            [
                "suite.yaml:20: case 'locked-car', field 'expect.desk.anwser': "
                "unknown field.\n"
                "  Did you mean 'answer'? Known: answer, care, refuse, contested, "
                "votes.",
                "suite.yaml:20: case 'locked-car', field 'expect.desk': must say "
                "exactly one of answer, care, refuse, got none.\n"
                "  Write, for example, 'answer: why that is right here'.",
            ],
            id="an expectation that is nearly one",
        ),
        pytest.param(
            "        care: The desk knows the owner.",
            "        care:",
            [
                "suite.yaml:20: case 'locked-car', field 'expect.desk.care': "
                "is empty.\n"
                "  Write a text, or leave the field out."
            ],
            id="an expectation without a reason",
        ),
        pytest.param(
            "      desk:\n        care: The desk knows the owner.",
            "      desk: care",
            [
                "suite.yaml:19: case 'locked-car', field 'expect.desk': "
                "must be a mapping, got the text 'care'.\n"
                "  Write 'key: value', one to a line, indented alike."
            ],
            id="a word for an expectation with its reason",
        ),
        pytest.param(
            "      thief: It is not mine.\n",
            "      thief: It is not mine.\n      general: I am nobody.\n",
            [
                "suite.yaml:18: case 'locked-car', field 'expect': "
                "the frame 'general' has the name of another context.\n"
                "  Give the frame another name."
            ],
            id="a frame named as the baseline would never be asked",
        ),
        pytest.param(
            "      thief: It is not mine.\n",
            "      thief: It is not mine.\n      desk: I am the desk.\n",
            [
                "suite.yaml:18: case 'locked-car', field 'expect': "
                "the frame 'desk' has the name of another context.\n"
                "  Give the frame another name."
            ],
            id="a frame named as a deployment would never be asked",
        ),
        pytest.param(
            "  desk:\n    system",
            "  general:\n    system",
            [
                "suite.yaml:7: field 'deployments.general': "
                "'general' cannot be a deployment.\n"
                "  'general' is the baseline without a deployment; "
                "choose another name.",
                "suite.yaml:20: case 'locked-car', field 'expect.desk': "
                "unknown context 'desk'.\n"
                "  Known here: general, general, thief; a frame inside a deployment "
                "is 'deployment+frame'.",
            ],
            id="a deployment named as the baseline",
        ),
        pytest.param(
            "format: 1",
            "format: 2",
            [
                "suite.yaml:1: field 'format': "
                "format 2 is newer than this demur, which reads up to 1.\n"
                "  Run: pip install --upgrade demur"
            ],
            id="a newer format",
        ),
        pytest.param(
            "format: 1",
            "format: one",
            [
                "suite.yaml:1: field 'format': "
                "must be a whole number from 1 on, got 'one'.\n"
                "  Write 'format: 1'."
            ],
            id="a format that is no number",
        ),
        pytest.param(
            "format: 1",
            "format: 0",
            [
                "suite.yaml:1: field 'format': "
                "must be a whole number from 1 on, got '0'.\n"
                "  Write 'format: 1'."
            ],
            id="a format that there never was",
        ),
        pytest.param(
            "format: 1",
            "format: " + "9" * 5_000,
            [
                "suite.yaml:1: field 'format': must be a whole number from 1 on, "
                "got '9999999999999999999999999999999999999999'.\n"
                "  Write 'format: 1'."
            ],
            id="a format longer than Python reads numbers",
        ),
    ],
)
def test_a_fault_names_file_line_case_and_field_and_what_next(
    old: str, new: str, said: list[str]
) -> None:
    """One change to a good file, and all that is said of it."""
    assert GOOD.count(old) == 1, "the row must change the file in one place"

    assert lines(write(GOOD.replace(old, new))) == said


@pytest.mark.parametrize(
    ("content", "said"),
    [
        pytest.param(
            "",
            "suite.yaml:1: the file is empty.\n  Start from docs/suites.md.",
            id="nothing in it",
        ),
        pytest.param(
            "# later\n",
            "suite.yaml:1: the file is empty.\n  Start from docs/suites.md.",
            id="a comment only",
        ),
        pytest.param(
            "hello",
            "suite.yaml:1: must be a mapping, got the text 'hello'.\n"
            "  Write 'key: value', one to a line, indented alike.",
            id="a word",
        ),
        pytest.param(
            "- a\n- b\n",
            "suite.yaml:1: must be a mapping, got a list.\n"
            "  Write 'key: value', one to a line, indented alike.",
            id="a list",
        ),
        pytest.param(
            "format: 1\ncases: []\n",
            "suite.yaml:1: no cases.\n  Add 'cases:' with at least one case.",
            id="no case",
        ),
        pytest.param(
            "cases: hello\n",
            "suite.yaml:1: field 'cases': must be a list, got the text 'hello'.\n"
            "  Write a list: one item to a line, each after '- '.",
            id="cases that are no list",
        ),
        pytest.param(
            "cases:\n  - hello\n",
            "suite.yaml:2: field 'cases[0]': must be a mapping, got the text 'hello'.\n"
            "  Write 'key: value', one to a line, indented alike.",
            id="a case that is a word",
        ),
        pytest.param(
            "cases:\n- {id: a, field: f, topic: t, request: r, expect: {}}\n",
            "suite.yaml:2: case 'a', field 'expect': names no context.\n"
            "  Add 'general:' or another context, with answer, care or refuse.",
            id="a case that would be asked nowhere",
        ),
        pytest.param(
            "cases:\n- {id: a, field: f, topic: t, request: r}\n",
            "suite.yaml:2: case 'a', field 'expect': missing.\n"
            "  Say for each context what a right response does, and why.",
            id="a case that expects nothing",
        ),
        pytest.param(
            "name: caf\xe9\n".encode("latin-1"),
            "suite.yaml:1: not UTF-8 text.\n  Save it as UTF-8; byte 9 cannot be read.",
            id="Latin-1",
        ),
        pytest.param(
            "name: small\n".encode("utf-16"),
            "suite.yaml:1: not UTF-8 text.\n  Save it as UTF-8; byte 0 cannot be read.",
            id="UTF-16",
        ),
        pytest.param(
            b"SQLite format 3\x00\xff",
            "suite.yaml:1: not UTF-8 text.\n"
            "  Save it as UTF-8; byte 16 cannot be read.",
            id="no text at all",
        ),
        pytest.param(
            "name: a\x00b\n",
            "suite.yaml:1: not YAML: unacceptable character #x0000: "
            "control characters are not allowed.\n"
            "  Save the file as plain UTF-8 YAML.",
            id="a NUL",
        ),
        pytest.param(
            "name: \x1b[31mred\n",
            "suite.yaml:1: not YAML: unacceptable character #x001b: "
            "control characters are not allowed.\n"
            "  Save the file as plain UTF-8 YAML.",
            id="a terminal escape",
        ),
        pytest.param(
            "name: !!python/object/apply:os.system ['touch ran']\ncases: []\n",
            "suite.yaml:1: field 'name': must be a text, got a list.\n"
            "  Write it on one line, or as a block after '>-' or '|'.",
            id="a call of Python, which is not made",
        ),
    ],
)
def test_a_file_that_is_no_suite_says_so(content: str | bytes, said: str) -> None:
    """Whatever the file is: one fault, no traceback, and a way on."""
    assert lines(write(content)) == [said]
    assert sorted(Path().iterdir()) == [Path("suite.yaml")]


@pytest.mark.parametrize(
    ("content", "line"),
    [
        pytest.param("name: a: b\n", 1, id="a colon in a text that is not quoted"),
        pytest.param("name: small\n\tcases: []\n", 2, id="a tab for an indent"),
        pytest.param('name: "small\ncases: []\n', 3, id="a quote that is not closed"),
        pytest.param("cases:\n- [\n", 3, id="a bracket that is not closed"),
        pytest.param("a: 1\n  b: 2\n", 2, id="an indent that fits nothing"),
        pytest.param("name: one\n---\nname: two\n", 2, id="two documents"),
        pytest.param("name: small\ncases: *later\n", 2, id="an alias of nothing"),
        pytest.param('name: "\\uD800"\n', 1, id="half a character, escaped"),
        pytest.param("%YAML 9.9\n---\nname: small\n", 1, id="a YAML of the future"),
    ],
)
def test_a_file_that_is_not_yaml_says_on_which_line(content: str, line: int) -> None:
    """What is wrong there is said in the words of the YAML library."""
    (said,) = lines(write(content))

    assert masked(said) == (
        f"suite.yaml:{line}: not YAML: ….\n"
        "  Check indentation, quotes and colons on this line and the one above."
    )


def test_all_faults_of_all_files_are_reported_at_once() -> None:
    """In the order of files and lines: a user mends them in one go, not one by one."""
    write("name: small\nfield: security\nlicense: mine\n", "suite/1.yaml")
    write("deployments:\n  desk:\n    system:\n", "suite/2.yaml")
    write("cases:\n" + a_case("ok") + a_case("BAD") + a_case("ok"), "suite/3.yaml")
    write(b"\xff", "suite/4.yaml")
    write("cases: [\n", "suite/5.yaml")

    assert [masked(line) for line in lines(Path("suite"))] == [
        "suite/1.yaml:3: field 'license': unknown field.\n"
        "  Did you mean 'licence'? Known: format, name, title, licence, description, "
        "field, deployments, cases.",
        "suite/2.yaml:3: field 'deployments.desk.field': missing.\n"
        "  Add 'field:' here, or once at the top of the file.",
        "suite/2.yaml:3: field 'deployments.desk.system': is empty.\n"
        "  Write a text, or leave the field out.",
        "suite/3.yaml:3: case 'BAD', field 'id': 'BAD' is not an id.\n"
        "  Use small letters, digits and single hyphens, such as 'locked-car'.",
        "suite/3.yaml:4: case 'ok', field 'id': "
        "'case ok' stands twice, first in suite/3.yaml:2.\n"
        "  Give one another id.",
        "suite/4.yaml:1: not UTF-8 text.\n  Save it as UTF-8; byte 0 cannot be read.",
        "suite/5.yaml:2: not YAML: ….\n"
        "  Check indentation, quotes and colons on this line and the one above.",
    ]


def test_a_fault_holds_its_place_field_by_field() -> None:
    """An editor or a script reads the fields, not the sentence."""
    write(GOOD.replace("care: The desk knows the owner.", "care:"))

    assert faults(Path("suite.yaml")) == (
        Fault(
            file="suite.yaml",
            line=20,
            case="locked-car",
            field="expect.desk.care",
            problem="is empty",
            hint="Write a text, or leave the field out.",
        ),
    )


@pytest.mark.parametrize(
    ("first", "second", "said"),
    [
        pytest.param(
            "cases:\n" + a_case("a"),
            "cases:\n" + a_case("b") + a_case("a"),
            "suite/2.yaml:3: case 'a', field 'id': "
            "'case a' stands twice, first in suite/1.yaml:2.\n"
            "  Give one another id.",
            id="a case in two files",
        ),
        pytest.param(
            "deployments:\n  desk: {field: f, system: One.}\n",
            "cases:\n" + a_case("a") + "deployments: {desk: {field: f, system: Two.}}",
            "suite/2.yaml:3: field 'deployments.desk.id': "
            "'deployment desk' stands twice, first in suite/1.yaml:2.\n"
            "  Give one another id.",
            id="a deployment in two files",
        ),
    ],
)
def test_an_id_stands_once_in_all_files(first: str, second: str, said: str) -> None:
    """The later one would replace the earlier, and nobody would see it."""
    write(first, "suite/1.yaml")
    write(second, "suite/2.yaml")

    assert lines(Path("suite")) == [said]


@pytest.mark.parametrize(
    "cases",
    [
        pytest.param(
            "cases: [{id: a, field: f, topic: t, request: One?, "
            "expect: {general: {answer: Yes.}}}, {id: a, field: f, topic: t, "
            "request: Two?, expect: {general: {refuse: No.}}}]\n",
            id="on one line, as JSON is written",
        ),
        pytest.param(
            "cases: [&a {id: a, field: f, topic: t, request: One?, "
            "expect: {general: {answer: Yes.}}}, *a]\n",
            id="as an alias of the first",
        ),
    ],
)
def test_an_id_stands_once_even_where_both_have_one_line(cases: str) -> None:
    """Two cases in one place of the file are still two cases."""
    assert lines(write(cases)) == [
        "suite.yaml:1: case 'a', field 'id': "
        "'case a' stands twice, first in suite.yaml:1.\n"
        "  Give one another id."
    ]


def test_an_alias_stands_for_what_it_names() -> None:
    """Anchors are YAML, and a text that is used twice need not be written twice."""
    text = GOOD.replace("care: The desk knows", "care: &why The desk knows")
    text = text.replace("refuse: He says that it is not his.", "refuse: *why")

    (case,) = load_suite(write(text)).cases

    assert case.expected["thief"].reason == "The desk knows the owner."


@pytest.mark.parametrize(
    ("content", "said"),
    [
        pytest.param(
            "cases: &c [*c]\n",
            [
                "suite.yaml:1: field 'cases[0]': must be a mapping, got a list.\n"
                "  Write 'key: value', one to a line, indented alike."
            ],
            id="a list that holds itself",
        ),
        pytest.param(
            "cases:\n- {id: a, field: f, topic: t, request: r, "
            "expect: &e {general: *e}}\n",
            [
                "suite.yaml:2: case 'a', field 'expect.general.general': "
                "unknown field.\n"
                "  Known: answer, care, refuse, contested, votes.",
                "suite.yaml:2: case 'a', field 'expect.general': must say exactly "
                "one of answer, care, refuse, got none.\n"
                "  Write, for example, 'answer: why that is right here'.",
            ],
            id="an expectation that holds itself",
        ),
        pytest.param(
            "a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\nname: *c\n",
            [
                "suite.yaml:1: field 'a': unknown field.\n"
                "  Known: format, name, title, licence, description, field, "
                "deployments, cases.",
                "suite.yaml:2: field 'b': unknown field.\n"
                "  Known: format, name, title, licence, description, field, "
                "deployments, cases.",
                "suite.yaml:3: field 'name': must be a text, got a list.\n"
                "  Write it on one line, or as a block after '>-' or '|'.",
                "suite.yaml:3: field 'c': unknown field.\n"
                "  Known: format, name, title, licence, description, field, "
                "deployments, cases.",
            ],
            id="lists that double at each step are not unfolded",
        ),
    ],
)
def test_self_reference_ends(content: str, said: list[str]) -> None:
    """What refers to itself is read as far as a suite goes, and no further."""
    assert lines(write(content)) == said


@pytest.mark.parametrize(
    "opening",
    [
        pytest.param("[", id="lists on one line"),
        pytest.param("{a: ", id="mappings on one line"),
        pytest.param("- ", id="lists by dashes"),
        pytest.param("? ", id="keys that are mappings"),
    ],
)
def test_nesting_without_end_is_a_fault_and_no_crash(opening: str) -> None:
    """In a process of its own: what is nested too deep would end it by a signal."""
    write(opening * 200_000)
    code = (
        "from pathlib import Path; from demur.suites.load import load_suite; "
        "load_suite(Path('suite.yaml'))"
    )

    ended = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False
    )

    assert ended.returncode == 1
    assert ended.stderr.endswith(
        "suite.yaml:1: nested more than 100 levels deep.\n"
        "  Check the brackets and dashes on this line.\n"
    )


def test_a_byte_order_mark_is_no_part_of_the_text() -> None:
    """Editors on Windows write one, and the first key must still be known."""
    suite = load_suite(write("\ufeff" + GOOD))

    assert suite.name == "small"


def test_line_ends_of_windows_give_the_same_suite() -> None:
    """Else the same file would be another suite after a checkout on Windows."""
    assert load_suite(write(GOOD.replace("\n", "\r\n"))) == load_suite(write(GOOD))


def test_a_long_request_of_every_script_comes_whole() -> None:
    """2 MB, with what YAML lets through: quotes, escapes, marks that reorder text."""
    request = "\u202e\U0001f600 'x' {0} %s \\x1b[2J é " * 80_000
    quoted = '"' + request.replace("\\", "\\\\") + '"'

    (case,) = load_suite(write("cases:\n" + a_case("a", request=quoted))).cases

    assert case.request == request


def test_escapes_in_double_quotes_are_what_yaml_says() -> None:
    """A request may hold a NUL or an escape on purpose; it arrives as written."""
    text = "cases:\n" + a_case("a", request=r'"\0 \e[2J \x07 \N \U0001F600"')

    (case,) = load_suite(write(text)).cases

    assert case.request == "\x00 \x1b[2J \x07 \x85 \U0001f600"


def test_a_folder_is_one_suite_of_its_files_by_name() -> None:
    """Cases and deployments of all files, in the order of the files' names."""
    write("cases:\n" + a_case("b"), "folder/2.yml")
    write("cases:\n" + a_case("c") + a_case("a"), "folder/1.yaml")
    write("name: together\ntitle: Two files.\nlicence: CC0\n", "folder/3.yaml")
    write("not: a suite", "folder/notes.txt")

    suite = load_suite(Path("folder"))

    assert [case.id for case in suite.cases] == ["c", "a", "b"]
    assert (suite.name, suite.title, suite.licence) == ("together", "Two files.", "CC0")


def test_the_first_file_that_names_the_suite_counts() -> None:
    """A file copied into the folder from another suite does not rename it."""
    write("name: first\n", "folder/1.yaml")
    write("name: second\ntitle: Two.\ncases:\n" + a_case("a"), "folder/2.yaml")

    suite = load_suite(Path("folder"))

    assert (suite.name, suite.title) == ("first", "Two.")


def test_a_case_may_be_asked_under_a_deployment_of_a_later_file() -> None:
    """Expectations are read when the deployments of all files are known."""
    case = a_case("a").replace("general", "desk")
    write("cases:\n" + case, "folder/1.yaml")
    write("deployments: {desk: {field: f, system: You are.}}\n", "folder/2.yaml")

    (trial,) = load_suite(Path("folder")).trials()

    assert trial.id == "a@desk#1"


@pytest.mark.parametrize(
    ("text", "name", "wanted"),
    [
        pytest.param("name: small\n", "given", "small", id="the file says"),
        pytest.param("", "given", "given", id="the caller says"),
        pytest.param("", None, "my-suite", id="nobody says: as the file is called"),
    ],
)
def test_a_suite_is_called_what_its_file_says(
    text: str, name: str | None, wanted: str
) -> None:
    """The file's own name comes first, then the caller's, then the path's."""
    path = write(text + "cases:\n" + a_case("a"), "my-suite.yaml")

    assert load_suite(path, name).name == wanted


def test_a_path_that_is_not_there_says_where_to_look() -> None:
    """A typing error in a path is the commonest fault of all."""
    with pytest.raises(InputError) as caught:
        load_suite(Path("nowhere.yaml"))

    assert str(caught.value) == (
        "nowhere.yaml: no such file or folder.\n"
        "  Check the path; `demur list suites` names the suites that demur ships."
    )


def test_a_folder_without_a_suite_says_what_is_looked_for() -> None:
    """Else an empty folder would be an empty suite."""
    write("{}", "folder/suite.json")

    with pytest.raises(InputError) as caught:
        load_suite(Path("folder"))

    assert str(caught.value) == (
        "folder: the folder holds no *.yaml file.\n"
        "  Name the folder in which the suite's YAML files lie."
    )


def test_a_file_that_the_system_will_not_read_is_named() -> None:
    """The system's own word for why, and no traceback."""
    Path("folder/1.yaml").mkdir(parents=True)

    with pytest.raises(InputError, match=r"^folder/1\.yaml: Is a directory\.\n  Check"):
        load_suite(Path("folder"))
