"""Law: importing demur is cheap, and nobody inside imports the façade."""

import ast
import subprocess
import sys
from pathlib import Path

import demur

SOURCE = Path(demur.__file__).parent
HEAVY = (
    "aiohttp",
    "altair",
    "asyncio",
    "jinja2",
    "numpy",
    "rich",
    "scipy",
    "sqlalchemy",
    "vl_convert",
    "xllamacpp",
    "yaml",
)


def loaded_after(code: str) -> list[str]:
    """Which heavy libraries a fresh Python has loaded after running the code."""
    ask = f"{code}; import sys; print(*[m for m in {HEAVY!r} if m in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", ask], capture_output=True, text=True, check=True
    )
    return done.stdout.split()


def test_import_loads_nothing_heavy() -> None:
    """`import demur` loads no heavy library, whatever is installed."""
    assert loaded_after("import demur") == []


def test_help_loads_nothing_heavy() -> None:
    """The command line's first second: commands are imported when called."""
    assert loaded_after("import demur.cli.main") == []


def test_no_room_imports_the_facade() -> None:
    """Inside the package, names come from the file that defines them."""
    offenders = [
        f"{path.relative_to(SOURCE)}:{node.lineno}"
        for path in sorted(SOURCE.rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if (isinstance(node, ast.ImportFrom) and node.module == "demur")
        or (isinstance(node, ast.Import) and any(a.name == "demur" for a in node.names))
    ]

    assert offenders == []
