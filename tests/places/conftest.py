"""The built-in gazetteer is built once and kept between runs, because building it takes half a minute."""

from __future__ import annotations

import pytest

from dateline.places.gazetteer import Gazetteer


@pytest.fixture(scope="session")
def gazetteer(pytestconfig: pytest.Config) -> Gazetteer:
    """The real gazetteer, from pytest's own cache folder and not from the user's."""
    return Gazetteer.open(pytestconfig.cache.mkdir("gazetteer"))
