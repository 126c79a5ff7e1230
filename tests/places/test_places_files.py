"""Files of places, good and hostile: names kept, WGS 84 reached, nothing guessed, nothing unpacked or fetched."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import numpy as np
import pyogrio
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Transformer

from dateline.core import DatelineError, InputError, UsageError
from dateline.core.identity import is_id
from dateline.places import vector, zips
from dateline.places.parse import read, read_places
from dateline.places.shapes import to_wgs84

KML = """<?xml version="1.0" encoding="UTF-8"?><kml xmlns="http://www.opengis.net/kml/2.2"><Document>
<Folder><name>Ports</name>
<Placemark><name>Rajin</name><Point><coordinates>130.3,42.2333,5</coordinates></Point></Placemark>
<Placemark><name>Unplaced</name></Placemark></Folder>
<Folder><name>Ports</name>
<Placemark><name>Yard</name><MultiGeometry><Point><coordinates>130.25,42.25</coordinates></Point>
<Polygon><outerBoundaryIs><LinearRing><coordinates>130.2,42.2 130.3,42.2 130.3,42.3 130.2,42.2</coordinates>
</LinearRing></outerBoundaryIs></Polygon></MultiGeometry></Placemark>
<Placemark><name>Road</name><LineString><coordinates>130,42 131,43</coordinates></LineString></Placemark>
</Folder></Document></kml>"""


def feature(geometry, name="here"):
    return {"type": "Feature", "properties": {"name": name}, "geometry": geometry}


def geojson(*features, **members):
    return json.dumps({"type": "FeatureCollection", "features": list(features), **members})


def point(x, y):
    return {"type": "Point", "coordinates": [x, y]}


def polygon(*ring):
    return {"type": "Polygon", "coordinates": [[*ring, ring[0]]]}


def archive(**files):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in files.items():
            packed.writestr(name, content)
    return stream.getvalue()


def saved(folder, name, content):
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def refused(source, code, **options):
    with pytest.raises(DatelineError) as caught:
        read(source, **options)
    assert caught.value.code == code, caught.value
    assert caught.value.do
    return caught.value


def test_kml_keeps_names_folders_and_says_what_it_left_out(tmp_path):
    """Two folders of one name are both read; a placemark without a shape and a road are told, not lost."""
    reading = read(saved(tmp_path, "ports.kml", KML))
    assert [place.name for place in reading.places] == ["Rajin", "Yard"]
    assert reading.places[0].where.lat == 42.2333
    assert reading.places[0].where.radius is None
    assert reading.places[1].where.is_area
    told = " ".join(reading.notes)
    assert "Unplaced" in told
    assert "Road): a LineString" in told
    assert "Heights were dropped" in told
    assert told in " ".join(read_places(tmp_path / "ports.kml")[0].notes)


def test_kmz_zip_gpx_and_pasted_kml_are_read_alike(tmp_path):
    """The kind is told by the bytes, so a wrong ending does not matter."""
    kmz = read(saved(tmp_path, "ports.bin", archive(**{"doc.kml": KML, "files/icon.png": b"\x89PNG"})))
    assert [place.name for place in kmz.places] == ["Rajin", "Yard"]
    assert [place.name for place in read(KML).places] == ["Rajin", "Yard"]
    gpx = (
        '<gpx version="1.1" creator="x" xmlns="http://www.topografix.com/GPX/1/1"><wpt lat="42.2" lon="130.3">'
        '<name>Pier</name></wpt><trk><trkseg><trkpt lat="42" lon="130"/></trkseg></trk></gpx>'
    )
    track = read(saved(tmp_path, "walk.gpx", gpx))
    assert [place.name for place in track.places] == ["Pier"]
    assert track.notes == ("1 routes or tracks were left out: a place is a point or an area.",)


def test_geojson_names_its_layer_and_reprojects_its_crs_member():
    """The old crs member is obeyed and said; a plain file is WGS 84 by its standard."""
    x, y = Transformer.from_crs(4326, 32652, always_xy=True).transform(130.3, 42.2333)
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::32652"}}
    place = read(geojson(feature(point(x, y), "Rajin"), name="my ports", crs=crs)).places[0]
    assert (place.where.lon, place.where.lat) == pytest.approx((130.3, 42.2333), abs=1e-8)
    assert place.origin == "pasted text, my ports, feature 1 (Rajin)"
    assert place.notes == ("Brought from WGS 84 / UTM zone 52N to WGS 84, stated accuracy 0 m.",)
    assert read(geojson(feature(point(130.3, 42.2)))).places[0].notes == ()


@given(lon=st.floats(-180, 180), lat=st.floats(-90, 90))
def test_a_point_survives_a_file(lon, lat):
    """Round trip through GeoJSON: a file's numbers are taken as they are."""
    where = read(geojson(feature(point(lon, lat)))).places[0].where
    assert (where.lon, where.lat) == pytest.approx((lon, lat), abs=1e-9)


def written(path, geometries, names, crs, driver):
    pyogrio.raw.write(
        path,
        shapely.to_wkb(np.array(geometries)),
        [np.array(names, dtype=object)],
        ["name"],
        crs=crs,
        driver=driver,
        geometry_type=geometries[0].geom_type,
    )
    return path


def test_geopackage_and_shapefile_keep_korean_names(tmp_path):
    """The same two places through both formats; the Shapefile also as a zip."""
    shapes, names = [shapely.Point(130.3, 42.2333), shapely.Point(129.8, 41.77)], ["라진", "청진항"]
    package = written(tmp_path / "ports.gpkg", shapes, names, "EPSG:4326", "GPKG")
    shapefile = written(tmp_path / "ports.shp", shapes, names, "EPSG:4326", "ESRI Shapefile")
    parts = {part.name: part.read_bytes() for part in tmp_path.glob("ports.*") if part.suffix != ".gpkg"}
    for source in (package, shapefile, saved(tmp_path, "ports.zip", archive(**parts))):
        places = read(source).places
        assert [place.name for place in places] == names
        assert [place.id for place in places] == ["rajin", "chongjinhang"]
        assert places[0].where.lat == pytest.approx(42.2333)


def test_a_file_without_a_reference_system_is_refused(tmp_path):
    """No .prj, no places: degrees are not assumed."""
    shapefile = written(tmp_path / "a.shp", [shapely.Point(5, 5)], ["x"], "EPSG:4326", "ESRI Shapefile")
    (tmp_path / "a.prj").unlink()
    assert "reference system" in refused(shapefile, "no-crs").what
    (tmp_path / "a.dbf").unlink()
    assert "no .dbf" in refused(shapefile, "shapefile-part").saw


def test_an_outline_that_crosses_itself_is_mended_and_said():
    """A bow tie becomes two triangles of the same corners, with a note."""
    place = read(geojson(feature(polygon([0, 0], [2, 2], [2, 0], [0, 2])))).places[0]
    assert len(place.where.polygons) == 2
    assert place.notes[0].startswith("The outline was mended (Self-intersection")


@pytest.mark.parametrize("ring", [[[179, 0], [-179, 0], [-179, 1], [179, 1]], [[179, 0], [181, 0], [181, 1], [179, 1]]])
def test_an_outline_over_the_180th_meridian_is_cut_there(ring):
    """However a file writes it, the two halves lie on both sides and together have the area of the whole."""
    place = read(geojson(feature(polygon(*ring)))).places[0]
    assert "180th meridian" in place.notes[0]
    assert sorted(shapely.Polygon(part[0]).bounds for part in place.where.polygons) == [
        (-180.0, 0.0, -179.0, 1.0),
        (179.0, 0.0, 180.0, 1.0),
    ]


def test_a_hole_beyond_the_180th_meridian_stays_a_hole():
    """The hole of a lagoon on the other side is not lost in the cut."""
    ring = [[178, 0], [-178, 0], [-178, 4], [178, 4], [178, 0]]
    hole = [[-179.5, 1], [-179.5, 3], [-178.5, 3], [-178.5, 1], [-179.5, 1]]
    where = read(geojson(feature({"type": "Polygon", "coordinates": [ring, hole]}))).places[0].where
    assert sum(shapely.Polygon(part[0], part[1:]).area for part in where.polygons) == pytest.approx(16 - 2)


def test_points_past_180_are_turned_and_lines_around_a_pole_left_out():
    """Longitudes up to 360 are eastward counts; an outline around a pole is no polygon in degrees."""
    turned = read(geojson(feature(point(190, 60)))).places[0]
    assert turned.where.lon == -170
    assert turned.notes == ("Longitude 190 read as -170.",)
    error = refused(geojson(feature(polygon([0, 80], [120, 80], [-120, 80]))), "no-places")
    assert "around a pole" in error.saw


def test_broken_positions_in_files_are_named():
    """NaN, swapped axes and metres without a system are three different sentences."""
    assert "not a number" in refused('{"type":"Feature","properties":{},"geometry":{"type":"Point",'
                                     '"coordinates":[NaN,42]}}', "position").what  # fmt: skip
    assert "swapped" in refused(geojson(feature(point(42.2, 130.3))), "position").do
    assert "metres" in refused(geojson(feature(point(568922, 4626676))), "position").do


def test_several_points_in_one_feature_are_not_one_place():
    """Which of them would be meant? The same for an outline that encloses nothing."""
    two = {"type": "MultiPoint", "coordinates": [[1, 2], [3, 4]]}
    flat = polygon([0, 0], [1, 1], [2, 2])
    reading = read(geojson(feature(two, "two"), feature(flat, "flat"), feature(point(5, 6))))
    assert len(reading.places) == 1
    assert "(two): 2 points in one feature" in reading.notes[0]
    assert "(flat): an outline without an area" in reading.notes[0]
    assert read(geojson(feature({"type": "MultiPoint", "coordinates": [[1, 2]]}))).places[0].where.lon == 1


@pytest.mark.parametrize("crs", [None, "", "no such system", 'LOCAL_CS["a building",UNIT["metre",1]]', "EPSG:5703"])
def test_systems_that_are_not_on_earth_are_refused(crs):
    """Unknown, local and purely vertical systems lead nowhere."""
    with pytest.raises(InputError) as caught:
        to_wgs84(crs, "a.shp")
    assert caught.value.code == "no-crs"


def test_old_soviet_coordinates_say_how_exact_the_change_is():
    """Pulkovo 1942 has several ways to WGS 84: the stated accuracy of the one taken is printed."""
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::4284"}}
    place = read(geojson(feature(point(132.0, 43.0)), crs=crs)).places[0]
    assert place.notes[0].startswith("Brought from Pulkovo 1942 to WGS 84, ")
    assert "accuracy" in place.notes[0]
    assert place.where.lon != 132.0


def test_a_file_with_too_many_features_is_refused(monkeypatch):
    """The limit is on what is read, whatever the file says it holds."""
    monkeypatch.setattr(vector, "MOST_FEATURES", 2)
    refused(geojson(*(feature(point(1, at)) for at in range(3))), "too-many")


def test_null_shapes_alone_are_no_places():
    """A file whose features have lost their shapes is an error and not an empty list."""
    assert "no shape" in refused(geojson(feature(None), feature(None)), "no-places").saw
    reading = read(geojson(feature(None, "lost"), feature(point(1, 2), "kept")))
    assert reading.notes == ("1 left out: feature 1 (lost): no shape.",)


def test_hostile_names_make_good_ids():
    """Emoji, slashes, direction overrides, long and equal names: they stay readable, and ids stay ids and differ."""
    names = [
        "🔥🔥",
        "../../etc/passwd",
        "abc\u202egnp.exe",
        "x" * 500,
        "Порт Раджин",
        "Порт  Раджин",
        "",
        "CON",
        "..",
        "\x00a",
    ]
    places = read(geojson(*(feature(point(1, 2), name) for name in names))).places
    ids = [place.id for place in places]
    assert len(set(ids)) == len(names)
    assert all(is_id(one) for one in ids)
    assert places[0].name == "🔥🔥"
    assert places[2].name == "abcgnp.exe"
    assert ids[4:6] == ["port-radzhin", "port-radzhin-2"]
    assert "No name in the file." in places[6].notes


def test_a_name_field_may_be_chosen(tmp_path):
    """A field can be asked for; one that is not there is answered with those that are."""
    data = (
        '{"type":"Feature","properties":{"code":"A1","name":"Rajin"},"geometry":{"type":"Point","coordinates":[1,2]}}'
    )
    assert read(data, name_field="CODE").places[0].name == "A1"
    assert "code, name" in refused(data, "name-field", name_field="title").saw


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "empty"),
        (b" \n\t ", "empty"),
        (b"<!DOCTYPE html><html><body>Sign in</body></html>", "web page"),
        (b'<?xml version="1.0"?>\n<html><body>no</body></html>', "web page"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n", "Git LFS"),
        (b"<foo/>", "<foo/>"),
        (b"\x89PNG\r\n\x1a\n\0\0", "PNG"),
        (b"[1, 2]", "[1, 2]"),
    ],
)
def test_what_is_no_list_of_places_is_named(tmp_path, content, told):
    """A login page saved as .kml is called a web page, whatever its ending."""
    assert told in refused(saved(tmp_path, "places.kml", content), "not-places").saw


@pytest.mark.parametrize(
    "content",
    [KML[:300], '{"type":"FeatureCollection","features":[', b"SQLite format 3\0" + b"\0" * 100, "<kml></kml>"],
)
def test_files_cut_short_are_refused(tmp_path, content):
    """Half a file is no file: no place comes out of it."""
    with pytest.raises(InputError):
        read(saved(tmp_path, "places.kml", content))


@pytest.mark.parametrize(
    "content",
    [
        '<!DOCTYPE kml [<!ENTITY a "aaaa">]><kml>&a;</kml>',
        "<kml><!-- <OGRVRTDataSource><OGRVRTLayer name='x'><SrcDataSource>/etc/passwd</SrcDataSource> --></kml>",
    ],
)
def test_instructions_inside_markup_are_refused(tmp_path, content):
    """Entities that blow up and layers that open other files do not reach the parser."""
    refused(saved(tmp_path, "places.kml", content), "markup")


def test_a_zip_bomb_is_refused_without_being_unpacked(tmp_path, monkeypatch):
    """Reading stops at the limit, whatever sizes the archive states; too many entries are refused as well."""
    monkeypatch.setattr(zips, "MOST_BYTES", 1 << 20)
    bomb = archive(**{"doc.kml": b"<kml>" + b" " * (4 << 20)})
    assert len(bomb) < 10_000
    refused(saved(tmp_path, "bomb.kmz", bomb), "zip-bomb")
    liar = bomb.replace((4 << 20 | 5).to_bytes(4, "little"), (100).to_bytes(4, "little"))
    refused(saved(tmp_path, "liar.kmz", liar), "zip")
    many = archive(**{f"{number}.txt": b"" for number in range(zips.MOST_ENTRIES + 1)})
    refused(saved(tmp_path, "many.kmz", many), "zip-bomb")


@pytest.mark.parametrize("name", ["../../doc.kml", "/etc/doc.kml", "C:/doc.kml", "..\\doc.kml", "a/../../doc.kml"])
def test_paths_out_of_an_archive_are_refused(tmp_path, name):
    """Traversal is refused by name, although nothing would be written there anyway."""
    refused(saved(tmp_path, "evil.kmz", archive(**{name: KML})), "zip-traversal")


def test_archives_that_cannot_be_read_are_refused(tmp_path):
    """Cut, locked with a password, or without places."""
    good = archive(**{"doc.kml": KML})
    refused(saved(tmp_path, "cut.kmz", good[: len(good) // 2]), "zip")
    locked = bytearray(good)
    locked[6] |= 1
    locked[good.index(b"PK\x01\x02") + 8] |= 1
    refused(saved(tmp_path, "locked.kmz", bytes(locked)), "zip")
    refused(saved(tmp_path, "empty.kmz", archive(**{"a.txt": "x"})), "no-places")


def test_a_file_too_large_is_not_read(tmp_path, monkeypatch):
    """The limit is on the disk's size, before a byte is read."""
    refused(tmp_path / "nothing.kml", "file")
    refused(tmp_path, "file")
    monkeypatch.setattr("dateline.places.parse.MOST_BYTES", 10)
    refused(saved(tmp_path, "places.kml", KML), "too-large")


@pytest.mark.parametrize(
    "text",
    [
        "name,lat,lon\nRajin,42.2333,130.3000\n",
        "\ufeffNAME;LATITUDE;LONGITUDE\r\nRajin;42,2333;130,3000\r\n\r\n",
        "lon\tlat\tname\n130.3000\t42.2333\tRajin\n",
        'name,lat,lon\nRajin,"42.2333 N","130.3000 E"\n',
        "Название,Широта,Долгота\nRajin,42.2333,130.3000\n",
    ],
)
def test_tables_are_read_as_spreadsheets_save_them(tmp_path, text):
    """Separators, decimal commas, a byte-order mark, Russian headings: one place, with the radius of its digits."""
    (place,) = read(saved(tmp_path, "ports.csv", text)).places
    assert (place.name, place.where.lat, place.where.lon) == ("Rajin", 42.2333, 130.3)
    assert place.where.radius == pytest.approx(6.9, abs=0.1)


def test_all_bad_lines_of_a_table_are_told_at_once(tmp_path):
    """Swapped, past the pole and half-empty rows together; empty ones are left out with a note."""
    bad = "name,lat,lon\nA,130.3,42.2\nB,95,10\nC,42,\nD,42,130\n"
    error = refused(saved(tmp_path, "bad.csv", bad), "position")
    assert [f"line {line}" in error.saw for line in (2, 3, 4, 5)] == [True, True, True, False]
    assert "swapped" in error.saw
    reading = read(saved(tmp_path, "gaps.csv", "name,lat,lon\nA,,\nD,42,130\n"))
    assert reading.notes == ("Left out for want of a position: line 2.",)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ("a,b\n1,2\n", "table-columns"),
        ("just some words", "table-columns"),
        ("name,lat,lon\n", "no-places"),
        ("name,lat,lon\nРаджин,42,130\n".encode("cp1251"), "encoding"),
    ],
)
def test_tables_without_places_are_refused(tmp_path, content, code):
    """No columns, no rows, or an old encoding that would spoil the names."""
    refused(saved(tmp_path, "t.csv", content), code)


def test_pasted_lines_have_labels_and_faults_of_their_own():
    """A list with names before the positions; all faulty lines are told at once and none is dropped."""
    places = read("Rajin pier 3: 42.2333 N, 130.3 E\n🔥: 42.2,130.4\n\nSergeyevka@44.34,131.66\n").places
    assert [place.name for place in places] == ["Rajin pier 3", "🔥", "Sergeyevka"]
    assert [place.id for place in places] == ["rajin-pier-3", "place", "sergeyevka"]
    assert places[2].origin == "pasted text, line 3 (decimal degrees)"
    with pytest.raises(UsageError, match="2 of 3 lines") as caught:
        read("42.2,130.3\nfoo\nhttps://maps.app.goo.gl/x")
    assert "short link" in caught.value.do
    assert read("42.2333 N, 130.3 E").places[0].name == "42.23330 N, 130.30000 E"


def test_a_name_is_sent_to_the_gazetteer_and_a_missing_file_is_called_missing():
    """Neither is turned into a position."""
    assert "gazetteer" in refused("Chongjin", "not-a-position").do
    assert "gazetteer" in refused("", "not-a-position").do
    refused("no/such/file.kml", "file")
    refused("x" * 999, "not-a-position")


def test_real_files_of_the_samples_are_read(samples):
    """178 counties in UTM, 78 municipalities of which one crosses itself, 22 ports of two lists, 3,669 index points."""
    counties = read(samples / "gazetteer/north_korea/NK_Boundary_2008.shp").places
    assert len(counties) == 178
    assert all(124 < place.where.bounds()[0] < 131 for place in counties)
    towns = read(samples / "lights/puerto_rico_maria_2017/puerto_rico_adm1.geojson").places
    mended = [place.name for place in towns if any("mended" in note for note in place.notes)]
    assert (len(towns), mended) == (78, ["Las Marías"])
    ports = read(samples / "gazetteer/north_korea/NK_ports.shp").places
    assert [place.id for place in ports][:3] == ["nampo", "songrim", "haeju"]
    assert len(read(samples / "gazetteer/ports_two_sources.csv").places) == 22
    index = read(samples / "ships/ports_gazetteer/WPI_ports.csv").places
    assert len(index) == 3669
    najin = next(place for place in index if place.name == "NAJIN")
    assert najin.where.lat == pytest.approx(42.2333, abs=1e-3)


def test_reading_does_not_write_beside_the_file(tmp_path):
    """GeoPackages are read from memory, so that no journal appears in somebody's folder."""
    package = written(tmp_path / "a.gpkg", [shapely.Point(1, 2)], ["x"], "EPSG:4326", "GPKG")
    before = package.read_bytes()
    read(package)
    assert list(tmp_path.iterdir()) == [package]
    assert Path(package).read_bytes() == before
