"""A stand-in of three STAC services and the stores behind them: Earth Search, Planetary Computer, Copernicus.

    python -m tests.services.stac [--days 2024-01-05,2024-01-15] [--cloudy 2024-01-15] [--page 2] [--expire 3600]
                                  [--two-baselines] [--stray] [--size 1024] [--token letmein] [faults of standin.py]

  /earth-search/v1/search       POST; next page by a whole body with `next` (merge false)
  /pc/api/stac/v1/search        POST; next page by a whole body with `token`
  /pc/api/sas/v1/token/NAME     a signature that is good for --expire seconds
  /cdse/v1/search               POST; next page by a body with `token` to be merged (merge true)
  /cogs/ID/BAND.tif             Cloud-Optimised GeoTIFFs, open; ranges with 206 and ETag
  /blob/NAME/ID/BAND.tif        the same, 403 without a good signature
  /odata/v1/Products(ID)/$value a packed product, with `Authorization: Bearer TOKEN`, else 302 to a login page

Endpoints: earth_search {"stac": URL/earth-search/v1}; planetary_computer {"stac": URL/pc/api/stac/v1,
"sas": URL/pc/api/sas/v1}; copernicus {"stac": URL/cdse/v1}.

Every day has one Sentinel-2 scene and one Sentinel-1 scene of an invented place in the open Pacific (`PLACE`); names
end in _SIMULATED. On a `--cloudy` day the western half of the place is cloud in SCL (8), and eo:cloud_cover is 60.
`--two-baselines` adds each Sentinel-2 scene in baseline 04.00; `--stray` makes next pages lie on another host.
Radar: -32768 in the ten columns at the left, where nothing was measured.
"""

from __future__ import annotations

import hashlib
import io
import json
import time
import zipfile
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any, ClassVar
from urllib.parse import parse_qs, urlsplit

import numpy as np
import rasterio
from rasterio.io import MemoryFile
from rasterio.transform import from_origin
from rasterio.warp import transform_bounds
from tests.services.standin import LOGIN_PAGE, StandIn, parser, run

PLACE = (-125.0, -47.0)
"""Longitude and latitude of the middle of all scenes [deg]: open ocean."""

EPSG = 32710
"""UTM zone 10 south."""

BANDS = {"blue": "B02", "green": "B03", "red": "B04", "nir": "B08", "swir16": "B11", "scl": "SCL"}
COG = "image/tiff; application=geotiff; profile=cloud-optimized"
SECRET = "stand-in"


@cache
def corner(size: int) -> tuple[float, float]:
    """Easting and northing of the upper left corner [m]: PLACE is the middle."""
    x, y, _, _ = transform_bounds("EPSG:4326", EPSG, *PLACE, *PLACE)
    return (round(x, -1) - 5 * size, round(y, -1) + 5 * size)


@cache
def footprint(size: int) -> tuple[float, float, float, float]:
    """West, south, east, north of a scene [deg]."""
    left, top = corner(size)
    west, south, east, north = transform_bounds(EPSG, "EPSG:4326", left, top - 10 * size, left + 10 * size, top)
    return (west, south, east, north)


@cache
def raster(band: str, day: str, size: int, cloudy: bool) -> bytes:
    """A Cloud-Optimised GeoTIFF of one band."""
    rng = np.random.default_rng(int(hashlib.md5(f"{band}{day}".encode()).hexdigest()[:8], 16))
    if band in {"vv", "vh"}:
        values = rng.gamma(4.4, 0.05 / 4.4, (size, size)).astype("float32")
        values[:, :10] = -32768
        nodata: float | None = -32768
    elif band == "scl":
        values = np.full((size, size), 6, dtype="uint8")
        values[:, : size // 2 if cloudy else 0] = 8
        nodata = 0
    else:
        values = rng.integers(1100, 1400, (size, size)).astype("uint16")
        nodata = 0
    left, top = corner(size)
    with MemoryFile() as memory:
        with memory.open(
            driver="COG",
            width=size,
            height=size,
            count=1,
            dtype=values.dtype,
            crs=f"EPSG:{EPSG}",
            transform=from_origin(left, top, 10, 10),
            nodata=nodata,
            compress="DEFLATE",
            blocksize=256,
        ) as file:
            file.write(values, 1)
            file.update_tags(SIMULATED="yes")
        return bytes(memory.read())


class Stac(StandIn):
    """The class attributes are the command line's."""

    days: ClassVar[list[str]]
    cloudy: ClassVar[list[str]]
    page: int
    expire: float
    two_baselines: bool
    stray: bool
    size: int
    token: str

    def serve(self) -> None:
        """By path, as at the top of the module."""
        path = self.path_only
        if path.endswith("/search") and self.command == "POST":
            self._search(path.split("/")[1])
        elif path.startswith("/pc/api/sas/v1/token/"):
            self._sign(path.rpartition("/")[2])
        elif path.startswith("/cogs/"):
            self._cog(path)
        elif path.startswith("/blob/"):
            self._blob(path)
        elif path.startswith("/odata/v1/Products("):
            self._product(path)
        elif path == "/auth":
            self.send(200, LOGIN_PAGE.replace(b"Earthdata", b"Copernicus"), "text/html; charset=utf-8")
        else:
            self.send(404, b'{"code":"NotFound","description":"no such path"}', "application/json")

    def _search(self, flavour: str) -> None:
        told = json.loads(self.body)
        start, end = (datetime.fromisoformat(edge) for edge in told["datetime"].split("/"))
        west, south, east, north = told["bbox"]
        place = footprint(self.size)
        near = west <= place[2] and east >= place[0] and south <= place[3] and north >= place[1]
        found = [
            item
            for collection in told["collections"]
            for item in self._items(flavour, collection)
            if near and start <= datetime.fromisoformat(item["properties"]["datetime"]) <= end
        ]
        key = "next" if flavour == "earth-search" else "token"
        at = int(str(told.get(key, "0")).rpartition(":")[2])
        size = min(self.page, int(told.get("limit", 10)))
        links: list[dict[str, Any]] = [{"rel": "root", "type": "application/json", "href": f"{self.base}/{flavour}"}]
        if at + size < len(found):
            links.append(self._next(flavour, told, key, at + size))
        shown = found[at : at + size]
        self.send_json(
            {
                "type": "FeatureCollection",
                "stac_version": "1.0.0",
                "context": {"limit": size, "matched": len(found), "returned": len(shown)},
                "numberMatched": len(found),
                "numberReturned": len(shown),
                "features": shown,
                "links": links,
            },
            kind="application/geo+json",
        )

    def _next(self, flavour: str, told: dict[str, Any], key: str, at: int) -> dict[str, Any]:
        host = "http://elsewhere.invalid" if self.stray else self.base
        link = {
            "rel": "next",
            "title": "Next page of Items",
            "method": "POST",
            "type": "application/geo+json",
            "href": host + self.path_only,
        }
        value = str(at) if flavour == "earth-search" else f"next:{at}"
        if flavour == "cdse":
            return {**link, "merge": True, "body": {key: value}}
        return {**link, "merge": False, "body": {**told, key: value}}

    def _items(self, flavour: str, collection: str) -> list[dict[str, Any]]:
        made = []
        for day in self.days:
            if collection.startswith("sentinel-1"):
                made.append(self._radar(flavour, collection, day))
            elif collection in {"sentinel-2-l2a", "sentinel-2-c1-l2a"}:
                made += [self._optical(flavour, collection, day, baseline) for baseline in self._baselines()]
        return made

    def _baselines(self) -> tuple[str, ...]:
        return ("04.00", "05.10") if self.two_baselines else ("05.10",)

    def _feature(self, collection: str, id_: str, told: dict[str, Any], assets: dict[str, Any]) -> dict[str, Any]:
        west, south, east, north = footprint(self.size)
        ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
        return {
            "type": "Feature",
            "stac_version": "1.0.0",
            "stac_extensions": ["https://stac-extensions.github.io/eo/v1.1.0/schema.json"],
            "id": id_,
            "collection": collection,
            "bbox": [west, south, east, north],
            "geometry": {"type": "Polygon", "coordinates": [ring]},
            "properties": told,
            "assets": assets,
            "links": [{"rel": "self", "href": f"{self.base}/collections/{collection}/items/{id_}"}],
        }

    def _optical(self, flavour: str, collection: str, day: str, baseline: str) -> dict[str, Any]:
        moment = date.fromisoformat(day)
        number = baseline.replace(".", "")
        made = f"{moment + timedelta(days=1):%Y%m%d}T{'05' if baseline > '05' else '02'}0000"
        name = f"S2A_MSIL2A_{moment:%Y%m%d}T190311_N{number}_R013_T10GBP_{made}_SIMULATED"
        told = {
            "datetime": f"{day}T19:03:11.024000Z",
            "platform": "sentinel-2a" if flavour != "pc" else "Sentinel-2A",
            "constellation": "sentinel-2",
            "instruments": ["msi"],
            "eo:cloud_cover": 60.0 if day in self.cloudy else 1.5,
            "grid:code": "MGRS-10GBP",
            "s2:processing_baseline": baseline,
            "sat:relative_orbit": 13,
            "sat:orbit_state": "descending",
            "created": "2026-01-01T00:00:00Z",
            "updated": "2026-01-01T00:00:00Z",
        }
        if flavour == "earth-search":
            id_ = f"S2A_10GBP_{moment:%Y%m%d}_{0 if baseline < '05' else 1}_L2A_SIMULATED"
            told |= {"s2:product_uri": f"{name}.SAFE", "earthsearch:boa_offset_applied": baseline > "05"}
            return self._feature(collection, id_, told, self._bands("cogs", collection, id_, day, with_jp2=True))
        if flavour == "pc":
            id_ = name.replace(f"_N{number}", "")
            told |= {"s2:product_uri": f"{name}.SAFE", "s2:mgrs_tile": "10GBP"}
            bands = self._bands("blob", collection, id_, day, with_jp2=False)
            return self._feature(collection, id_, told, {BANDS.get(key, key): asset for key, asset in bands.items()})
        told["processing:version"] = baseline
        return self._feature(collection, name, told, self._eodata(name, "B04_10m", "image/jp2"))

    def _bands(self, store: str, collection: str, id_: str, day: str, *, with_jp2: bool) -> dict[str, Any]:
        assets: dict[str, Any] = {
            "thumbnail": {"href": f"{self.base}/{store}/preview.jpg", "type": "image/jpeg", "roles": ["thumbnail"]}
        }
        for band, code in BANDS.items():
            folder = f"{collection}/{id_}" if store == "blob" else id_
            file = raster(band, day, self.size, day in self.cloudy)
            assets[band] = {
                "href": f"{self.base}/{store}/{folder}/{code}.simulated.tif",
                "type": COG,
                "roles": ["data", "reflectance"] if band != "scl" else ["data"],
                "raster:bands": [{"nodata": 0, "data_type": "uint16", "scale": 0.0001, "offset": -0.1}],
                "proj:epsg": EPSG,
                "file:size": len(file),
                "file:checksum": "1220" + hashlib.sha256(file).hexdigest(),
            }
            if with_jp2:
                assets[f"{band}-jp2"] = {
                    "href": f"s3://sentinel-s2-l2a/tiles/10/G/BP/{code}.jp2",
                    "type": "image/jp2",
                    "roles": ["data"],
                }
        return assets

    def _radar(self, flavour: str, collection: str, day: str) -> dict[str, Any]:
        moment = date.fromisoformat(day)
        span = f"{moment:%Y%m%d}T134500_{moment:%Y%m%d}T134525"
        take = f"S1A_IW_GRDH_1SDV_{span}_052000_064ABC"
        told = {
            "datetime": f"{day}T13:45:12.500000Z",
            "start_datetime": f"{day}T13:45:00Z",
            "end_datetime": f"{day}T13:45:25Z",
            "platform": "sentinel-1a" if flavour != "pc" else "SENTINEL-1A",
            "constellation": "sentinel-1",
            "instruments": ["c-sar"],
            "sar:instrument_mode": "IW",
            "sar:frequency_band": "C",
            "sar:polarizations": ["VV", "VH"],
            "sar:product_type": "GRD",
            "sat:relative_orbit": 27,
            "sat:orbit_state": "ascending",
        }
        if flavour == "earth-search":
            href = f"s3://sentinel-s1-l1c/GRD/{moment:%Y}/{moment.month}/{moment.day}/IW/DV/{take}_A8B1/measurement"
            assets = {band: {"href": f"{href}/iw-{band}.tiff", "type": COG, "roles": ["data"]} for band in ("vv", "vh")}
            return self._feature(collection, f"{take}_SIMULATED", told, assets)
        if flavour == "pc":
            id_ = f"{take}_rtc_SIMULATED"
            assets = {
                band: {
                    "href": f"{self.base}/blob/{collection}/{id_}/iw-{band}.rtc.simulated.tiff",
                    "type": COG,
                    "roles": ["data"],
                }
                for band in ("vv", "vh")
            }
            return self._feature(collection, id_, told, assets)
        name = f"{take}_A8B1_COG_SIMULATED"
        return self._feature(collection, name, told, self._eodata(name, "vv", COG))

    def _eodata(self, name: str, band: str, kind: str) -> dict[str, Any]:
        """Assets as the Copernicus catalogue writes them: one band in S3 only, one with https beside, the product."""
        data = packed(name)
        product = f"{self.base}/odata/v1/Products({uuid(name)})/$value"
        return {
            band: {"href": f"s3://eodata/{name}.SAFE/{band}.jp2", "type": kind, "roles": ["data"], "auth:refs": ["s3"]},
            f"{band}-https": {
                "href": f"s3://eodata/{name}.SAFE/{band}-https.jp2",
                "type": kind,
                "roles": ["data"],
                "auth:refs": ["s3"],
                "alternate": {"https": {"href": product.replace("$value", "Nodes(x)/$value"), "auth:refs": ["oidc"]}},
            },
            "Product": {
                "href": product,
                "type": "application/zip",
                "roles": ["data", "metadata", "archive"],
                "file:size": len(data),
                "file:checksum": "d50110" + hashlib.md5(data).hexdigest(),
                "file:local_path": f"{name}.SAFE.zip",
                "auth:refs": ["oidc"],
            },
        }

    def _sign(self, collection: str) -> None:
        until = datetime.now(UTC) + timedelta(seconds=self.expire)
        end = f"{until:%Y-%m-%dT%H:%M:%SZ}"
        token = f"st=2026-01-01T00%3A00%3A00Z&se={end.replace(':', '%3A')}&sp=rl&sv=2024-05-04&sr=c&sig="
        self.send_json({"msft:expiry": end, "token": token + signature(collection, end)})

    def _blob(self, path: str) -> None:
        query = parse_qs(urlsplit(self.path).query)
        end = query.get("se", [""])[0]
        good = query.get("sig", [""])[0] == signature(path.split("/")[2], end)
        if not good or datetime.fromisoformat(end).timestamp() < time.time():
            told = b'<?xml version="1.0" encoding="utf-8"?><Error><Code>AuthenticationFailed</Code></Error>'
            self.send(403, told, "application/xml")
            return
        self._cog(path)

    def _cog(self, path: str) -> None:
        id_, name = path.split("/")[-2:]
        band = {code: key for key, code in BANDS.items()}.get(name.split(".")[0]) or name.split(".")[0][3:]
        day = next((day for day in self.days if day.replace("-", "") in id_), None)
        if day is None or band not in {*BANDS, "vv", "vh"}:
            self.send(404, b"<Error><Code>NoSuchKey</Code></Error>", "application/xml")
            return
        self.download(raster(band, day, self.size, day in self.cloudy), "image/tiff")

    def _product(self, path: str) -> None:
        if self.headers.get("Authorization") != f"Bearer {self.token}":
            self.send(302, b"", "text/html", {"Location": f"{self.base}/auth"})
            return
        names = [item["id"] for kind in ("sentinel-1-grd", "sentinel-2-l2a") for item in self._items("cdse", kind)]
        name = next((name for name in names if f"({uuid(name)})" in path), None)
        if name is None:
            self.send(404, b'{"detail":"Product not found"}', "application/json")
        else:
            self.download(packed(name), "application/zip")


def signature(collection: str, end: str) -> str:
    """What makes an address good until a time."""
    return hashlib.sha256(f"{SECRET} {collection} {end}".encode()).hexdigest()[:43]


def uuid(name: str) -> str:
    """The catalogue's number of a product."""
    digits = hashlib.md5(name.encode()).hexdigest()
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))


@cache
def packed(name: str) -> bytes:
    """A small product in a ZIP."""
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w") as file:
        file.writestr(zipfile.ZipInfo(f"{name}.SAFE/manifest.safe"), "<simulated/>" + " " * 20_000)
    return memory.getvalue()


def main() -> None:
    """Serves."""
    line = parser("A stand-in of three STAC services.")
    line.add_argument("--days", default="2024-01-05,2024-01-15")
    line.add_argument("--cloudy", default="")
    line.add_argument("--page", type=int, default=100)
    line.add_argument("--expire", type=float, default=3600)
    line.add_argument("--two-baselines", action="store_true")
    line.add_argument("--stray", action="store_true")
    line.add_argument("--size", type=int, default=1024)
    line.add_argument("--token", default="letmein")
    said = line.parse_args()
    for name in ("page", "expire", "two_baselines", "stray", "size", "token"):
        setattr(Stac, name, getattr(said, name))
    Stac.days, Stac.cloudy = said.days.split(","), said.cloudy.split(",")
    with rasterio.Env():
        run(Stac, said)


if __name__ == "__main__":
    main()
