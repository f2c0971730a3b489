"""Tests of demur.judges.reply_cache."""

import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from demur.judges.reply_cache import FileReplies, KeptReply, NoReplies


@pytest.mark.parametrize(
    "text",
    [
        pytest.param('{"verdict": "refused"}', id="an answer"),
        pytest.param("", id="nothing"),
        pytest.param("nul \x00 and half a pair \ud800", id="not printable"),
    ],
)
def test_a_reply_is_found_again_by_another_process(tmp_path: Path, text: str) -> None:
    """What was paid for once is read from the file."""
    FileReplies(tmp_path / "deep" / "kept.sqlite").keep("k", KeptReply(text=text))

    again = FileReplies(tmp_path / "deep" / "kept.sqlite")

    assert again.find("k") == KeptReply(text=text)
    assert again.find("other") is None


def test_looking_makes_no_file(tmp_path: Path) -> None:
    """Who judges nothing leaves nothing behind."""
    assert FileReplies(tmp_path / "kept.sqlite").find("k") is None
    assert list(tmp_path.iterdir()) == []


def test_nobody_else_may_read_the_file(tmp_path: Path) -> None:
    """It holds what models quoted of responses."""
    FileReplies(tmp_path / "kept.sqlite").keep("k", KeptReply(text="x"))

    assert stat.S_IMODE((tmp_path / "kept.sqlite").stat().st_mode) == 0o600


def damaged(path: Path) -> None:
    """Something else's bytes."""
    path.write_bytes(b"not a database" * 100)


def emptied(path: Path) -> None:
    """As after a death between making it and filling it."""
    path.write_bytes(b"")


@pytest.mark.parametrize(
    ("spoil", "kept"),
    [
        pytest.param(damaged, None, id="damaged"),
        pytest.param(Path.mkdir, None, id="a folder"),
        pytest.param(emptied, KeptReply(text="x"), id="empty: filled again"),
    ],
)
def test_a_file_that_is_no_use_stops_nobody(
    tmp_path: Path, spoil: Callable[[Path], None], kept: KeptReply | None
) -> None:
    """It is a convenience: the models are asked instead."""
    path = tmp_path / "kept.sqlite"
    spoil(path)
    replies = FileReplies(path)

    assert replies.find("k") is None
    replies.keep("k", KeptReply(text="x"))

    assert replies.find("k") == kept


def test_without_a_place_nothing_is_kept() -> None:
    """As `--no-judge-cache` asks."""
    replies = NoReplies()
    replies.keep("k", KeptReply(text="x"))

    assert replies.find("k") is None
