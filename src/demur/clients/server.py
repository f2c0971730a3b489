"""Where an API is spoken, how long it may take, and what must never be shown."""

import re
from dataclasses import dataclass, field
from pathlib import Path

MAX_REPLY_BYTES = 8 * 2**20
"""A longer reply is a failed trial: no model writes that, and memory is finite."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """Where an API is spoken, and how long it may take.

    Attributes:
        base_url: Up to and including the version, such as ``https://host/v1``. May
            hold a password, so it is kept out of every text: `address` is for those.
        key: None sends none. Kept out of every text.
        key_name: Where the key comes from, for messages.
        timeout_seconds: For one call, from connecting to the last byte.
        connect_seconds: For connecting.
        read_seconds: Longest silence within a call; None: as long as the call.
        max_reply_bytes: A longer reply is a failure.
        ca_file: Certificates of further authorities to trust; None: the system's.
    """

    base_url: str = field(repr=False)
    key: str | None = field(default=None, repr=False)
    key_name: str = "--api-key-env"
    timeout_seconds: float = 120.0
    connect_seconds: float = 15.0
    read_seconds: float | None = None
    max_reply_bytes: int = MAX_REPLY_BYTES
    ca_file: Path | None = None

    @property
    def address(self) -> str:
        """The base URL as it may be shown: without user, password and query."""
        return re.sub(r"(?<=//)[^/?#]*@", "", self.base_url).partition("?")[0]

    def hide(self, text: str) -> str:
        """The text without the key and without the base URL's password."""
        if self.key:
            text = text.replace(self.key, "(key)")
        return text.replace(self.base_url, self.address)
