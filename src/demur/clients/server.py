"""Where an API is spoken, how long it may take, and what must never be shown."""

import base64
import json
import re
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import NoReturn
from urllib.parse import quote, unquote

MAX_REPLY_BYTES = 8 * 2**20
"""A longer reply is a failed trial: no model writes that, and memory is finite."""

_USER = re.compile(r"(?<=//)[^/?#]*@")
"""User and password in a URL."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """Where an API is spoken, and how long it may take. Refuses to be pickled.

    Attributes:
        base_url: Up to and including the version, such as ``https://host/v1``. May
            hold a password, so it is kept out of every text: `address` is for those.
        key: None sends none. Kept out of every text.
        key_name: Where the key comes from, for messages.
        secrets: Further values that are sent there. Kept out of every text.
        timeout_seconds: For one call, from connecting to the last byte.
        connect_seconds: For connecting.
        read_seconds: Longest silence within a call; None: as long as the call.
        max_reply_bytes: A longer reply is a failure.
        ca_file: Certificates of further authorities to trust; None: the system's.
    """

    base_url: str = field(repr=False)
    key: str | None = field(default=None, repr=False)
    key_name: str = "--api-key-env"
    secrets: tuple[str, ...] = field(default=(), repr=False)
    timeout_seconds: float = 120.0
    connect_seconds: float = 15.0
    read_seconds: float | None = None
    max_reply_bytes: int = MAX_REPLY_BYTES
    ca_file: Path | None = None

    def __reduce__(self) -> NoReturn:
        raise TypeError("a Server is not pickled: it holds a key")

    @property
    def address(self) -> str:
        """The base URL as it may be shown: without user, password and query."""
        return self.url.partition("?")[0]

    @property
    def url(self) -> str:
        """The base URL without user and password: `login` is sent in their place."""
        return _USER.sub("", self.base_url)

    @property
    def login(self) -> str | None:
        """The header that carries the base URL's user and password; None without."""
        found = _USER.search(self.base_url)
        return None if found is None else f"Basic {_packed(found[0][:-1])}"

    def hide(self, text: str) -> str:
        """The text without the key and without the base URL's password.

        In none of the forms in which a server may echo them: plain, as in a URL, as in
        JSON, as in a header.
        """
        text = text.replace(self.base_url, self.address)
        for secret, name in _secrets(self.base_url, self.key, self.secrets):
            text = text.replace(secret, name)
        return text


def without_user(text: str) -> str:
    """The text without user and password in its URLs, whosever they are."""
    return re.sub(r"(?<=//)[^/?#\s@]*@", "", text)


def _packed(user: str) -> str:
    """User and password as a header carries them."""
    return base64.b64encode(unquote(user).encode()).decode("ascii")


@lru_cache(maxsize=64)
def _secrets(
    base_url: str, key: str | None, more: tuple[str, ...]
) -> tuple[tuple[str, str], ...]:
    """All that must not be shown, and what is shown in its place; longest first."""
    keys = [form for secret in (key or "", *more) for form in _forms(secret)]
    found = dict.fromkeys(keys, "(key)")
    user = _USER.search(base_url)
    if user is not None:
        whole = user[0][:-1]
        parts = [whole, whole.partition(":")[2], _packed(whole)]
        found |= {form: "(password)" for part in parts for form in _forms(part)}
    found.pop("", None)
    return tuple(sorted(found.items(), key=lambda pair: -len(pair[0])))


def _forms(secret: str) -> set[str]:
    """How a secret may be written."""
    plain = {secret, unquote(secret)}
    quoted = {quote(form, safe="", errors="replace") for form in plain}
    return plain | quoted | {json.dumps(form)[1:-1] for form in plain}
