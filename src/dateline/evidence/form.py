"""Forms for images that come by hand: what must be asked, what licence is usual, how they are credited."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import lru_cache
from importlib import resources
from types import MappingProxyType
from typing import Annotated, Literal

from pydantic import Field, Strict

from dateline.core.errors import UsageError
from dateline.evidence.item import Licence
from dateline.evidence.part import Part, Told
from dateline.evidence.provenance import Image

Fact = Literal["sensor", "scene", "start", "released", "bounds", "resolution", "cloud"]


class ImageForm(Part):
    """evidence/forms/NAME.toml. A new provider is one file."""

    title: Told
    ask: Annotated[tuple[Fact, ...], Strict(False)] = Field(default=(), description="facts that must be given")
    capture_date: Literal["scene", "told"] = Field(
        description="scene: the scene's own; told: only with its source, because what is shown is not a date of capture"
    )
    attribution: Told = Field(description="{year} stands for the year of the image")
    licence: Licence
    warnings: Annotated[tuple[Told, ...], Strict(False)] = ()

    def credit(self, image: Image | None) -> str:
        """The line to print."""
        moment = image and (image.start or image.released)
        text = self.attribution.replace("{year}", str(moment.year) if moment else "")
        return " ".join(text.split()).replace(" ,", ",")

    def check(self, image: Image | None, *, date_from: str | None) -> None:
        """Raises UsageError: "form-asks" (a fact is missing), "capture-date" (a capture date without its source)."""
        lacking = [name for name in self.ask if image is None or getattr(image, name) is None]
        if lacking:
            raise UsageError(
                f"The form for {self.title} needs more.",
                saw=f"nothing about {', '.join(lacking)}",
                do="Give " + ", ".join(f"--{name}" for name in lacking) + ".",
                code="form-asks",
            )
        if self.capture_date == "told" and image is not None and image.start is not None and date_from is None:
            raise UsageError(
                f"A date in {self.title} is not the date of capture by itself.",
                saw=f"--start {image.start:%Y-%m-%d} without its source",
                do="Leave --start out, or say with --date-from where the date of capture is told "
                "(the layer's metadata, the provider's catalogue).",
                code="capture-date",
            )


@lru_cache(maxsize=1)
def forms() -> Mapping[str, ImageForm]:
    """All forms by name."""
    folder = resources.files("dateline.evidence").joinpath("forms")
    files = sorted((file for file in folder.iterdir() if file.name.endswith(".toml")), key=lambda file: file.name)
    read = {file.name.removesuffix(".toml"): tomllib.loads(file.read_text(encoding="utf-8")) for file in files}
    return MappingProxyType({name: ImageForm.model_validate(data) for name, data in read.items()})


def form(name: str) -> ImageForm:
    """A form by name. Raises UsageError (code "form")."""
    if name not in forms():
        raise UsageError("There is no such form.", saw=repr(name), do=f"Choose from {', '.join(forms())}.", code="form")
    return forms()[name]
