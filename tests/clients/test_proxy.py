"""Tests of demur.clients.proxy."""

import pytest

from demur.clients.proxy import proxy_of


@pytest.mark.parametrize(
    ("proxy", "url", "found"),
    [
        pytest.param("http://p:3128", "http://h/v1", "http://p:3128", id="named"),
        pytest.param("p:3128", "http://h/v1", "http://p:3128", id="without a scheme"),
        pytest.param("http://p:3128", "http://near.example/v1", None, id="near"),
        pytest.param("http://p:3128", "https://h/v1", None, id="another scheme"),
        pytest.param("", "http://h/v1", None, id="none"),
        pytest.param("http://p:3128", "http://[oops/v1", None, id="no address"),
    ],
)
def test_the_environment_says_which_proxy(
    monkeypatch: pytest.MonkeyPatch, proxy: str, url: str, found: str | None
) -> None:
    """As every other tool reads it."""
    for name in ("HTTPS_PROXY", "https_proxy", "NO_PROXY", "HTTP_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("http_proxy", proxy)
    monkeypatch.setenv("no_proxy", "near.example")

    assert proxy_of(url) == found
