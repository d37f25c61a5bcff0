"""The colours of a map are told apart by whoever sees fewer of them, and in grey."""

from itertools import combinations, pairwise

import numpy as np
import pytest

from observer.maps.classes import recoloured, share_classes
from observer.maps.layers import INCIDENT_MARKS
from observer.maps.palette import HOUSE
from observer.statements.themes import usable_themes

# Machado, Oliveira and Fernandes 2009, “A physiologically-based model for simulation of color
# vision deficiency”, table 1, severity 1.0; they act on linear RGB.
VISIONS = {
    "all colours": np.eye(3),
    "protanopia": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deuteranopia": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "tritanopia": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
    # Luminance alone (IEC 61966-2-1), as a printer without colours shows it.
    "grey": [[0.2126, 0.7152, 0.0722]] * 3,
}
TO_XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
WHITE = TO_XYZ.sum(axis=1)
CLEARLY = 10
"""A difference (CIE 1976 ΔE) that is seen at a glance; about 2.3 is the least that is seen."""


def lab(colour, vision):
    part = np.array([int(colour[at : at + 2], 16) for at in (1, 3, 5)]) / 255
    linear = np.where(part <= 0.04045, part / 12.92, ((part + 0.055) / 1.055) ** 2.4)
    x, y, z = TO_XYZ @ np.clip(np.array(VISIONS[vision]) @ linear, 0, 1) / WHITE
    x, y, z = (v ** (1 / 3) if v > 0.008856 else 7.787 * v + 16 / 116 for v in (x, y, z))
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


def difference(one, other, vision):
    return float(np.linalg.norm(lab(one, vision) - lab(other, vision)))


def test_the_differences_are_those_of_the_literature():
    assert difference("#000000", "#ffffff", "all colours") == pytest.approx(100, abs=0.1)
    assert difference("#ff0000", "#00ff00", "all colours") == pytest.approx(170.6, abs=0.5)
    assert difference("#ff0000", "#808000", "deuteranopia") < 50


@pytest.mark.parametrize("vision", VISIONS)
@pytest.mark.parametrize("classes", [2, 3, 4, 5])
@pytest.mark.parametrize("palette", [HOUSE, *(theme.palette for theme in usable_themes())])
def test_neighbouring_classes_differ_clearly(vision, classes, palette):
    shares = [number * 0.2 + 0.1 for number in range(classes)]
    found = recoloured(share_classes(shares, least_step=0.2), palette)
    colours = [each.colour for each in found]
    assert len(colours) == classes
    # Where nothing was observed is white.
    steps = [difference(one, other, vision) for one, other in pairwise(["#ffffff", *colours])]
    assert min(steps) > CLEARLY
    lightness = [lab(colour, vision)[0] for colour in colours]
    assert lightness == sorted(lightness, reverse=True)


@pytest.mark.parametrize("vision", VISIONS)
def test_incidents_differ_clearly_from_each_other_and_in_shape(vision):
    fills = [mark.fill for mark in INCIDENT_MARKS.values()]
    assert min(difference(*pair, vision) for pair in combinations(fills, 2)) > CLEARLY
    assert len({mark.path for mark in INCIDENT_MARKS.values()}) == len(fills)
