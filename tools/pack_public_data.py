"""Pack the public lists, census and outlines into the files that ship inside turnout.places.public.

    python tools/pack_public_data.py FOLDER

FOLDER holds `divisions/`, `census/` and `boundaries/` as their sources publish them (see NOTICE). Everything that can
be settled once is settled here, so that the product only looks up:

- Rows that are no area of their own are left out: the levels 市辖区 and 县 of the four municipalities, the groupings
  省直辖县级行政区划, a district that only repeats its city (Dongguan), a street that only repeats its district
  (Kinmen).
- A census row belongs to the district of the same code; a development zone, whose code the census often lacks or writes
  differently, to the row of the same city and name. City and zone rows together add up to each city's total.
- Outlines: the finer file of a city where there is one, else the country-wide one; outlines without a district are
  left out.
"""

from __future__ import annotations

import csv
import json
import lzma
import sys
from pathlib import Path

TARGET = Path(__file__).parents[1] / "src/turnout/places/public/data"
NO_AREA = ("市辖区", "县", "省直辖县级行政区划", "自治区直辖县级行政区划")
FINE_CITIES = ("beijing", "fuzhou", "hohhot", "shanghai", "wuhan")
XZ = [{"id": lzma.FILTER_LZMA2, "preset": 9 | lzma.PRESET_EXTREME}]


def main(folder: Path) -> None:
    districts = pack_divisions(folder / "divisions")
    pack_census(folder, districts)
    pack_outlines(folder / "boundaries", districts)
    for path in sorted(TARGET.iterdir()):
        size = path.stat().st_size if path.is_file() else sum(f.stat().st_size for f in path.iterdir())
        print(f"{path.name:20} {size:>9,} bytes")


def pack_divisions(folder: Path) -> dict[str, str]:
    """Write index.txt.xz (down to districts) and one file a province below; the six-digit codes and names that
    remain."""
    provinces = rows(folder / "all_provinces.csv")
    cities = [row for row in rows(folder / "all_cities.csv") if row[1] not in NO_AREA]
    districts = rows(folder / "all_districts.csv")
    index = provinces + cities + [row for row in districts if not row[0].endswith("00")]
    write("index.txt.xz", "".join(f"{code} {name}\n" for code, name, *_ in sorted(index)))
    streets = [row for row in rows(folder / "all_streets.csv") if not row[0].endswith("000")]
    communities: dict[str, list[tuple[str, str]]] = {code: [] for code, *_ in streets}
    for code, name in rows(folder / "all_communities.csv.xz"):
        if code[9:] != "000":
            communities[code[:9]].append((code[9:], name))
    for province, *_ in provinces:
        lines = []
        for code, name, *_ in sorted(row for row in streets if row[0].startswith(province)):
            lines.append(f"{code} {name}\n")
            lines += [f" {number} {below}\n" for number, below in sorted(communities[code])]
        write(f"divisions/{province}.txt.xz", "".join(lines))
    return {code: name for code, name, *_ in districts}


def pack_census(folder: Path, districts: dict[str, str]) -> None:
    """Write census.csv.xz: code, residents, households of districts and of whole cities and provinces."""
    cities = {row[0]: row[1] for row in rows(folder / "divisions/all_cities.csv")}
    by_code, by_name = {}, {}
    for row in rows(folder / "census/census2020_county_core.csv"):
        figures = f"{row[4]},{row[12]}"
        by_code[row[0]] = figures
        by_name[row[2], row[3]] = figures
    found = {code: figures for code, figures in by_code.items() if code.endswith("00")}
    for code, name in districts.items():
        is_zone = code[4] == "7"
        figures = by_code.get(code) or (by_name.get((cities[code[:4]], name)) if is_zone else None)
        if figures:
            found[code] = figures
    lines = ["code,residents,households\n", *(f"{code},{figures}\n" for code, figures in sorted(found.items()))]
    write("census.csv.xz", "".join(lines))


def pack_outlines(folder: Path, districts: dict[str, str]) -> None:
    """Write outlines/PROVINCE.json.xz: code -> detail (fine or coarse) and polygons as rings of [lon, lat]."""
    packed: dict[str, dict[str, object]] = {}
    with lzma.open(folder / "all_districts.geojson.xz", "rt", encoding="utf-8") as file:
        collections = [("coarse", json.load(file))]
    collections += [("fine", json.loads((folder / f"{city}_districts.geojson").read_text())) for city in FINE_CITIES]
    for detail, collection in collections:
        for feature in collection["features"]:
            code, geometry = feature["properties"]["code"], feature["geometry"]
            if code in districts:
                polygons = geometry["coordinates"] if geometry["type"] == "MultiPolygon" else [geometry["coordinates"]]
                packed[code] = {"detail": detail, "polygons": polygons}
    for province in sorted({code[:2] for code in districts}):
        chosen = {code: packed[code] for code in sorted(packed) if code.startswith(province)}
        write(f"outlines/{province}.json.xz", json.dumps(chosen, separators=(",", ":")))


def rows(path: Path) -> list[list[str]]:
    packed = path.read_bytes()
    text = (lzma.decompress(packed) if path.suffix == ".xz" else packed).decode("utf-8-sig")
    return list(csv.reader(text.splitlines()))[1:]


def write(name: str, text: str) -> None:
    path = TARGET / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(lzma.compress(text.encode(), format=lzma.FORMAT_XZ, filters=XZ))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
