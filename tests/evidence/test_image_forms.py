"""Forms for images that come by hand: what is asked, and a date of release that is never a date of capture."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from dateline.core.errors import UsageError
from dateline.evidence.form import form, forms
from dateline.evidence.item import Use
from dateline.evidence.provenance import Image

DAY = datetime(2023, 10, 1, tzinfo=UTC)


def test_every_form_is_whole() -> None:
    """Each reads, credits somebody, and never says yes to giving on the bytes or to publishing unread terms."""
    assert set(forms()) == {"airbus", "esri-wayback", "google-earth", "planet", "vantor"}
    for one in forms().values():
        assert one.credit(Image(start=DAY)).strip()
        assert "  " not in one.credit(None)
        assert one.licence.permits(Use.SHARE) == "no"
        assert one.licence.permits(Use.PUBLISH) == "unknown"


@pytest.mark.parametrize("name", ["esri-wayback", "google-earth"])
def test_a_capture_date_needs_its_source(name: str) -> None:
    """A globe or a Wayback release shows a date that is not the picture's: refused without its source."""
    image = Image(start=DAY, released=DAY)
    with pytest.raises(UsageError) as raised:
        form(name).check(image, date_from=None)
    assert raised.value.code == "capture-date"
    form(name).check(image, date_from="layer metadata, SRC_DATE")
    form(name).check(Image(released=DAY), date_from=None)


def test_what_must_be_told() -> None:
    """Planet needs a scene and its time; Wayback its release; an unknown form names those there are."""
    for name, image in (("planet", Image(scene="20231001_x")), ("esri-wayback", None)):
        with pytest.raises(UsageError) as raised:
            form(name).check(image, date_from=None)
        assert raised.value.code == "form-asks"
    form("planet").check(Image(scene="20231001_x", start=DAY), date_from=None)
    with pytest.raises(UsageError, match="no such form"):
        form("nasa")


def test_credits_carry_the_year() -> None:
    """Of the capture, else of the release."""
    assert form("planet").credit(Image(start=DAY)) == "Image © 2023 Planet Labs PBC"
    assert "2023" in form("esri-wayback").credit(Image(released=DAY))
