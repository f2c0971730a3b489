"""Inspect's logs: one JSON file, or a zip of one JSON file for each sample.

Epochs of a sample are exchanges of their own. What they share is the id.
"""

import re
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from demur.errors import InputError
from demur.extras import load_extra
from demur.records.exchange import BadExchange, Exchange
from demur.rows.json_rows import decode_json
from demur.transcripts.words import (
    block_of,
    conversation,
    id_of,
    read_message,
    string_or_none,
)

_SAMPLE = re.compile(r"samples/.+\.json\Z")
_ATTACHMENT = "attachment://"
"""Before the name of a long text that stands elsewhere in the sample."""

_HINT = "Check the file, or write it again: inspect log convert --to json."


def is_log(content: object) -> bool:
    """Whether a JSON file's content is an Inspect log."""
    return isinstance(content, dict) and isinstance(content.get("eval"), dict)


def read_log(content: Mapping[str, Any]) -> Iterator[Exchange | BadExchange]:
    """The samples of a log in one JSON file."""
    samples = content.get("samples") or []
    return (_read_sample(n, sample) for n, sample in enumerate(samples, start=1))


def read_zip(path: Path) -> Iterator[Exchange | BadExchange]:
    """The samples of an ``.eval`` log, one in memory at a time.

    Raises:
        InputError: If it is no such log; a `MissingExtraError` where Python cannot
            decompress it and the library that can is not installed.
    """
    try:
        archive = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, OSError) as error:
        raise InputError(str(path), f"is no Inspect log: {error}", _HINT) from error
    members = [m for m in archive.infolist() if _SAMPLE.match(m.filename)]
    if not members:
        archive.close()
        raise InputError(str(path), "is a zip without samples of Inspect's", _HINT)
    if any(member.compress_type == _ZSTANDARD for member in members):
        try:
            archive.open(members[0]).close()
        except NotImplementedError:  # Python up to 3.13 knows no such compression
            archive.close()
            return _read_members(path, len(members))
    return _read_archive(archive, members)


_ZSTANDARD = 93
"""The zip format's number for that way to compress."""


def _read_archive(
    archive: zipfile.ZipFile, members: list[zipfile.ZipInfo]
) -> Iterator[Exchange | BadExchange]:
    with archive:
        for number, member in enumerate(members, start=1):
            try:
                content = archive.read(member)
            except (zipfile.BadZipFile, OSError, EOFError) as error:
                yield _bad(number, number, f"{member.filename} is damaged: {error}")
                continue
            yield _decoded(number, content)


def _read_members(path: Path, count: int) -> Iterator[Exchange | BadExchange]:
    zstandard = load_extra("demur.transcripts.zstandard_zip", "zstandard", "inspect")

    def exchanges() -> Iterator[Exchange | BadExchange]:
        contents = zstandard.read_members(path, _SAMPLE)
        for number, content in zip(range(1, count + 1), contents, strict=True):
            if content is None:
                yield _bad(number, number, "is damaged")
            else:
                yield _decoded(number, content)

    return exchanges()


def _decoded(number: int, content: bytes) -> Exchange | BadExchange:
    try:
        return _read_sample(number, decode_json(content))
    except ValueError as error:
        return _bad(number, number, f"no JSON: {error}")


def _bad(number: int, name: str | int, problem: str) -> BadExchange:
    return BadExchange(number=number, id=name, problem=problem)


def _read_sample(number: int, sample: Any) -> Exchange | BadExchange:
    if not isinstance(sample, dict):
        return _bad(number, number, "must be an object")
    name = id_of(sample.get("id"), number)
    output = sample.get("output")
    choices = output.get("choices") if isinstance(output, dict) else None
    if not choices:
        return _bad(number, name, f"nothing came back{_why(sample)}")
    try:
        return _exchange(number, name, sample, choices[0])
    except (ValueError, TypeError, AttributeError, KeyError) as error:
        return _bad(number, name, f"is no sample of Inspect's ({error})")


def _why(sample: Mapping[str, Any]) -> str:
    """The first line of the sample's error."""
    error = sample.get("error")
    said = error.get("message") if isinstance(error, dict) else None
    lines = said.splitlines() if isinstance(said, str) else []
    return f": {lines[0][:200]}" if lines else ""


def _exchange(
    number: int, name: str | int, sample: Mapping[str, Any], choice: Mapping[str, Any]
) -> Exchange:
    attached = sample.get("attachments") or {}
    asked = sample.get("messages") or _as_messages(sample["input"])
    if asked[-1].get("role") == "assistant":
        asked = asked[:-1]
    messages = [{**m, "content": _resolved(m.get("content"), attached)} for m in asked]
    request, earlier, system = conversation(messages)
    said = {**choice["message"]}
    said["content"] = _resolved(said.get("content"), attached)
    reason = string_or_none(choice.get("stop_reason"))
    return Exchange(
        number=number,
        id=name,
        request=request,
        response=read_message(said)[1],
        earlier=earlier,
        system=system,
        finish_reason=reason,
        block=block_of(reason),
        model=string_or_none(sample["output"].get("model")),
    )


def _as_messages(asked: Any) -> Any:
    """The input as messages: where it is a text, the user's one."""
    return [{"role": "user", "content": asked}] if isinstance(asked, str) else asked


def _resolved(content: Any, attached: Mapping[str, Any]) -> Any:
    """A content with the long texts that stand elsewhere put in their place."""
    if isinstance(content, str) and content.startswith(_ATTACHMENT):
        return attached.get(content.removeprefix(_ATTACHMENT), content)
    if isinstance(content, list):
        return [
            {**part, "text": _resolved(part["text"], attached)}
            if isinstance(part, dict) and "text" in part
            else part
            for part in content
        ]
    return content
