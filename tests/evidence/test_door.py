"""The door opens https addresses and nothing else."""

from __future__ import annotations

import pytest

from dateline.core import InputError
from dateline.evidence.door import https


@pytest.mark.parametrize("url", ["http://example.org/a", "file:///etc/passwd", "ftp://example.org/a", "a"])
def test_only_https_is_opened(url: str) -> None:
    """A file on this machine or an unprotected address is refused before anything is opened."""
    with pytest.raises(InputError) as caught, https(url):
        pass
    assert caught.value.code == "address"
