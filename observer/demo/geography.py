"""Where voting takes place: Peru's regions, and polling centres and stations invented in them."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import geopandas
import numpy as np
import shapely

from observer.demo.chance import stream
from observer.demo.sizes import Size

REGIONS_FILE = Path(__file__).with_name("peru-regions.geojson")

# Thousands of voters, rounded: they set how centres, stations and observers are spread, no more.
VOTERS = {
    "01": 320,
    "02": 930,
    "03": 320,
    "04": 1200,
    "05": 490,
    "06": 1130,
    "07": 870,
    "08": 1110,
    "09": 280,
    "10": 610,
    "11": 700,
    "12": 1030,
    "13": 1500,
    "14": 1030,
    "15": 8600,
    "16": 740,
    "17": 130,
    "18": 160,
    "19": 200,
    "20": 1480,
    "21": 960,
    "22": 660,
    "23": 300,
    "24": 170,
    "25": 430,
    "91": 620,
    "92": 390,
    "93": 40,
    "94": 30,
}

ABROAD = {"91": "Américas", "92": "Europa", "93": "Asia", "94": "Oceanía"}

UTC_OFFSET_HOURS = {"91": -4, "92": 2, "93": 9, "94": 10}
"""Of the clocks voters abroad go by; everywhere else it is Lima's."""
LIMA_OFFSET_HOURS = -5

_CITIES = {
    "91": ("Santiago", "Buenos Aires", "Miami", "Nueva York", "São Paulo", "Ciudad de México"),
    "92": ("Madrid", "Barcelona", "Milán", "Roma", "París", "Berlín"),
    "93": ("Tokio", "Seúl"),
    "94": ("Sídney", "Auckland"),
}
_SCHOOLS = (
    "Nuevo Horizonte",
    "Los Cedros",
    "Las Retamas",
    "Sol Naciente",
    "Cielo Abierto",
    "Puente de Piedra Blanca",
    "La Cantuta",
    "Los Molles",
    "Agua Clara",
    "Cerro Azul",
    "Valle Sereno",
    "Las Gaviotas",
    "El Algarrobo",
    "Los Geranios",
    "Campo Verde",
    "La Quebrada",
)
_SAINTS = (
    "San Isidro Labrador",
    "Santa Rosa",
    "San Martín de Porres",
    "San Juan Bautista",
    "Santa Ana",
    "San Pedro",
    "Virgen del Carmen",
    "Señor de la Paz",
    "San Antonio",
    "Santa Lucía",
)


_Draw = Callable[[int], tuple[np.ndarray, np.ndarray]]


@dataclass(frozen=True)
class Station:
    """One ballot box."""

    code: str
    registered_voters: int


@dataclass(frozen=True)
class Centre:
    """A building; without coordinates abroad, where there is no map to put it on."""

    code: str
    region: str
    name: str
    lat: float | None
    lon: float | None
    stations: tuple[Station, ...]

    @property
    def area(self) -> str:
        """Whether it lies in a town: in this story where many vote in one building."""
        return "urban" if self.region in ABROAD or len(self.stations) >= TOWN_STATIONS else "rural"


TOWN_STATIONS = 4


@cache
def boundaries() -> dict[str, shapely.Geometry]:
    """The geometry of each region of Peru, by code."""
    frame = geopandas.read_file(REGIONS_FILE)
    return dict(zip(frame["code"], frame.geometry, strict=True))


def apportion(total: int, weights: Sequence[float], least: int) -> list[int]:
    """Whole shares of a total by weight, none below ``least``: the largest remainders round up."""
    spare = total - least * len(weights)
    exact = [spare * weight / sum(weights) for weight in weights]
    shares = [least + int(share) for share in exact]
    by_remainder = sorted(range(len(exact)), key=lambda i: (int(exact[i]) - exact[i], i))
    for i in by_remainder[: total - sum(shares)]:
        shares[i] += 1
    return shares


def make_centres(size: Size, seed: int) -> Iterator[Centre]:
    """All polling centres with their stations, region by region."""
    names = stream(seed, "centres")
    least = 2
    weights = list(VOTERS.values())
    centres = apportion(size.centres, weights, least)
    stations = apportion(size.stations, weights, least * 2)
    for number, region in enumerate(VOTERS):
        numpy_random = np.random.default_rng([seed, number])
        points = (
            [(None, None)] * centres[number]
            if region in ABROAD
            else _points(boundaries()[region], centres[number], numpy_random)
        )
        sizes = apportion(
            stations[number], numpy_random.gamma(2.0, size=len(points)).tolist(), least=1
        )
        yield from _centres_of_region(region, points, sizes, names)


def _centres_of_region(
    region: str,
    points: Sequence[tuple[float | None, float | None]],
    sizes: Sequence[int],
    names: random.Random,
) -> Iterator[Centre]:
    station = 0
    for number, ((lat, lon), count) in enumerate(zip(points, sizes, strict=True)):
        area, place = divmod(number, 99)
        code = f"{region}{area + 1:02}{place + 1:02}"
        if place == 0:
            station = 0
        codes = [f"{code}-{n:04}" for n in range(station + 1, station + 1 + count)]
        station += count
        yield Centre(
            code,
            region,
            _name(region, number, names),
            lat,
            lon,
            tuple(Station(code, 300 - int(names.triangular(0, 120, 8))) for code in codes),
        )


def _name(region: str, number: int, names: random.Random) -> str:
    if region in ABROAD:
        cities = _CITIES[region]
        hall, city = divmod(number, len(cities))
        return f"{cities[city]}, local {hall + 1}"
    kind = names.random()
    school_number = names.randint(1001, 89_999)
    school, saint = names.choice(_SCHOOLS), names.choice(_SAINTS)
    if kind < 0.55:
        return f"I.E. N.º {school_number} {school}"
    if kind < 0.8:
        return f"I.E. {saint}"
    if kind < 0.92:
        return f"Parroquia {saint}"
    return f"Instituto Superior {school}"


def _points(
    geometry: shapely.Geometry, count: int, numpy_random: np.random.Generator
) -> list[tuple[float, float]]:
    """Latitudes and longitudes inside a region, gathered round a few invented towns."""
    shapely.prepare(geometry)
    west, south, east, north = geometry.bounds
    towns = _inside(
        geometry,
        1 + count // 12,
        lambda n: (
            numpy_random.uniform(west, east, n),
            numpy_random.uniform(south, north, n),
        ),
    )
    weights = 1 / np.arange(1, len(towns) + 1)
    spread = 0.04 * min(east - west, north - south)

    def near_towns(n: int) -> tuple[np.ndarray, np.ndarray]:
        town = towns[numpy_random.choice(len(towns), n, p=weights / weights.sum())]
        lon, lat = (town + numpy_random.normal(0, spread, (n, 2))).T
        return lon, lat

    return [(lat, lon) for lon, lat in _inside(geometry, count, near_towns).tolist()]


def _inside(geometry: shapely.Geometry, count: int, draw: _Draw) -> np.ndarray:
    """Draw points until enough of them lie inside; rounded to a metre before they are tried."""
    found = np.empty((0, 2))
    while len(found) < count:
        lon, lat = (np.round(axis, 5) for axis in draw(2 * count + 8))
        inside = shapely.contains_xy(geometry, lon, lat)
        found = np.vstack([found, np.column_stack([lon, lat])[inside]])
    return found[:count]
