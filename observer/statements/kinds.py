"""The kinds of figure one can look for: what people call them, and how each is called in a text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from flask_babel import lazy_gettext as _l


@dataclass(frozen=True)
class Kind:
    """A kind of figure: its call, and the words it is looked for by in every language."""

    call: str
    title: Any
    """As pages name it, in the reader's language."""
    words: str
    preference: float
    """What it is worth, beside other kinds of the same subject, where none is asked for."""
    takes_region: bool = True
    named: Mapping[str, Any] = field(default_factory=dict)
    """What its call says besides its subject and region."""


_AVERAGE = "mean average media promedio moyenne متوسط"

KINDS: dict[str, Kind] = {
    "share": Kind(
        "share",
        _l("Share"),
        "share percentage percent rate proportion porcentaje proporción por ciento tasa "
        "pourcentage part proportion taux نسبة",
        0.30,
    ),
    "quantity": Kind(
        "quantity",
        _l("In words"),
        "words most few some half majority nearly all palabras mayoría pocas mitad casi todas mots "
        "plupart quelques moitié presque tous كلمات معظم بعض نصف",
        0.15,
    ),
    "one_in": Kind(
        "one_in",
        _l("Fraction"),
        "fraction one in half third quarter fifth fracción mitad tercio cuarto quinta cada moitié "
        "tiers quart cinquième كسر نصف ثلث ربع خمس",
        0.05,
        named={"places": True},
    ),
    "number": Kind(
        "number", _l("Median"), "median number mediana número médiane nombre وسيط", 0.28
    ),
    "base": Kind(
        "base", _l("k of n"), "base of stations k n observed base observadas base observés", 0.20
    ),
    "count": Kind(
        "count",
        _l("Count"),
        "count many number recuento cuántos cuántas número combien nombre عدد",
        0.10,
    ),
    "mean": Kind("number", _l("Mean"), _AVERAGE, 0.08, named={"what": "mean"}),
    "maximum": Kind(
        "number",
        _l("Maximum"),
        "maximum most longest largest máximo mayor maximum plus أقصى",
        0.02,
        named={"what": "maximum"},
    ),
    "minimum": Kind(
        "number",
        _l("Minimum"),
        "minimum least mínimo menor minimum أدنى",
        0.01,
        named={"what": "minimum"},
    ),
    "sum": Kind(
        "number", _l("Sum"), "sum total suma total somme مجموع", 0.01, named={"what": "sum"}
    ),
    "coverage": Kind(
        "coverage",
        _l("Coverage"),
        "coverage observed places stations cobertura observadas mesas couverture observés bureaux "
        "تغطية",
        0.25,
    ),
    "table": Kind(
        "table", _l("Table"), "table tabla cuadro tableau جدول", 0.08, takes_region=False
    ),
    "answers": Kind(
        "table",
        _l("Table of answers"),
        "table tabla cuadro tableau answers respuestas réponses جدول",
        0.16,
        takes_region=False,
        named={"level": 0},
    ),
    "chart": Kind(
        "chart",
        _l("Chart"),
        "chart bars graph figure gráfico barras graphique barres رسم",
        0.06,
        takes_region=False,
    ),
    "map": Kind("map", _l("Map"), "map mapa carte خريطة", 0.04, takes_region=False),
    "incident_count": Kind(
        "incident_count",
        _l("Incidents"),
        "incidents count many number incidentes cuántos número combien nombre حوادث",
        0.31,
    ),
    "incidents_reported": Kind(
        "incident_count",
        _l("Incidents reported"),
        "incidents reported incidentes reportados informados signalés rapportés حوادث",
        0.12,
        named={"state": "reported"},
    ),
    "incident_base": Kind(
        "incident_base",
        _l("Incidents, k of n"),
        "incidents confirmed of reported base incidentes confirmados confirmés",
        0.14,
    ),
    "incidents": Kind(
        "incidents",
        _l("List of incidents"),
        "incidents list table lista incidentes tabla liste tableau قائمة",
        0.10,
    ),
    "incident_table": Kind(
        "incident_table",
        _l("Table of incidents"),
        "incidents table type tabla cuadro incidentes tipo tableau type جدول",
        0.09,
    ),
    "compare": Kind(
        "compare",
        _l("Compared with another round"),
        "compare comparison round before difference comparar comparación vuelta anterior "
        "diferencia comparer comparaison tour précédent différence مقارنة",
        0.01,
    ),
    "estimate": Kind(
        "estimate",
        _l("Estimate for all places"),
        "estimate margin error sample estimación margen muestra estimation marge échantillon تقدير",
        0.0,
        takes_region=False,
    ),
    "source": Kind(
        "source",
        _l("Source"),
        "source cited fuente citada source citée مصدر",
        0.28,
        takes_region=False,
    ),
    "sources": Kind(
        "sources",
        _l("List of sources"),
        "sources list bibliography fuentes lista bibliografía liste bibliographie قائمة المصادر",
        0.0,
        takes_region=False,
    ),
}
OF_ANSWERS = (
    *("share", "base", "quantity", "one_in", "count", "table", "chart", "map"),
    *("compare", "estimate"),
)
"""What can be said of one answer to a question."""
OF_CHOICES = ("answers", "table", "chart")
"""What can be said of all answers to a question together."""
OF_NUMBERS = ("number", "mean", "maximum", "minimum", "sum", "count")
ASKED_BY_NAME = ("table", "answers", "chart", "map", *OF_NUMBERS[:-1])
"""Whoever says a word for one of these wants it so, whatever else is said."""
OF_INCIDENTS = (
    "incident_count",
    "incident_base",
    "incidents_reported",
    "incidents",
    "incident_table",
)
EXAMPLES = (
    "share",
    "base",
    "quantity",
    "count",
    "number",
    "coverage",
    "table",
    "chart",
    "map",
    "incident_count",
    "estimate",
    "compare",
    "source",
)
"""The kinds to name to whoever has not said yet what to look for."""
