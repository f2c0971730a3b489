"""Tests of demur.clients.said."""

import time
from collections.abc import Iterator
from email.utils import formatdate

import pytest
from hypothesis import given
from hypothesis import strategies as st
from multidict import CIMultiDict

from demur.clients.said import (
    QUOTED,
    error_words,
    parse_json,
    quote,
    retry_after_seconds,
    text_of,
)

NOON = "Wed, 21 Oct 2026 12:00:00 GMT"


@pytest.fixture
def far_away(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A machine whose clock shows another zone's time."""
    monkeypatch.setenv("TZ", "America/New_York")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        pytest.param({}, None, id="not said"),
        pytest.param({"Retry-After": "20"}, 20.0, id="seconds"),
        pytest.param({"retry-after": " 1.5 "}, 1.5, id="part of one, any case"),
        pytest.param({"Retry-After": "0"}, 0.0, id="at once"),
        pytest.param({"Retry-After-Ms": "250"}, 0.25, id="milliseconds"),
        pytest.param(
            {"retry-after-ms": "250", "Retry-After": "1"}, 0.25, id="the finer of two"
        ),
        pytest.param(
            {"Retry-After-Ms": "soon", "Retry-After": "1"}, 1.0, id="the legible of two"
        ),
        pytest.param(
            {"Retry-After": "Wed, 21 Oct 2026 12:00:30 GMT", "Date": NOON},
            30.0,
            id="a date, by the server's own clock",
        ),
        pytest.param(
            {"Retry-After": "Wed, 21 Oct 2026 11:59:00 GMT", "Date": NOON},
            0.0,
            id="a date gone by",
        ),
        pytest.param(
            {"Retry-After": "Wed, 21 Oct 2026 14:00:30 +0200", "Date": NOON},
            30.0,
            id="a date of another zone",
        ),
        pytest.param(
            {"Retry-After": "Wed Oct 21 12:00:30 2026", "Date": NOON},
            30.0,
            id="a date of no zone, as C writes it",
        ),
        pytest.param({"Retry-After": "-1"}, None, id="negative"),
        pytest.param({"Retry-After": "inf"}, None, id="endless"),
        pytest.param({"Retry-After": "nan"}, None, id="not a number"),
        pytest.param({"Retry-After": "1e9"}, None, id="in powers"),
        pytest.param({"Retry-After": "1.5.2"}, None, id="two dots"),
        pytest.param({"Retry-After": "."}, None, id="a dot"),
        pytest.param({"Retry-After": "٣"}, None, id="a three in Arabic"),
        pytest.param({"Retry-After": "Wed, 99 Oct 2026 12:00:00 GMT"}, None, id="99th"),
        pytest.param({"Retry-After": "later, please"}, None, id="words"),
    ],
)
@pytest.mark.usefixtures("far_away")
def test_a_wait_is_read_in_each_of_its_forms_and_rubbish_is_none(
    headers: dict[str, str], seconds: float | None
) -> None:
    """Where it cannot be read our own wait holds; a zone of ours changes nothing."""
    assert retry_after_seconds(CIMultiDict(headers)) == seconds


def test_without_the_servers_clock_a_date_is_compared_with_ours() -> None:
    """It is the only other clock there is."""
    then = formatdate(time.time() + 100, usegmt=True)

    seconds = retry_after_seconds(CIMultiDict({"Retry-After": then}))

    assert seconds == pytest.approx(100, abs=5)


@given(value=st.text(max_size=40), other=st.text(max_size=40))
def test_no_header_at_all_makes_it_crash_or_negative(value: str, other: str) -> None:
    """A server may send anything."""
    headers = CIMultiDict(
        {"Retry-After": value, "Retry-After-Ms": other, "Date": other}
    )

    seconds = retry_after_seconds(headers)

    assert seconds is None or seconds >= 0


@given(digits=st.text("0123456789", min_size=1, max_size=400))
def test_a_number_of_any_length_is_a_number(digits: str) -> None:
    """400 digits are more than any patience, and no crash."""
    assert retry_after_seconds(CIMultiDict({"Retry-After": digits})) == float(digits)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        pytest.param(b'{"error": {"message": "slow down"}}', "slow down", id="usual"),
        pytest.param(b'{"error": "slow down"}', "slow down", id="bare"),
        pytest.param(b'{"error": {"code": 7}}', "{'code': 7}", id="without words"),
        pytest.param(b'{"error": null}', '{"error": null}', id="null"),
        pytest.param(b'{"detail": "x"}', '{"detail": "x"}', id="another field"),
        pytest.param(b"[1]", "[1]", id="a list"),
        pytest.param(b"<h1>Bad</h1>", "<h1>Bad</h1>", id="HTML"),
        pytest.param(b"\xff", "\ufffd", id="no text"),
        pytest.param(b"[" * 200_000, "[" * 200_000, id="nested too deep"),
        pytest.param(b"", "", id="nothing"),
    ],
)
def test_an_errors_own_words_are_found_or_the_whole_body(
    content: bytes, words: str
) -> None:
    """Whatever a server, a proxy or a login page wrote."""
    assert error_words(content) == words


@pytest.mark.parametrize("content", [b"", b"{", b"[" * 200_000, b"1" * 5000, b"\xff"])
def test_what_is_not_json_is_a_value_error(content: bytes) -> None:
    """One kind, whatever the decoder stumbles over."""
    with pytest.raises(ValueError, match=r"."):
        parse_json(content)


@given(text=st.text(max_size=5 * QUOTED))
def test_a_quote_is_one_short_line(text: str) -> None:
    """It stands in a message, a table, a log."""
    quoted = quote(text)

    assert 0 < len(quoted) <= QUOTED + 1
    assert len(quoted.splitlines()) == 1


def test_a_quote_of_megabytes_looks_at_its_start_only() -> None:
    """2 MB in one line are no reason to wait."""
    assert quote("x" * 2_000_000) == "x" * QUOTED + "…"


@pytest.mark.parametrize("content", [7, True, {"text": "x"}])
def test_content_of_another_kind_is_no_text(content: object) -> None:
    """It is a failure, not an answer that says nothing."""
    with pytest.raises(TypeError, match="content is"):
        text_of(content)
