"""A stand-in of NASA's Global Imagery Browse Services: tiles of greys, their colour map, and which days there are.

    python -m tests.services.gibs [--first 2024-01-01] [--last 2024-01-31] [--gap 2024-01-10] [faults of standin.py]

  /wmts/wmts.cgi?…REQUEST=DescribeDomains…      the days there are (all from --first to --last but --gap)
  /wmts/LAYER/default/DAY/GoogleMapsCompatible_Level8/8/ROW/COLUMN.png
  /colormaps/VIIRS_DayNightBand_At_Sensor_Radiance.xml

Endpoints: gibs {"wmts": URL/wmts, "colormaps": URL/colormaps}.

The colour map is the published one (180 greys, its misprint at grey 166 included). A tile is 256 by 256 palette
pixels: transparent in the uppermost 16 rows (no data), else the grey of bin (row + column) modulo 180; an
invented sky, and `tEXt` says that it is simulated.
"""

from __future__ import annotations

import io
from datetime import date, timedelta
from functools import cache

import numpy as np
from PIL import Image
from PIL.PngImagePlugin import PngInfo
from tests.services.standin import StandIn, parser, run

GREYS = (
    *(
        7,
        13,
        19,
        24,
        29,
        33,
        37,
        41,
        45,
        48,
        52,
        55,
        58,
        61,
        64,
        67,
        69,
        72,
        74,
        77,
        79,
        81,
        83,
        85,
        87,
        89,
        91,
        93,
        95,
    ),
    *(96, 98, 100, 101, 103, 105, 106, 108, 109, 111, 112, 113, 115, 116, 117, 118, 120, 121, 122, 123),
    *range(125, 256),
)
"""The greys of the 180 bins, in order."""

_WIDE = (
    "7 7.1 7.2 7.3 7.4 7.6 7.7 7.8 7.9 8.1 8.2 8.3 8.5 8.6 8.8 8.9 9 9.2 9.3 9.5 9.6 9.8 10 10.1 10.3 10.4 10.6 10.8 "
    "11 11.1 11.3 11.5 11.7 11.8 12 12.2 12.4 12.6 12.8 13 13.2 13.4 13.6 13.9 14.1 14.3 14.5 14.7 15 15.2 15.4 15.7 "
    "15.9 16.2 16.4 16.7 16.9 17.2 17.5 17.7 18 18.3 18.6 18.8 19.1 19.4 19.7 20 20.3 20.7 21 21.3 21.6 21.9 22.3 22.6 "
    "23 23.3 23.7 24 24.4 24.8 25.1 25.5 25.9 26.3 26.7 27.1 27.5 27.9 28.3 28.8 29.2 29.6 30.1 30.5 31 31.5 31.9 32.4 "
    "32.9 33.4 33.9 34.4 34.9 35.5 36 36.5 37.1 37.6 38.2"
)
LOWS = (*(f"{number / 10:g}" for number in range(69)), *_WIDE.split())
"""The lower edges of the bins [nW cm-2 sr-1]; the last has no upper edge."""


@cache
def colormap() -> bytes:
    """The published table, version 1.3, with its misprint."""
    assert len(GREYS) == len(LOWS) == 180
    highs = [*LOWS[1:], "999999"]
    highs[GREYS.index(166)] = "100.0"
    entries = "\n".join(
        f'      <ColorMapEntry rgb="{grey},{grey},{grey}" transparent="false" sourceValue="[{low},{high})" '
        f'value="[{low},{high})" ref="{number}"/>'
        for number, (grey, low, high) in enumerate(zip(GREYS, LOWS, highs, strict=True), start=2)
    )
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<ColorMaps xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
  <ColorMap title="No Data">
    <Entries>
      <ColorMapEntry rgb="0,0,160" transparent="true" sourceValue="[65535]" nodata="true" ref="1"/>
    </Entries>
    <Legend type="classification"><LegendEntry rgb="0,0,160" tooltip="No Data" id="1"/></Legend>
  </ColorMap>
  <ColorMap title="Radiance" units="nW/(cm² sr)">
    <Entries>
{entries}
    </Entries>
    <Legend type="continuous" minLabel="0" maxLabel="&gt;= 38.2"/>
  </ColorMap>
</ColorMaps>
""".encode()


@cache
def tile() -> bytes:
    """The picture that every tile is."""
    rows, columns = np.indices((256, 256))
    index = ((rows + columns) % 180 + 1).astype("uint8")
    index[:16] = 0
    image = Image.frombytes("P", (256, 256), index.tobytes())
    image.putpalette([0, 0, 160, *(part for grey in GREYS for part in (grey, grey, grey))])
    said = PngInfo()
    said.add_text("Comment", "simulated")
    memory = io.BytesIO()
    image.save(memory, "PNG", transparency=0, pnginfo=said)
    return memory.getvalue()


class Gibs(StandIn):
    """The class attributes are the command line's."""

    first: date
    last: date
    gap: date | None

    def serve(self) -> None:
        """By path, as at the top of the module."""
        words = self.path_only.strip("/").split("/")
        if words == ["wmts", "wmts.cgi"] and self.one("REQUEST") == "DescribeDomains":
            self._domains()
        elif words[0] == "colormaps" and words[1:] == ["VIIRS_DayNightBand_At_Sensor_Radiance.xml"]:
            self.download(colormap(), "text/xml")
        elif len(words) == 8 and words[2] == "default" and words[4] == "GoogleMapsCompatible_Level8":
            self._tile(words)
        else:
            self.send(400, b"<ows:ExceptionReport>InvalidParameterValue</ows:ExceptionReport>", "text/xml")

    def _tile(self, words: list[str]) -> None:
        zoom, row, column = int(words[5]), int(words[6]), int(words[7].removesuffix(".png"))
        if zoom > 8 or not (0 <= row < 2**zoom and 0 <= column < 2**zoom):
            self.send(400, b"<ows:ExceptionReport>TileOutOfRange</ows:ExceptionReport>", "text/xml")
        elif date.fromisoformat(words[3]) in self._days():
            self.download(tile(), "image/png")
        else:
            self.send(404, b"<ows:ExceptionReport>no such day</ows:ExceptionReport>", "text/xml")

    def _days(self) -> list[date]:
        span = (self.last - self.first).days
        days = [self.first + timedelta(days=number) for number in range(span + 1)]
        return [day for day in days if day != self.gap]

    def _domains(self) -> None:
        raw = self.path.rpartition("TIME=")[2]
        if "%2F" in raw or "/" not in raw:
            self.send(400, b"<ows:ExceptionReport>Invalid TIME</ows:ExceptionReport>", "text/xml")
            return
        first, last = (date.fromisoformat(edge[:10]) for edge in raw.split("/"))
        days = [day for day in self._days() if first <= day <= last]
        pieces: list[list[date]] = []
        for day in days:
            if pieces and day - pieces[-1][-1] == timedelta(days=1):
                pieces[-1].append(day)
            else:
                pieces.append([day])
        told = ",".join(f"{piece[0]}/{piece[-1]}/P1D" for piece in pieces)
        domain = (
            f"<DimensionDomain><ows:Identifier>time</ows:Identifier><Domain>{told}</Domain>"
            f"<Size>{len(pieces)}</Size></DimensionDomain>"
            if pieces
            else ""
        )
        text = f"<Domains xmlns:ows='http://www.opengis.net/ows/1.1'>{domain}</Domains>"
        self.send(200, text.encode(), "text/xml")


def main() -> None:
    """Serves."""
    line = parser("A stand-in of NASA's map tiles of lights.")
    line.add_argument("--first", type=date.fromisoformat, default=date(2024, 1, 1))
    line.add_argument("--last", type=date.fromisoformat, default=date(2024, 1, 31))
    line.add_argument("--gap", type=date.fromisoformat, default=None)
    said = line.parse_args()
    Gibs.first, Gibs.last, Gibs.gap = said.first, said.last, said.gap
    run(Gibs, said)


if __name__ == "__main__":
    main()
