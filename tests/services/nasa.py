"""A stand-in of NASA: CMR search, LAADS listings and archive, and the Earthdata login page.

    python -m tests.services.nasa [--folder DIR | --make VNP46A3:2021-03-01,2024-03-01 …] [--token letmein] [--page 5]
                                  [--two-stamps] [--wrong-checksum] [--neighbours] [faults of standin.py]

  /search/granules.umm_json, .json   CMR (no login); pages by the header CMR-Search-After
  /api/v2/content/details            LAADS' listing (no login); pages by nextPageLink
  /archive/allData/5200/P/YYYY/DDD.csv, …/NAME.h5, /prod-lads/P/NAME.h5
                                     with `Authorization: Bearer TOKEN`, else 302 to a login page with status 200

Endpoints: cmr {"search": URL/search, "archive": URL/archive}; laads {"api": URL/api/v2, "archive": URL/archive}.
`--folder` serves the granules that lie there, by their names; `--make` writes simulated ones of the invented coast
(tile h05v13: 130 to 120 W, 50 to 40 S) into a temporary folder. `--two-stamps` lists every granule also with an older
production stamp; `--wrong-checksum` tells MD5 sums that are not the files'; `--neighbours` answers with all tiles.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from tests.services.standin import LOGIN_PAGE, StandIn, parser, run

from dateline.imagery.catalog.black_marble import Granule, parse_name, period
from dateline.simulate.black_marble import write_tile
from dateline.simulate.exercise import DARK_WINDOW
from dateline.simulate.world import invented_coast

OLDER = "2020001000000"


class Nasa(StandIn):
    """The class attributes are the command line's."""

    folder: Path
    token: str
    page: int
    two_stamps: bool
    wrong_checksum: bool
    neighbours: bool

    def serve(self) -> None:
        """By path, as at the top of the module."""
        path = self.path_only
        if path in {"/search/granules.umm_json", "/search/granules.json"}:
            self._search(umm=path.endswith("umm_json"))
        elif path == "/api/v2/content/details":
            self._details()
        elif path.startswith(("/archive/", "/prod-lads/")):
            self._archive(path)
        elif path == "/oauth/authorize":
            self.send(200, LOGIN_PAGE, "text/html; charset=utf-8")
        else:
            self.send(404, b'{"errors":["not found"]}', "application/json")

    def _granules(self) -> list[tuple[Granule, Path]]:
        """What the folder holds, and where asked an older version of each."""
        found = []
        for path in sorted(self.folder.glob("*.h5")):
            granule = parse_name(path.name)
            if granule is None:
                continue
            if self.two_stamps:
                found.append((Granule(granule.key, OLDER, granule.simulated), path))
            found.append((granule, path))
        return found

    def _matching(
        self, product: str, start: datetime, end: datetime, box: tuple[float, ...]
    ) -> list[tuple[Granule, Path]]:
        """Those of a product whose time and box overlap, both ends included."""
        kept = []
        for granule, path in self._granules():
            first, last = span(granule)
            west, south, east, north = granule.key.tile.bounds
            near = self.neighbours or (
                box[0] <= east and box[2] >= west and box[1] <= north and box[3] >= south  # edges count
            )
            if granule.key.product == product and first <= end and last >= start and near:
                kept.append((granule, path))
        return kept

    def _search(self, *, umm: bool) -> None:
        if self.one("version") != "2" or not self.one("short_name"):
            self.send(400, b'{"errors":["short_name and version 2 are wanted"]}', "application/json")
            return
        start, end = (datetime.fromisoformat(edge) for edge in self.one("temporal").split(","))
        box = tuple(float(edge) for edge in self.one("bounding_box").split(","))
        found = self._matching(self.one("short_name"), start, end, box)
        at = json.loads(self.headers.get("CMR-Search-After") or "[0]")[0]
        size = min(self.page, int(self.one("page_size") or 10))
        shown = found[at : at + size]
        headers = {"CMR-Hits": str(len(found)), "CMR-Took": "12"}
        if at + size < len(found):
            headers["CMR-Search-After"] = json.dumps([at + size, "G1"])
        if umm:
            told: Any = {"hits": len(found), "took": 12, "items": [self._umm(*pair) for pair in shown]}
            self.send_json(told, headers, "application/vnd.nasa.cmr.umm_results+json;version=1.6.6; charset=utf-8")
        else:
            told = {"feed": {"title": "ECHO granule metadata", "entry": [self._entry(*pair) for pair in shown]}}
            self.send_json(told, headers)

    def _sum(self, path: Path) -> str:
        data = b"another file" if self.wrong_checksum else path.read_bytes()
        return hashlib.md5(data).hexdigest()

    def _umm(self, granule: Granule, path: Path) -> dict[str, Any]:
        """A granule in UMM-G 1.6."""
        first, last = span(granule)
        west, south, east, north = granule.key.tile.bounds
        size = path.stat().st_size
        file = {
            "Name": granule.name,
            "SizeInBytes": size,
            "Size": size / 2**20,
            "SizeUnit": "MB",
            "Checksum": {"Value": self._sum(path), "Algorithm": "MD5"},
        }
        return {
            "meta": {
                "concept-type": "granule",
                "concept-id": f"G{int(granule.stamp) % 10**10}-LAADS",
                "native-id": f"LAADS:{int(granule.stamp) % 10**10}",
                "provider-id": "LAADS",
                "format": "application/echo10+xml",
                "revision-id": 1,
            },
            "umm": {
                "GranuleUR": f"LAADS:{int(granule.stamp) % 10**10}",
                "CollectionReference": {"ShortName": granule.key.product, "Version": "2"},
                "TemporalExtent": {
                    "RangeDateTime": {"BeginningDateTime": stamp(first), "EndingDateTime": stamp(last)},
                },
                "SpatialExtent": {
                    "HorizontalSpatialDomain": {
                        "Geometry": {
                            "BoundingRectangles": [
                                {
                                    "WestBoundingCoordinate": west,
                                    "SouthBoundingCoordinate": south,
                                    "EastBoundingCoordinate": east,
                                    "NorthBoundingCoordinate": north,
                                }
                            ]
                        }
                    }
                },
                "DataGranule": {
                    "DayNightFlag": "Night",
                    "ProductionDateTime": stamp(first + timedelta(days=200)),
                    "Identifiers": [{"IdentifierType": "ProducerGranuleId", "Identifier": granule.name}],
                    "ArchiveAndDistributionInformation": [file],
                },
                "RelatedUrls": [
                    {
                        "URL": f"s3://prod-lads/{granule.key.product}/{granule.name}",
                        "Type": "GET DATA VIA DIRECT ACCESS",
                    },
                    {"URL": self._address(granule), "Type": "GET DATA"},
                    {"URL": f"{self._address(granule)}.dmrpp", "Type": "EXTENDED METADATA"},
                    {"URL": "https://doi.org/10.5067/VIIRS/VNP46A3.002", "Type": "VIEW RELATED INFORMATION"},
                ],
                "MetadataSpecification": {"Name": "UMM-G", "Version": "1.6.6"},
            },
        }

    def _entry(self, granule: Granule, path: Path) -> dict[str, Any]:
        """The same in CMR's short JSON."""
        first, last = span(granule)
        west, south, east, north = granule.key.tile.bounds
        data = "http://esipfed.org/ns/fedsearch/1.1/data#"
        return {
            "id": f"G{int(granule.stamp) % 10**10}-LAADS",
            "title": f"LAADS:{int(granule.stamp) % 10**10}",
            "producer_granule_id": granule.name,
            "time_start": stamp(first),
            "time_end": stamp(last),
            "granule_size": f"{path.stat().st_size / 2**20:.6f}",
            "boxes": [f"{south} {west} {north} {east}"],
            "links": [{"rel": data, "href": self._address(granule), "hreflang": "en-US"}],
        }

    def _address(self, granule: Granule) -> str:
        return f"{self.base}/prod-lads/{granule.key.product}/{granule.name}"

    def _details(self) -> None:
        first, last = (date.fromisoformat(edge) for edge in self.one("temporalRanges").split(".."))
        words = {word[0]: float(word[1:]) for word in self.one("regions").removeprefix("[BBOX]").split()}
        box = (words["W"], words["S"], words["E"], words["N"])
        end = datetime.combine(last, time(23, 59, 59), UTC)
        found = self._matching(self.one("products"), datetime.combine(first, time(), UTC), end, box)
        page = int(self.one("page") or 1)
        shown = found[(page - 1) * self.page : page * self.page]
        query = {key: values[0] for key, values in self.query.items()}
        more = f"{self.base}{self.path_only}?{urlencode({**query, 'page': str(page + 1)})}"
        told: dict[str, Any] = {"content": [self._row(*pair) for pair in shown], "totalFiles": len(found)}
        if page * self.page < len(found):
            told["nextPageLink"] = more
        self.send_json(told)

    def _row(self, granule: Granule, path: Path) -> dict[str, Any]:
        first, last = span(granule)
        return {
            "archiveSets": "5200",
            "products": granule.key.product,
            "name": granule.name,
            "start": f"{first:%Y-%m-%d %H:%M:%S}",
            "end": f"{last:%Y-%m-%d %H:%M:%S}",
            "illuminations": "N",
            "size": path.stat().st_size,
            "md5sum": self._sum(path),
            "downloadsLink": f"/archive/allData/5200/{folder_of(granule)}/{granule.name}",
        }

    def _archive(self, path: str) -> None:
        if self.headers.get("Authorization") != f"Bearer {self.token}":
            self.send(302, b"", "text/html", {"Location": f"{self.base}/oauth/authorize?client_id=lads&state={path}"})
            return
        name = path.rpartition("/")[2]
        if name.endswith(".csv"):
            self._listing(path)
            return
        found = next((file for granule, file in self._granules() if granule.name == name), None)
        if found is None:
            self.send(404, b"<html>Not Found</html>", "text/html")
        else:
            self.download(found.read_bytes(), "application/x-hdf5")

    def _listing(self, path: str) -> None:
        rows = [
            f"{granule.name},2026-03-02 00:00,{file.stat().st_size}"
            for granule, file in self._granules()
            if path == f"/archive/allData/5200/{folder_of(granule)}.csv"
        ]
        self.send(200, "\n".join(["name,last_modified,size", *rows, ""]).encode(), "text/csv")


def span(granule: Granule) -> tuple[datetime, datetime]:
    """First and last second of a granule."""
    when = period(granule.key.product, granule.key.day)
    assert isinstance(when.earliest, date)
    assert isinstance(when.latest, date)
    return datetime.combine(when.earliest, time(), UTC), datetime.combine(when.latest, time(23, 59, 59), UTC)


def folder_of(granule: Granule) -> str:
    """PRODUCT/YYYY/DDD."""
    return f"{granule.key.product}/{granule.key.day:%Y/%j}"


def stamp(moment: datetime) -> str:
    """A time as CMR writes it."""
    return f"{moment:%Y-%m-%dT%H:%M:%S}.000Z"


def make(folder: Path, wanted: list[str]) -> None:
    """Writes simulated granules: PRODUCT:DAY,DAY."""
    world = invented_coast()
    for one in wanted:
        product, _, days = one.partition(":")
        for day in days.split(","):
            write_tile(folder, world, product, date.fromisoformat(day), DARK_WINDOW)


def main() -> None:
    """Serves."""
    line = parser("A stand-in of NASA's catalogues and archive.")
    line.add_argument("--folder", type=Path)
    line.add_argument("--make", nargs="*", default=[])
    line.add_argument("--token", default="letmein")
    line.add_argument("--page", type=int, default=5)
    line.add_argument("--two-stamps", action="store_true")
    line.add_argument("--wrong-checksum", action="store_true")
    line.add_argument("--neighbours", action="store_true")
    said = line.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = said.folder or Path(scratch)
        make(folder, said.make)
        for name in ("token", "page", "two_stamps", "wrong_checksum", "neighbours"):
            setattr(Nasa, name, getattr(said, name))
        Nasa.folder = folder
        run(Nasa, said)


if __name__ == "__main__":
    main()
