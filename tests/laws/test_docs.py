"""Law: the pages say what the code does, down to every word and number shown."""

import os
import re
import shlex
import subprocess
import sys
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path

import pytest
from docs.insert_help import command_names, help_of, stale_pages

import demur
from demur.errors import SuiteError
from demur.records.case import Expectation
from demur.records.transcript import Layer
from demur.records.verdict import Verdict
from demur.suites.composition import composition
from demur.suites.load import load_suite

SOURCE = Path(demur.__file__).parent
DOCS = Path(__file__).parents[2] / "docs"
PAGES = {str(page.relative_to(DOCS)): page for page in sorted(DOCS.rglob("*.md"))}

ELSEWHERE = (
    "local/",
    "gguf:",
    "openai/",
    "ollama/",
    "--base-url",
    "model get",
    "xstest-completions:",
)
"""What an example holds that needs a model, a network, a key or a data set."""

WITH_FILES = (
    "suites.md",
    "start.md",
    "gates.md",
    "commands/judge.md",
    "commands/judge-check.md",
    "measures/corrected_rate.md",
)
"""Pages that show files which their commands, or others, read."""

UNKNOWN_KEYS = """
nonsense: here
deployments: {desk: {nonsense: here}}
cases: [{id: one, nonsense: here}]
"""


def text_of(page: str) -> str:
    """A page's text."""
    return PAGES[page].read_text(encoding="utf-8")


def examples_of(command: str) -> list[str]:
    """The command lines with which a command's help ends, its options aside."""
    found = []
    for text in help_of(command).split("\n\nUsage: "):
        prose = text.partition("\n\nOptions:")[0]
        _, heading, lines = re.split(r"\n  (Examples?):\n", prose)
        assert heading, f"{command}: its help does not end with an example"
        found += [line.strip() for line in lines.splitlines()]
    return found


def is_at_home(example: str) -> bool:
    """Whether an example needs no network, no model and no key."""
    asks_the_model = example.startswith("demur run") and "--target" not in example
    return not asks_the_model and not any(word in example for word in ELSEWHERE)


def shown_on(page: str) -> list[tuple[str, list[str]]]:
    """Each command line that a page shows, with the lines of output below it."""
    found: list[tuple[str, list[str]]] = []
    for block in re.findall(r"```console\n(.*?)```", text_of(page), re.DOTALL):
        for line in block.splitlines():
            words = " ".join(line.split())
            if words.startswith("$ "):
                found.append((words.removeprefix("$ "), []))
            elif words not in {"", "…"}:
                found[-1][1].append(words)
    return found


@dataclass
class Shell:
    """A folder with the pages' files, and what each command line gave in it.

    A command line is run once: its report is the same the second time.
    """

    folder: Path
    done: dict[str, subprocess.CompletedProcess[str]] = field(default_factory=dict)

    def run(self, line: str) -> subprocess.CompletedProcess[str]:
        """Run a line as typed, 80 columns wide."""
        if line not in self.done:
            program, *words = shlex.split(line)
            assert program == "demur"
            self.done[line] = subprocess.run(
                [sys.executable, "-m", "demur", *words],
                cwd=self.folder,
                env={**os.environ, "COLUMNS": "80"},
                capture_output=True,
                text=True,
                check=False,
                timeout=60,
            )
        return self.done[line]


@pytest.fixture(scope="module")
def shell(tmp_path_factory: pytest.TempPathFactory) -> Shell:
    """A shell in which two runs are stored already."""
    shell = Shell(tmp_path_factory.mktemp("docs"))
    files = r"`([\w-]+\.\w+)`:\n\n```\w+\n(.*?)```"
    for page in WITH_FILES:
        for name, text in re.findall(files, text_of(page), re.DOTALL):
            (shell.folder / name).write_text(text, encoding="utf-8")
    for name in ("answers-all", "keyword-filter"):
        shell.run(f"demur run quickstart --target control/{name}")
    return shell


@pytest.mark.parametrize("word", [*Verdict, *Layer, *Expectation])
def test_every_word_is_in_the_glossary(word: str) -> None:
    """Verdicts, layers and expectations are defined where the code says they are."""
    assert f"**{word.replace('_', ' ')}**" in text_of("glossary.md")


def test_every_command_has_its_page_with_current_help() -> None:
    """`python docs/insert_help.py` mends what is stale."""
    assert stale_pages() == []


def test_every_measure_has_its_page() -> None:
    """And no page is about a measure that is not there."""
    files = {path.stem for path in (SOURCE / "measures").glob("*.py")}
    pages = {path.stem for path in (DOCS / "measures").glob("*.md")}

    assert pages == files - {"base", "evidence", "__init__"}


def test_the_example_suite_loads(shell: Shell) -> None:
    """It shows every kind of context and every expectation, and has no fault."""
    made_of = composition(load_suite(shell.folder / "my-suite.yaml"))

    assert set(made_of.by_expectation) == set(Expectation)
    assert {"general", "(frames)", "(framed deployments)"} < set(made_of.by_context)


def test_every_key_of_a_suite_is_explained(tmp_path: Path) -> None:
    """The reader's own lists of known keys stand in the page."""
    path = tmp_path / "suite.yaml"
    path.write_text(UNKNOWN_KEYS, encoding="utf-8")

    with pytest.raises(SuiteError) as caught:
        load_suite(path)

    hints = [f.hint for f in caught.value.faults if f.problem == "unknown field"]
    keys = {key for hint in hints for key in hint.split("Known: ")[1][:-1].split(", ")}
    assert len(hints) == 3
    assert [key for key in keys if f"| `{key}` |" not in text_of("suites.md")] == []


@pytest.mark.parametrize("command", command_names())
def test_help_ends_with_examples_that_work(command: str, shell: Shell) -> None:
    """As typed; those that need a model, a network or a key are not tried.

    A gate works where it answers, whatever it answers.
    """
    examples = examples_of(command)
    works = {0, 1, 3} if command == "gate" else {0}

    assert examples
    for example in filter(is_at_home, examples):
        done = shell.run(example)
        assert done.returncode in works, f"{example}\n{done.stderr}"


@pytest.mark.parametrize("page", [name for name in PAGES if shown_on(name)])
def test_output_shown_is_what_comes_out(page: str, shell: Shell) -> None:
    """Every line of an excerpt, in this order; `…` stands for what is left out."""
    stale = []
    for command, lines in shown_on(page):
        done = shell.run(command)
        output = [" ".join(w.split()) for w in (done.stdout + done.stderr).splitlines()]
        start = 0
        for line in lines:
            if line in output[start:]:
                start = output.index(line, start) + 1
            else:
                now = "".join(get_close_matches(line, output, n=1)) or "nothing alike"
                stale.append(f"{command}\n  shown: {line}\n  now:   {now}")

    assert not stale, "\n".join(stale)


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_somewhere(page: str) -> None:
    """Within the pages; and nothing names a place on one machine only."""
    text = text_of(page)
    links = re.findall(r"\]\((?!https?:)([^)#]+)", text)

    assert [to for to in links if not (PAGES[page].parent / to).is_file()] == []
    assert re.findall(r"(?<![\w.~:/])/(?:home|root|tmp|usr|work)/", text) == []
