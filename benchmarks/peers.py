"""The lights job by the peers, in a process and an environment of their own: peers.py FOLDER OUT NAME."""

from __future__ import annotations

import datetime as dt
import importlib
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

SIZE = 2400
GRID = "HDFEOS/GRIDS/VIIRS_Grid_DNB_2d/Data Fields"
LAYER = "NearNadir_Composite_Snow_Free"
FURTHER = "AllAngle_Composite_Snow_Free"
FILL = np.float32(-999.9)
WEST, NORTH = -130.0, -40.0


def tiles(folder):
    """The 24 files in order of time."""
    return sorted(folder.glob("VNP46A3.*.h5"))


def polygons(folder):
    """The districts, as geopandas reads them."""
    import geopandas

    return geopandas.read_file(folder / "districts.geojson")


def masked(path, layer=LAYER):
    """One layer with only good quality left; the rest is NaN."""
    import h5py

    with h5py.File(path, "r") as file:
        group = file[GRID]
        values, quality = group[layer][:], group[layer + "_Quality"][:]
    values[(values == FILL) | (quality != 0)] = np.nan
    return values


def source(array):
    """An array for exactextract, in its place on Earth."""
    from exactextract.raster import NumPyRasterSource

    return NumPyRasterSource(array, xmin=WEST, ymin=NORTH - 10, xmax=WEST + 10, ymax=NORTH)


def coverage(folder):
    """Polygon by pixel coverage fractions from exactextract, as a sparse matrix."""
    import scipy.sparse
    from exactextract import exact_extract

    told = exact_extract(source(np.zeros((SIZE, SIZE), "u1")), polygons(folder), ["cell_id", "coverage"])
    columns = [one["properties"]["cell_id"] for one in told]
    shares = [one["properties"]["coverage"] for one in told]
    rows = np.repeat(np.arange(len(told)), [len(one) for one in columns])
    shape = (len(told), SIZE * SIZE)
    return scipy.sparse.csr_array((np.concatenate(shares), (rows, np.concatenate(columns))), shape, dtype="f4")


def bare(folder):
    """h5py and a coverage matrix, streamed: what a good programmer writes in an hour for this one job."""
    matrix = coverage(folder)
    sums, counts = [], []
    for path in tiles(folder):
        values = masked(path).ravel()
        good = np.isfinite(values)
        sums.append(matrix @ np.where(good, values, np.float32(0)))
        counts.append(matrix @ good.astype("f4"))
    return np.array(sums), np.array(counts)


def read_one_layer(folder):
    """h5py alone: the further layer of the 24 tiles, kept nowhere."""
    import h5py

    total = 0.0
    for path in tiles(folder):
        with h5py.File(path, "r") as file:
            total += float(file[GRID][FURTHER][:][0, 0])
    return np.array([total]), np.array([0.0])


def exactextract(folder):
    """exactextract on each month: the oracle of the sums."""
    from exactextract import exact_extract

    shapes = polygons(folder)
    rows = [exact_extract(source(masked(path)), shapes, ["sum", "count"], output="pandas") for path in tiles(folder)]
    return tuple(np.array([row[name].to_numpy() for row in rows]) for name in ("sum", "count"))


def blackmarblepy(folder):
    """blackmarblepy's extract() for 24 months; only its download is replaced by the local files."""
    from blackmarble import BlackMarble, Product, core

    core.BlackMarbleDownloader.download = lambda *_, **__: tiles(folder)
    months = [dt.date(2022 + month // 12, month % 12 + 1, 1) for month in range(24)]
    with tempfile.TemporaryDirectory() as folder_out:
        reader = BlackMarble(token="none", output_directory=folder_out, drop_values_by_quality_flag=[1, 2, 255])
        table = reader.extract(polygons(folder), Product.VNP46A3, months, aggfunc=["sum", "mean", "count"])
    return tuple(table[name].to_numpy().reshape(24, -1) for name in ("ntl_sum", "ntl_count"))


JOBS = {job.__name__: job for job in (bare, read_one_layer, exactextract, blackmarblepy)}

MORE = {"blackmarblepy": ("blackmarble",)}


def main(folder, out, name):
    """Imports first, so that the seconds are those of the work."""
    for module in ("exactextract", "geopandas", "h5py", "scipy.sparse", *MORE.get(name, ())):
        importlib.import_module(module)
    started = time.perf_counter()
    sums, counts = JOBS[name](folder)
    np.savez(out, sum=sums, count=counts, seconds=time.perf_counter() - started)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3])
