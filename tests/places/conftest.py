"""The built-in gazetteer is built once and kept between runs, because building it takes half a minute."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from dateline.places.gazetteer import Gazetteer


@pytest.fixture(scope="session")
def gazetteer(pytestconfig: pytest.Config) -> Iterator[Gazetteer]:
    """The real gazetteer, from pytest's own cache folder and not from the user's."""
    opened = Gazetteer.open(pytestconfig.cache.mkdir("gazetteer"))
    yield opened
    opened.close()
