"""What a sensor file says: products, layers, fills, scales, quality rules. A new sensor is one TOML file."""

from __future__ import annotations

import tomllib
from datetime import date
from functools import cache
from importlib.metadata import entry_points
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from dateline.core.errors import InputError, UsageError
from dateline.core.identity import sha256_bytes
from dateline.core.state import State

ENTRY_POINT_GROUP = "dateline.sensors"
"""Another package joins with an entry point whose value names a package that holds sensor files."""

Quantity = Literal["sigma0", "gamma0", "reflectance", "relative"]
"""What an image's values are: backscatter in linear power (never dB), reflectance, or numbers without a scale."""

Role = Literal["value", "count", "quality", "snow", "cloud", "water", "platform", "spread", "angle", "time", "other"]
Dtype = Literal["float32", "uint16", "int16", "uint8"]


def _state(name: object) -> object:
    return State[name.upper().replace(" ", "_")] if isinstance(name, str) else name


NamedState = Annotated[State, BeforeValidator(_state)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class BitRule(_Part):
    """Some bits of a flag layer: from `bit`, `width` wide; where they equal one of `equals`, the rule applies."""

    bit: int = Field(ge=0, le=15)
    width: int = Field(default=1, ge=1, le=8)
    equals: tuple[int, ...]
    state: NamedState | None = None
    """The state of a pixel with these bits. Cloud also explains a missing value; `outside` is said of those only."""
    doubt: bool = False
    """These bits leave doubt about a clear sky: a value that counts only under one does not count."""

    @property
    def mask(self) -> int:
        """The bits it looks at, in place."""
        return ((1 << self.width) - 1) << self.bit


class Flags(_Part):
    """How one flag layer speaks about a value layer.

    values: whole values and the state each gives to a pixel that has a radiance. clear_only: values that count only
    under a sky without doubt. few: values that mean "too few looks", heeded where no count says it better.
    bits: rules on parts of the number.
    """

    values: dict[int, NamedState] = Field(default_factory=dict)
    clear_only: tuple[int, ...] = ()
    few: tuple[int, ...] = ()
    bits: tuple[BitRule, ...] = ()


class Layer(_Part):
    """One layer of a product: how it is stored, in which unit, and which layers say how good it is."""

    name: str
    role: Role
    dtype: Dtype
    fill: float | None = None
    scale: float = Field(default=1.0, gt=0)
    offset: float = 0.0
    unit: str = "1"
    minimum: float | None = None
    """The least lawful value [unit]; below it there is no value."""
    zero: Literal["value", "floor", "unseen"] = "value"
    """What an exact zero means where no count and no flag says it: a value, the floor, or that nothing was seen."""
    always: NamedState | None = None
    """A state that all its values have (SNOW for a composite of snowy nights)."""
    filled: bool = False
    """Whether the product fills its gaps in this layer."""
    wavelength: float | None = Field(default=None, gt=0)
    """Of the light that a band sees, at its centre [m]."""
    count: str | None = None
    flags: tuple[str, ...] = ()
    snow_seen: str | None = None
    """The flag layer of the same quantity over snow: tells what was lost to snow."""
    water: str | None = None


class Collection(_Part):
    """One processing version of a product: where its data lie in the file, and below what it prints zero."""

    archive: str | None = None
    groups: tuple[str, ...] = ()
    floor: float | None = None
    """Everything below is printed as zero [unit of the value layers]; None: the product has no floor."""
    flags: dict[str, Flags] = Field(default_factory=dict)
    """Rules for flag layers, by the end of the layer's name."""


class Product(_Part):
    """One product name of the family, and the satellite that makes it."""

    platform: str | None = None
    start: date | None = None
    end: date | None = None
    doi: str | None = None
    quantity: Quantity | None = None
    """What the values of a chip are; None for products that are not cut into chips."""
    scale: float = Field(default=1.0, gt=0)
    """What a stored whole number is multiplied by where neither file nor layer says it."""
    decibel: bool = False
    """Whether the file stores 10 log10 of the power."""


class Sensor(_Part):
    """A family of products that are read in the same way. See docs/sensors.md for each key."""

    schema_version: Literal[1] = Field(alias="schema")
    id: str
    title: str
    instrument: str
    reader: str
    unit: str
    """The unit of the value layers, as it is printed."""
    period: Literal["day", "month", "year", "any"]
    products: dict[str, Product]
    aliases: tuple[str, ...] = ()
    """Regular expressions that find the product in a file's name where the product's own name is not in it.

    A group named `year` says which digits are the year, where a name runs them together with others.
    """
    resolution: str
    pixel: float | None = None
    """Pixel side [degrees]."""
    size: int | None = None
    """Pixels a side of a tile."""
    crs: str | None = None
    platforms: dict[int, str] = Field(default_factory=dict)
    """Meaning of the codes of the layer with role `platform`."""
    default_layer: str
    minimum_nights: int | None = None
    """Fewer looks than this are too few."""
    detection_limit: float | None = None
    """The radiance below which single pixels say nothing [unit]."""
    wavelength: float | None = Field(default=None, gt=0)
    """Of a radar [m]."""
    looks: float | None = Field(default=None, gt=0)
    """Equivalent number of looks of a radar's pixel as delivered [1]."""
    licence: str
    attribution: str
    citation: str
    collections: dict[str, Collection]
    layers: dict[str, tuple[Layer, ...]]
    """By collection."""
    sha256: str = ""
    """Hash of the sensor file: it enters a finding's input_key."""

    def layer(self, name: str, collection: str | None) -> Layer:
        """One layer by name; without a known collection the newest one's description. Raises UsageError."""
        for layer in self.layers_of(collection):
            if layer.name == name:
                return layer
        raise UsageError(
            f"{self.title} has no layer of this name.",
            saw=repr(name),
            do=f"Choose from {', '.join(self.value_layers(collection))} (values), or another layer of the product.",
            code="layer",
        )

    def layers_of(self, collection: str | None) -> tuple[Layer, ...]:
        """All layers of a collection, in the order of the sensor file."""
        return self.layers[self._known(collection)]

    def value_layers(self, collection: str | None) -> tuple[str, ...]:
        """The names of the layers that carry what the product is for."""
        return tuple(layer.name for layer in self.layers_of(collection) if layer.role == "value")

    def collection(self, name: str | None) -> Collection:
        """What is said about a collection; of the newest where the name is not known."""
        return self.collections[self._known(name)]

    def floor(self, collection: str | None) -> float | None:
        """Below what the product prints zero [unit]; None where it has no floor or the collections disagree."""
        if collection in self.collections:
            return self.collections[collection].floor
        floors = {known.floor for known in self.collections.values()}
        return floors.pop() if len(floors) == 1 else None

    def _known(self, name: str | None) -> str:
        return name if name in self.collections else max(self.collections)

    @model_validator(mode="after")
    def _is_whole(self) -> Sensor:
        for name, layers in self.layers.items():
            names = [layer.name for layer in layers]
            known = set(names)
            if doubled := sorted({one for one in names if names.count(one) > 1}):
                raise ValueError(f"collection {name} lists {', '.join(doubled)} twice")
            named = {other for layer in layers for other in _companions(layer)}
            if missing := sorted(named - known):
                raise ValueError(f"collection {name} names layers that it does not describe: {', '.join(missing)}")
        if self.default_layer not in self.value_layers(max(self.collections)):
            raise ValueError(f"default_layer {self.default_layer!r} is not a value layer")
        return self


def _companions(layer: Layer) -> tuple[str, ...]:
    return tuple(name for name in (layer.count, *layer.flags, layer.snow_seen, layer.water) if name)


@cache
def sensors() -> dict[str, Sensor]:
    """All sensors by id, ours and those of installed packages, in alphabetical order."""
    found = [read_sensor(path) for home in _homes() for path in sorted(home.glob("*.toml"))]
    return {sensor.id: sensor for sensor in sorted(found, key=lambda sensor: sensor.id)}


def sensor_for(product: str) -> Sensor:
    """The sensor that describes a product. Raises UsageError (code `product`) that lists what is known."""
    for sensor in sensors().values():
        if product in sensor.products:
            return sensor
    known = sorted(name for sensor in sensors().values() for name in sensor.products)
    raise UsageError(
        "This product is not known.",
        saw=repr(product),
        do=f"Choose from {', '.join(known)}; or describe it in a sensor file (docs/sensors.md).",
        code="product",
    )


def _homes() -> list[Path]:
    homes = [Path(__file__).parent / "sensors"]
    for point in entry_points(group=ENTRY_POINT_GROUP):
        spec = find_spec(point.value)
        if spec is not None and spec.submodule_search_locations:
            homes.extend(Path(place) for place in spec.submodule_search_locations)
    return homes


def read_sensor(path: Path) -> Sensor:
    """Reads and checks one sensor file. Raises InputError (code `sensor-file`) naming every fault in it."""
    text = path.read_bytes()
    try:
        data = tomllib.loads(text.decode())
        data["layers"] = _layers(data.pop("layers", []), tuple(data.get("collections", {})))
        return Sensor.model_validate({**data, "sha256": sha256_bytes(text)})
    except ValidationError as error:
        faults = "; ".join(f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in error.errors())
        raise _broken(path, faults) from error
    except (tomllib.TOMLDecodeError, KeyError, UnicodeDecodeError) as error:
        raise _broken(path, str(error)) from error


def _broken(path: Path, saw: str) -> InputError:
    return InputError(
        f"The sensor file {path.name} cannot be used.",
        saw=saw,
        do="Mend the file; docs/sensors.md explains each key.",
        code="sensor-file",
    )


def _layers(entries: list[dict[str, Any]], collections: tuple[str, ...]) -> dict[str, list[dict[str, Any]]]:
    """Writes out the layer entries: once for each word of `each` (in place of {}), for each collection it is in."""
    told: dict[str, list[dict[str, Any]]] = {name: [] for name in collections}
    for entry in entries:
        words = entry.pop("each", [""])
        inside = entry.pop("collections", list(collections))
        for word in words:
            spelled = {key: _spell(value, word) for key, value in entry.items()}
            for name in inside:
                told[name].append(spelled)
    return told


def _spell(value: Any, word: str) -> Any:
    if isinstance(value, str):
        return value.replace("{}", word)
    return [_spell(item, word) for item in value] if isinstance(value, list) else value
