"""Tests of demur.targets.endpoint_form and of the files that it reads."""

from pathlib import Path

import pytest

from demur.errors import InputError
from demur.records.transcript import Layer
from demur.targets.endpoint_form import read_endpoint_form, read_guard_form

GOOD = """
format: 1
url: https://h/reply
body:
  message: "{{request}}"
response:
  text: reply
"""
GUARD = """
format: 1
url: https://h/score
body: {text: "{{text}}"}
response: {score: score}
"""


def fault_of(folder: Path, text: str | bytes, *, guard: bool = False) -> str:
    """What is said of a file with this text."""
    file = folder / "f.yaml"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(InputError) as caught:
        (read_guard_form if guard else read_endpoint_form)(file, "--target")
    return str(caught.value)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        pytest.param(
            "text: reply\n",
            "text: reply\n  tekst: x\n",
            "f.yaml:8: field 'response.tekst': unknown field.\n  Did you mean 'text'?",
            id="unknown",
        ),
        pytest.param(
            "url:", "urls:", "f.yaml:3: field 'urls': unknown field", id="url"
        ),
        pytest.param("format: 1", "", "missing required field 'format'", id="format"),
        pytest.param(
            "format: 1", "format: 2", "newer form needs a newer demur", id="newer"
        ),
        pytest.param("text: reply", "text: 7", "field 'response.text': exp", id="kind"),
        pytest.param(
            "text: reply", "text: a[", "field 'response.text': is no path", id="path"
        ),
        pytest.param('"{{request}}"', "{{request}}", "Quote what holds", id="unquoted"),
        pytest.param(
            '"{{request}}"', '"{{reqest}}"', "unknown place {{reqest}}", id="place"
        ),
        pytest.param(
            '"{{request}}"', "hello", "the request is sent nowhere", id="no request"
        ),
        pytest.param(
            '"{{request}}"', '"a {{messages}}"', "is a list", id="list in a text"
        ),
        pytest.param(
            '"{{request}}"', '["{{request}}", 2026-01-02]', "as JSON", id="date"
        ),
        pytest.param("https://h", "h", "is no web address", id="scheme"),
        pytest.param("https://h", "https://a:b@h", "user and password", id="login"),
        pytest.param("https://h", "https://{{case}}", "the host would", id="host"),
        pytest.param(
            "body:", 'headers: {X: "{{request}}"}\nbody:', "'headers.X'", id="header"
        ),
        pytest.param("body:", 'headers: {"X Y": z}\nbody:', "no header", id="spaced"),
        pytest.param(
            "body:",
            "session: {url: 'https://h', id: id}\nbody:",
            "its id",
            id="session",
        ),
        pytest.param(
            "body:",
            "session: {url: 'https://h/{{case}}', id: id, per: run}\nbody:",
            "field 'session.url': unknown place {{case}}.\n  Known here: none.",
            id="a run's session of one case",
        ),
        pytest.param(
            "text: reply", "text: whole\n  model: m", "has no fields", id="whole"
        ),
        pytest.param(
            "text: reply", "text: t\n  block: {when: b, layer: x}", "layer", id="layer"
        ),
    ],
)
def test_a_fault_is_named_with_its_place_and_what_next(
    tmp_path: Path, old: str, new: str, said: str
) -> None:
    """Before anything is asked."""
    assert said in fault_of(tmp_path, GOOD.replace(old, new))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param("", "expected `object`", id="empty"),
        pytest.param("- a", "expected", id="a list"),
        pytest.param("a: [", "not YAML", id="no YAML"),
        pytest.param(b"\xff\xfe\x00", "it is not UTF-8 text", id="no UTF-8"),
        pytest.param("a: \x00", "not YAML", id="nul"),
        pytest.param("[" * 1_000_000, "nested more than 100", id="deep"),
        pytest.param("x" * (2**20 + 1), "is longer than", id="long"),
    ],
)
def test_what_is_no_such_file_is_refused(
    tmp_path: Path, text: str | bytes, said: str
) -> None:
    """Whatever it holds."""
    assert said.replace("`", "'") in fault_of(tmp_path, text)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        pytest.param("{{text}}", "{{request}}", "sent nowhere", id="no text"),
        pytest.param("score: score", "reason: r", "neither", id="nothing to read"),
        pytest.param("{score: score}", "{}", "neither", id="nothing"),
        pytest.param("format: 1", "format: 1\nthreshold: high", "threshold", id="high"),
    ],
)
def test_a_fault_of_a_guards_file_is_named(
    tmp_path: Path, old: str, new: str, said: str
) -> None:
    """The same form, with the text in place of the request."""
    assert said in fault_of(tmp_path, GUARD.replace(old, new), guard=True)


def test_a_file_that_is_not_there_is_named_with_its_option(tmp_path: Path) -> None:
    """As typed."""
    with pytest.raises(InputError, match=r"--target: cannot read it \(no such file"):
        read_endpoint_form(tmp_path / "none.yaml", "--target")


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        pytest.param("[451]", {451: Layer.OUTPUT_GUARD}, id="a list"),
        pytest.param("{403: model}", {403: Layer.MODEL}, id="with layers"),
    ],
)
def test_blocking_statuses_may_name_their_layer(
    tmp_path: Path, written: str, meant: dict[int, Layer]
) -> None:
    """Without one it is the output guard: something of the product's own."""
    file = tmp_path / "f.yaml"
    file.write_text(f"{GOOD}blocked_status: {written}\n", encoding="utf-8")

    assert read_endpoint_form(file, "--target").blocked_by == meant
