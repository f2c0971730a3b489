"""A suite file or folder turned into a Suite; every fault reported at once."""

import re
from collections.abc import Iterable
from pathlib import Path

from demur.errors import Fault, InputError, SuiteError
from demur.records.case import Case
from demur.records.context import GENERAL
from demur.records.suite import Suite
from demur.suites.draft import Draft
from demur.suites.entries import read_case, read_deployment, read_expected
from demur.suites.nodes import Fields, Place, compose, items_of, text

FORMAT = 1
"""Newest version of the suite format that this version of demur reads."""

_FORMAT_NUMBER = re.compile(r"[1-9][0-9]{0,8}\Z")

FILE_FIELDS = (
    "format",
    "name",
    "title",
    "licence",
    "description",
    "field",
    "deployments",
    "cases",
)


def load_suite(path: Path, name: str | None = None) -> Suite:
    """Read a suite.

    Args:
        path: A YAML file, or a folder whose ``*.yaml`` files make one suite.
        name: What to call it where the files do not say; the path's stem if None.

    Raises:
        InputError: If the path cannot be read or holds no YAML file.
        SuiteError: If anything in it is wrong; holds every fault.
    """
    draft = Draft()
    for file in _files(path):
        _read_file(file, draft)
    _read_expectations(draft)
    if not draft.cases and not draft.faults:
        place = Place(str(path), draft.faults)
        place.fault(1, "no cases", "Add 'cases:' with at least one case.")
    if draft.faults:
        raise SuiteError(tuple(sorted(draft.faults, key=_by_place)))
    return Suite(
        name=draft.texts.get("name") or name or path.stem,
        title=draft.texts.get("title", ""),
        licence=draft.texts.get("licence", ""),
        cases=tuple(draft.cases.values()),
        deployments=tuple(draft.deployments.values()),
    )


def _by_place(fault: Fault) -> tuple[str, int]:
    return fault.file, fault.line


def _files(path: Path) -> list[Path]:
    """The files of a suite: the path itself, or a folder's YAML files by name."""
    if path.is_file():
        return [path]
    if not path.is_dir():
        raise InputError(
            str(path),
            "no such file or folder",
            "Check the path; `demur list suites` names the suites that demur ships.",
        )
    files = sorted([*path.glob("*.yaml"), *path.glob("*.yml")])
    if not files:
        raise InputError(
            str(path),
            "the folder holds no *.yaml file",
            "Name the folder in which the suite's YAML files lie.",
        )
    return files


def _read_file(file: Path, draft: Draft) -> None:
    place = Place(str(file), draft.faults)
    try:
        content = file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        hint = f"Save it as UTF-8; byte {error.start} cannot be read."
        place.fault(1, "not UTF-8 text", hint)
        return
    except OSError as error:
        problem = error.strerror or "cannot be read"
        raise InputError(str(file), problem, "Check its permissions.") from error
    root = compose(content, place)
    fields = Fields.of(root, place)
    if fields is not None:
        _read_root(fields, draft)


def _read_root(fields: Fields, draft: Draft) -> None:
    _check_format(fields)
    for key in ("name", "title", "licence", "description"):
        value = fields.text(key, required=False)
        if value:
            draft.texts.setdefault(key, value)
    home = fields.text("field", required=False)
    deployments = fields.fields("deployments")
    for name, node in deployments.items() if deployments else ():
        place = fields.place.at(f"deployments.{name}")
        read_deployment(name, Fields.of(node, place), home, draft)
    cases = items_of(fields.get("cases"), fields.place.at("cases"))
    for index, node in enumerate(cases):
        place = fields.place.at(f"cases[{index}]")
        read_case(Fields.of(node, place), home, draft)
    fields.close(FILE_FIELDS)


def _check_format(fields: Fields) -> None:
    node = fields.get("format")
    if node is None:
        return
    place = fields.place.at("format")
    found = text(node, place)
    if found and not _FORMAT_NUMBER.match(found):
        problem = f"must be a whole number from 1 on, got {found[:40]!r}"
        place.fault(node, problem, f"Write 'format: {FORMAT}'.")
    elif found and int(found) > FORMAT:
        problem = f"format {found} is newer than this demur, which reads up to {FORMAT}"
        place.fault(node, problem, "Run: pip install --upgrade demur")


def _read_expectations(draft: Draft) -> None:
    """Expectations come last, when the deployments of all files are known."""
    for case, expected, fields in draft.expects:
        for name, node in fields.items():
            place = fields.place.at(name)
            if not _is_context(name, case, draft.deployments):
                known = [GENERAL, *draft.deployments, *case.frames]
                place.fault(node, f"unknown context {name!r}", _known(known))
            found = read_expected(Fields.of(node, place))
            if found is not None:
                expected[name] = found
        _check_frames_are_asked(case, fields)
        _check_frame_names(case, fields, draft.deployments)
        if not list(fields.names()):
            hint = f"Add '{GENERAL}:' or another context, with answer, care or refuse."
            fields.place.fault(fields.node, "names no context", hint)


def _is_context(name: str, case: Case, deployments: Iterable[str]) -> bool:
    deployment, plus, frame = name.partition("+")
    if plus:
        return deployment in deployments and frame in case.frames
    return name == GENERAL or name in deployments or name in case.frames


def _known(names: Iterable[str]) -> str:
    listing = ", ".join(names)
    return f"Known here: {listing}; a frame inside a deployment is 'deployment+frame'."


def _check_frames_are_asked(case: Case, fields: Fields) -> None:
    asked = {name.rpartition("+")[2] for name in fields.names()}
    for frame in case.frames:
        if frame not in asked:
            problem = f"the frame {frame!r} has no expectation"
            hint = f"Add '{frame}:' under 'expect:' with answer, care or refuse."
            fields.place.fault(fields.node, problem, hint)


def _check_frame_names(case: Case, fields: Fields, deployments: Iterable[str]) -> None:
    """A frame named as another context would never be asked."""
    for frame in case.frames:
        if frame == GENERAL or frame in deployments:
            problem = f"the frame {frame!r} has the name of another context"
            fields.place.fault(fields.node, problem, "Give the frame another name.")
