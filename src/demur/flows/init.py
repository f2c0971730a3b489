"""Write a starter suite for somebody's own deployment."""

import re
from pathlib import Path

from demur.errors import InputError, UnknownNameError, reason
from demur.flows.suite_names import SUITES, find_suite
from demur.suites.starter import SCHEMA_FILE, Starter, schema, starter_text

FIELDS = tuple(name for name in SUITES if name != "quickstart")
"""The fields that a starter can be made for: those of the suites that ship."""

_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*\Z")


def write_starter(
    folder: Path, name: str, field: str, system: Path | None
) -> tuple[Path, ...]:
    """Write the suite and the schema for editors; nothing that is there is changed.

    Args:
        folder: Where; made if it is not there.
        name: Of the suite, its file and its deployment: an id.
        field: One of `FIELDS`.
        system: The user's system prompt; an example of the field if None.

    Raises:
        InputError: If a name or a file is wrong, or there is such a file already.
    """
    if field not in FIELDS:
        raise UnknownNameError.of("--field", "field", field, list(FIELDS))
    if not _ID.match(name) or name == "general":
        hint = "Use small letters, digits and hyphens, such as 'night-pharmacy'."
        raise InputError(f"--name {name}", "is not an id for a deployment", hint)
    suite = find_suite(field)
    prompt = suite.deployments[0].system if system is None else _read(system)
    starter = Starter(
        name=name, field=field, system=prompt, is_own=system is not None, suite=suite
    )
    path = folder / f"{name}.yaml"
    if path.exists():
        hint = "Choose another --name, or remove it first."
        raise InputError(str(path), "is there already", hint)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        path.write_text(starter_text(starter), encoding="utf-8")
        (folder / SCHEMA_FILE).write_text(schema(), encoding="utf-8")
    except OSError as error:
        hint = "Choose another folder."
        raise InputError(
            str(folder), f"cannot write ({reason(error)})", hint
        ) from error
    return path, folder / SCHEMA_FILE


def _read(system: Path) -> str:
    try:
        text = system.read_text(encoding="utf-8-sig").strip()
    except (OSError, UnicodeDecodeError) as error:
        hint = "Name a UTF-8 text file that holds the system prompt."
        where = f"--system {system}"
        raise InputError(where, f"cannot read it ({reason(error)})", hint) from error
    if not text:
        raise InputError(f"--system {system}", "is empty", "Put the prompt into it.")
    return text
