"""Tests of demur.suites.nodes."""

import pytest
import yaml

from demur.errors import Fault
from demur.suites.nodes import Fields, Place, compose, items_of, kind, text


def place() -> Place:
    """Somewhere in a file, with no fault yet."""
    return Place("suite.yaml", [])


def root(content: str, where: Place) -> yaml.Node:
    """The root node of a text that is YAML."""
    node = compose(content, where)
    assert node is not None
    return node


def fields(content: str, where: Place) -> Fields:
    """The fields of a text that is a mapping."""
    found = Fields.of(root(content, where), where)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("opening", "closing"),
    [
        pytest.param("[", "]", id="lists"),
        pytest.param("{a: ", "}", id="mappings"),
    ],
)
def test_a_hundred_levels_are_read_and_no_more(opening: str, closing: str) -> None:
    """A suite has six; the bound only keeps a hostile file from ending the process."""
    where = place()

    assert compose(opening * 100 + "x" + closing * 100, where) is not None
    assert where.faults == []

    assert compose("\n" + opening * 101 + "x" + closing * 101, where) is None
    assert where.faults == [
        Fault(
            file="suite.yaml",
            line=2,
            case=None,
            field="",
            problem="nested more than 100 levels deep",
            hint="Check the brackets and dashes on this line.",
        )
    ]


def test_many_lists_side_by_side_are_not_deep() -> None:
    """Depth counts what is open, not what there is."""
    where = place()

    compose("[" + "[x], {a: b}, " * 500 + "]", where)

    assert where.faults == []


@pytest.mark.parametrize(
    ("content", "words"),
    [
        pytest.param("a: b", "a mapping", id="a mapping"),
        pytest.param("[a]", "a list", id="a list"),
        pytest.param("yes", "the text 'yes'", id="a word that YAML takes for a truth"),
        pytest.param("~", "nothing", id="a null"),
        pytest.param("null", "nothing", id="a null in letters"),
        pytest.param("''", "the text ''", id="an empty text"),
        pytest.param('"\\e[2J"', "the text '\\x1b[2J'", id="a terminal escape"),
        pytest.param("x" * 50, f"the text '{'x' * 40}'", id="a long text, cut"),
    ],
)
def test_a_node_is_named_in_a_users_words(content: str, words: str) -> None:
    """Not as ScalarNode; and what is quoted cannot reach the terminal raw."""
    assert kind(root(content, place())).startswith(words)


@pytest.mark.parametrize(
    ("content", "value"),
    [
        pytest.param("007", "007", id="a number keeps its zeros"),
        pytest.param("no", "no", id="a truth keeps its word"),
        pytest.param("2026-01-02", "2026-01-02", id="a date stays as written"),
        pytest.param("'null'", "null", id="a quoted null is a text"),
        pytest.param("|\n  a\n  b\n", "a\nb\n", id="a block keeps its lines"),
        pytest.param(">-\n  a\n  b\n", "a b", id="a folded block is one line"),
    ],
)
def test_a_scalar_is_the_text_that_was_written(content: str, value: str) -> None:
    """YAML would make numbers and truths of them; a request is always a text."""
    where = place()

    assert text(root(content, where), where) == value
    assert where.faults == []


@pytest.mark.parametrize(
    "content",
    [
        pytest.param("~", id="a null"),
        pytest.param("''", id="an empty text"),
        pytest.param('" \\t\\n "', id="blanks"),
        pytest.param("[a]", id="a list"),
        pytest.param("{a: b}", id="a mapping"),
    ],
)
def test_what_is_no_text_is_empty_and_one_fault(content: str) -> None:
    """Reading goes on, so that the next fault is found too."""
    where = place()

    assert text(root(content, where), where) == ""
    assert len(where.faults) == 1


def test_a_missing_list_is_empty_and_no_fault() -> None:
    """A case need not have triggers."""
    where = place()

    assert items_of(None, where) == []
    assert fields("a: b", where).texts("triggers") == []
    assert where.faults == []


def test_the_items_of_a_list_have_places_of_their_own() -> None:
    """The second of three is the wrong one, and the message says so."""
    where = place()

    found = fields("triggers: [a, [b], c]", where).texts("triggers")

    assert [word for word, _ in found] == ["a", "", "c"]
    assert [fault.field for fault in where.faults] == ["triggers.1"]


def test_of_two_equal_keys_the_first_is_kept() -> None:
    """And the second is a fault at its own line."""
    where = place()

    found = fields("a: one\nb: x\na: two\n", where)

    assert found.text("a") == "one"
    assert [(fault.line, fault.field, fault.problem) for fault in where.faults] == [
        (3, "a", "stands twice")
    ]


def test_what_was_read_is_not_unknown() -> None:
    """Whichever way it was read: as a text, a node, a list, a mapping or by name."""
    where = place()
    found = fields("a: 1\nb: 2\nc: [3]\nd: {e: 4}\nf: 5\n", where)

    found.text("a")
    found.get("b")
    found.texts("c")
    found.fields("d")
    found.close(("a", "b", "c", "d"))

    assert [fault.field for fault in where.faults] == ["f"]


@pytest.mark.parametrize("read", ["names", "items"])
def test_reading_all_keys_leaves_none_unknown(read: str) -> None:
    """Contexts and frames have names of their own; no list could know them."""
    where = place()
    found = fields("b: 1\na: 2\n", where)

    names = list(found.names()) if read == "names" else [*dict(found.items())]
    found.close(())

    assert names == ["b", "a"]
    assert where.faults == []


def test_no_guess_is_made_where_nothing_is_near() -> None:
    """A wild guess would send the user the wrong way."""
    where = place()

    fields("zebra: 1", where).close(("name", "title"))

    assert [fault.hint for fault in where.faults] == ["Known: name, title."]


def test_a_place_further_in_keeps_file_case_and_list() -> None:
    """All places of a file add to one list of faults."""
    where = place()
    inner = where.at("cases[0]", case="locked-car").at("expect")

    inner.fault(7, "is wrong", "Mend it.")

    assert where.faults == [
        Fault(
            file="suite.yaml",
            line=7,
            case="locked-car",
            field="cases[0].expect",
            problem="is wrong",
            hint="Mend it.",
        )
    ]
