"""The app opens a case in a real browser and is silent towards everybody else."""

from __future__ import annotations

from typing import Any

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.enable_socket]


def test_the_case_is_there(browser: Any, opened: Any) -> None:
    """The printed address leads to the case's title; the secret does not stay in the address."""
    page = opened.page(browser)
    assert page.inner_text("h1") == "A case on the desk"
    assert "token" not in page.url
