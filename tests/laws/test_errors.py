"""Law: every exception pickles, and its message says what next."""

import ast
import pickle
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

import pytest

import demur
from demur import errors
from demur.errors import (
    DemurError,
    Fault,
    InputError,
    MissingExtraError,
    MissingKeyError,
    SuiteError,
    TargetError,
    UnknownNameError,
    reason,
)

SOURCE = Path(demur.__file__).parent

Node = TypeVar("Node", bound=ast.AST)

FAULT = Fault(
    file="suite.yaml",
    line=12,
    case="locked-car",
    field="expect.general",
    problem="is empty",
    hint="Write a text, or leave the field out.",
)
BARE = Fault(
    file="other.yaml", line=1, case=None, field="", problem="no cases", hint="Add one."
)


def all_errors() -> list[type[DemurError]]:
    """Every exception of the package, in the order of the file."""
    return [
        kind
        for kind in vars(errors).values()
        if isinstance(kind, type) and issubclass(kind, DemurError)
    ]


def example(kind: type[DemurError]) -> DemurError:
    """One exception of a kind, with a value of its own in every field."""
    if issubclass(kind, SuiteError):
        return kind((FAULT, BARE))
    if issubclass(kind, InputError):
        return kind("--store x", "is \x00 \ud83d wrong", "Do this.\nOr that.")
    if issubclass(kind, TargetError):
        return kind("no answer \x1b[2J in 60 s", 2.5)
    return kind("the disk is full")


EXAMPLES = [
    *[pytest.param(example(kind), id=kind.__name__) for kind in all_errors()],
    pytest.param(TargetError("no"), id="TargetError without a time to wait"),
    pytest.param(SuiteError((FAULT,)), id="SuiteError of one fault"),
    pytest.param(
        UnknownNameError.of("--judge", "judge", "phrse", ["phrase"], "More."),
        id="UnknownNameError.of",
    ),
    pytest.param(MissingKeyError.of("--target x", "X_KEY"), id="MissingKeyError.of"),
    pytest.param(
        MissingExtraError.of("--html", "Altair", "report"), id="MissingExtraError.of"
    ),
]


@pytest.mark.parametrize("error", EXAMPLES)
@pytest.mark.parametrize("protocol", [2, pickle.HIGHEST_PROTOCOL])
def test_an_exception_comes_out_of_a_pickle_as_it_went_in(
    error: DemurError, protocol: int
) -> None:
    """Worker processes hand exceptions over so; one that fails there hides all."""
    found = pickle.loads(pickle.dumps(error, protocol))

    assert type(found) is type(error)
    assert found.args == error.args
    assert vars(found) == vars(error)
    assert str(found) == str(error)


def test_a_fault_comes_out_of_a_pickle_as_it_went_in() -> None:
    """It travels inside a SuiteError."""
    assert pickle.loads(pickle.dumps(FAULT)) == FAULT


def test_the_tree_at_the_top_of_the_file_is_the_tree_of_the_classes() -> None:
    """It is the only place where a reader sees them all, so it must not lie."""
    written: list[tuple[str, str]] = []
    path: list[str] = []
    for line in (errors.__doc__ or "").splitlines():
        found = re.match(r"([│├└─ ]*)(\w+Error)\b", line)
        if found:
            path[len(found[1]) // 4 :] = [found[2]]
            written.append((found[2], path[-2] if len(path) > 1 else "Exception"))

    real = [(kind.__name__, kind.__mro__[1].__name__) for kind in all_errors()]

    assert sorted(written) == sorted(real)
    assert len(real) > 15


def test_every_exception_says_what_it_is_for() -> None:
    """In a docstring of its own, not an inherited one."""
    assert [kind.__name__ for kind in all_errors() if not vars(kind)["__doc__"]] == []


def test_no_exception_is_made_outside_of_the_one_file() -> None:
    """What a front door does not know it cannot turn into a message."""
    found = [
        f"{path.relative_to(SOURCE)}:{node.lineno} {node.name}"
        for path, node in nodes(ast.ClassDef)
        if path.name != "errors.py"
        and any(
            ast.unparse(base).endswith(("Error", "Exception")) for base in node.bases
        )
    ]

    assert found == []


def test_an_input_error_says_where_what_and_what_next() -> None:
    """The further lines of a hint are indented as the first is."""
    error = InputError("--store x", "is wrong", "Do this.\nOr that.")

    assert str(error) == "--store x: is wrong.\n  Do this.\n  Or that."


@pytest.mark.parametrize(
    ("case", "field", "said"),
    [
        pytest.param(
            "a", "topic", "s.yaml:3: case 'a', field 'topic': is empty", id="both"
        ),
        pytest.param("a", "", "s.yaml:3: case 'a': is empty", id="the case only"),
        pytest.param(None, "name", "s.yaml:3: field 'name': is empty", id="no case"),
        pytest.param(None, "", "s.yaml:3: is empty", id="the file only"),
        pytest.param(
            "\x1b[2J",
            "\x00",
            r"s.yaml:3: case '\x1b[2J', field '\x00': is empty",
            id="names that would write to the terminal",
        ),
    ],
)
def test_a_fault_says_where_what_and_what_next(
    case: str | None, field: str, said: str
) -> None:
    """As compilers write it, so that editors find the line."""
    fault = Fault(
        file="s.yaml",
        line=3,
        case=case,
        field=field,
        problem="is empty",
        hint="Write one.",
    )

    assert str(fault) == f"{said}.\n  Write one."


@pytest.mark.parametrize(
    ("faults", "said"),
    [
        pytest.param((FAULT,), f"1 fault in the suite:\n{FAULT}", id="one"),
        pytest.param(
            (BARE, FAULT), f"2 faults in the suite:\n{BARE}\n{FAULT}", id="two"
        ),
    ],
)
def test_a_suite_error_says_every_fault(faults: tuple[Fault, ...], said: str) -> None:
    """And is an input error of the first, for who wants one place only."""
    error = SuiteError(faults)

    assert str(error) == said
    assert error.faults == faults
    assert (error.where, error.problem, error.hint) == (
        faults[0].file,
        faults[0].problem,
        faults[0].hint,
    )


@pytest.mark.parametrize(
    ("name", "known", "more", "said"),
    [
        pytest.param(
            "phrse",
            ["phrase", "rubric"],
            "",
            "--judge: unknown judge 'phrse'.\n"
            "  Did you mean 'phrase'? Known: phrase, rubric.",
            id="a near one",
        ),
        pytest.param(
            "zebra",
            ["phrase", "rubric"],
            "See the docs.",
            "--judge: unknown judge 'zebra'.\n"
            "  Known: phrase, rubric.\n"
            "  See the docs.",
            id="none near, and more to say",
        ),
        pytest.param(
            "x",
            [],
            "",
            "--judge: unknown judge 'x'.\n  Known: none.",
            id="nothing known",
        ),
        pytest.param(
            "",
            ["phrase"],
            "",
            "--judge: unknown judge ''.\n  Known: phrase.",
            id="an empty name",
        ),
        pytest.param(
            "\x1b[2J",
            ["phrase"],
            "",
            "--judge: unknown judge '\\x1b[2J'.\n  Known: phrase.",
            id="a name that would write to the terminal",
        ),
        pytest.param(
            "x",
            [f"n{number}" for number in range(16)],
            "",
            "--judge: unknown judge 'x'.\n  Known: n0, n1, n2, n3, n4, n5, n6, n7, n8, "
            "n9, n10, n11, n12, n13, n14, n15.",
            id="as many as are listed",
        ),
        pytest.param(
            "x",
            [f"n{number}" for number in range(20)],
            "",
            "--judge: unknown judge 'x'.\n  Known: n0, n1, n2, n3, n4, n5, n6, n7, n8, "
            "n9, n10, n11, n12, n13, n14, n15 … and 4 more.",
            id="more than are listed",
        ),
    ],
)
def test_an_unknown_name_comes_with_the_known_ones(
    name: str, known: list[str], more: str, said: str
) -> None:
    """A typing error is mended from the message alone."""
    assert str(UnknownNameError.of("--judge", "judge", name, known, more)) == said


def test_a_name_that_is_not_listed_may_still_be_meant() -> None:
    """The guess is made among all, not among those that there is room for."""
    known = [f"n{number}" for number in range(50)] + ["healthcare"]

    error = UnknownNameError.of("--field", "field", "helthcare", known)

    assert error.hint.startswith("Did you mean 'healthcare'? Known: n0, ")


def test_what_is_missing_comes_with_the_command_that_gets_it() -> None:
    """Word for word, to be copied."""
    assert str(MissingKeyError.of("--target openai/x", "OPENAI_API_KEY")) == (
        "--target openai/x: needs a key, and the environment variable OPENAI_API_KEY "
        "is not set.\n"
        "  Run: export OPENAI_API_KEY=…   (the key is never stored or printed)"
    )
    assert str(MissingExtraError.of("--html", "Altair", "report")) == (
        "--html: needs Altair, which is not installed.\n"
        "  Run: pip install 'demur[report]'   (in a clone: '.[report]')"
    )


@pytest.mark.parametrize(
    ("error", "said"),
    [
        pytest.param(
            FileNotFoundError(2, "No such file or directory", "/secret/path"),
            "no such file or directory",
            id="the system's word, without number and path",
        ),
        pytest.param(OSError("odd"), "odd", id="no word of the system's"),
        pytest.param(
            UnicodeDecodeError("utf-8", b"\xff", 0, 1, "invalid start byte"),
            "it is not UTF-8 text",
            id="not text",
        ),
        pytest.param(ValueError("no"), "no", id="anything else"),
    ],
)
def test_a_reason_is_said_in_words(error: Exception, said: str) -> None:
    """It stands inside a sentence of ours."""
    assert reason(error) == said


@pytest.mark.parametrize(
    ("kind", "is_transient"),
    [
        ("TargetError", False),
        ("TargetConnectionError", True),
        ("TargetTimeoutError", True),
        ("TargetRateLimitError", True),
        ("TargetServerError", True),
        ("TargetRejectedError", False),
        ("TargetReplyError", False),
        ("TargetStoppedError", False),
    ],
)
def test_what_may_pass_is_told_from_what_will_not(
    kind: str, *, is_transient: bool
) -> None:
    """A rejected request that is sent again costs money and is rejected again."""
    error: TargetError = getattr(errors, kind)("no", 3.0)

    assert error.is_transient is is_transient
    assert (error.message, error.retry_after_seconds) == ("no", 3.0)
    assert str(error) == "no"


def test_every_kind_of_target_error_stands_in_the_table_above() -> None:
    """A new one is decided on: shall it be sent again?"""
    kinds = [kind for kind in all_errors() if issubclass(kind, TargetError)]

    assert len(kinds) == 8


INPUT_ERRORS = {kind.__name__ for kind in all_errors() if issubclass(kind, InputError)}


def nodes(kind: type[Node]) -> Iterator[tuple[Path, Node]]:
    """Every node of a kind in the package's source."""
    for path in sorted(SOURCE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, kind):
                yield path, node


def literal(node: ast.expr) -> str | None:
    """The text that stands in the source, with … for what is filled in."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        parts = [literal(part) for part in node.values]
        return "".join("…" if part is None else part for part in parts)
    return None


def messages() -> list[tuple[str, str | None, str | None]]:
    """Where a problem and its hint are written, and the two where they are literal."""
    return [
        (
            f"{path.relative_to(SOURCE)}:{call.lineno}",
            literal(call.args[1]),
            literal(call.args[2]),
        )
        for path, call in nodes(ast.Call)
        if len(call.args) == 3
        and (
            (isinstance(call.func, ast.Name) and call.func.id in INPUT_ERRORS)
            or (isinstance(call.func, ast.Attribute) and call.func.attr == "fault")
        )
    ]


def test_every_problem_is_a_clause_and_every_hint_says_what_next() -> None:
    """A message is put together as 'where: problem.' and a line with the hint."""
    found = messages()

    bad_problems = [
        (place, problem)
        for place, problem, _ in found
        if problem is not None and (not problem.strip() or problem[-1] in ".!? \n")
    ]
    bad_hints = [
        (place, hint)
        for place, _, hint in found
        if hint is not None and (len(hint.split()) < 2 or hint[0].islower())
    ]

    assert bad_problems == []
    assert bad_hints == []
    assert len(found) > 30
