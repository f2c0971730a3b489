"""Zip files compressed with Zstandard, for Python before 3.14 (extra: inspect).

The only file that imports zstandard.
"""

import re
import struct
import zipfile
from collections.abc import Iterator
from pathlib import Path

import zstandard

_LOCAL_HEADER = struct.Struct("<26xHH")
"""Before a member's bytes: lengths of its name and of what follows that."""

_LARGEST = 1 << 30
"""Bytes that one member may grow to."""


def read_members(path: Path, wanted: re.Pattern[str]) -> Iterator[bytes | None]:
    """The content of each member with such a name; None where it is damaged."""
    with zipfile.ZipFile(path) as archive, path.open("rb") as file:
        for member in archive.infolist():
            if wanted.match(member.filename):
                file.seek(member.header_offset)
                header = file.read(_LOCAL_HEADER.size)
                name, more = _LOCAL_HEADER.unpack(header)
                file.seek(name + more, 1)
                yield _decompressed(
                    file.read(member.compress_size), min(member.file_size, _LARGEST)
                )


def _decompressed(content: bytes, size: int) -> bytes | None:
    reader = zstandard.ZstdDecompressor().stream_reader(content)
    try:
        found: bytes = reader.read(size)
    except zstandard.ZstdError:
        return None
    return found
