"""The question types of XLSForm, in all the ways they are written, and which are supported."""

from __future__ import annotations

from pyxform.question_type_dictionary import QUESTION_TYPE_DICT

METADATA = "metadata"
"""What ODK records by itself, such as start and deviceid: the submission itself carries it."""

FIRST_VALUES = {"start": "now()", "today": "today()"}
"""What metadata are at first, by what pyxform says is to be recorded."""
END = "end"

IGNORED = {
    "audit": "not recorded; when a form was opened and sent is",
    "background-audio": "not recorded",
    "background-geopoint": "not recorded; every submission carries its position",
    "csv-external": "left out",
    "start-geopoint": "not recorded; every submission carries its position",
    "xml-external": "left out",
}
"""Types whose rows are left out, and what is to be known of it."""

NEAREST = {"barcode": "text", "osm": "text"}
"""Types that are asked as another one."""

INSTEAD = {
    "include": "write the questions of the other form on this sheet",
}
"""What to write for a type that is not supported."""

_BY_CONTROL = {
    ("select1", "string"): "select_one",
    ("select", "string"): "select_multiple",
    ("odk:rank", "odk:rank"): "rank",
    ("range", "int"): "range",
    ("input", "int"): "integer",
    ("input", "decimal"): "decimal",
    ("input", "string"): "text",
    ("input", "barcode"): "barcode",
    ("input", "date"): "date",
    ("input", "time"): "time",
    ("input", "dateTime"): "dateTime",
    ("input", "geopoint"): "geopoint",
    ("input", "geotrace"): "geotrace",
    ("input", "geoshape"): "geoshape",
    ("trigger", "string"): "acknowledge",
    ("trigger", None): "acknowledge",
}
_BY_MEDIA = {
    "image/*": "image",
    "audio/*": "audio",
    "video/*": "video",
    "application/*": "file",
    "osm/*": "osm",
}
EXTERNAL = "select one external"
RESERVED = {
    "observer_form",
    "observer_where",
    "observer_round",
    "observer_place",
    "observer_place_code",
    "observer_start",
    "observer_end",
    "observer_position",
}
"""Names that forms have beside their own questions where OpenRosa clients fill them."""
PLACES_FILE = "places.csv"
"""The list of the mission's polling stations, which needs not be brought along."""
TYPES = sorted({*_BY_CONTROL.values(), *_BY_MEDIA.values(), "calculate", "hidden", "note"})


def question_type(pyxform_type: str) -> str | None:
    """The type as XLSForm's short list has it; None where it is not supported."""
    if pyxform_type in ("calculate", "hidden", "note"):
        return pyxform_type
    if pyxform_type == EXTERNAL:
        return "select_one"
    described = QUESTION_TYPE_DICT.get(pyxform_type, {})
    control, bind = described.get("control", {}), described.get("bind", {})
    if "jr:preload" in bind or pyxform_type in IGNORED:
        return METADATA
    if control.get("mediatype") in _BY_MEDIA:
        return _BY_MEDIA[control["mediatype"]]
    if bind.get("readonly"):
        return "note"
    return _BY_CONTROL.get((control.get("tag"), bind.get("type")))


def recorded(pyxform_type: str) -> str:
    """What a row of metadata records: ``start``, ``end``, ``today``, ``deviceid``."""
    bind = QUESTION_TYPE_DICT.get(pyxform_type, {}).get("bind", {})
    return str(bind.get("jr:preloadParams", ""))


def own_constraint(pyxform_type: str) -> str:
    """The constraint that a type such as ``percentage`` brings along."""
    bind = QUESTION_TYPE_DICT.get(pyxform_type, {}).get("bind", {})
    return str(bind.get("constraint", "")) if bind.get("type") == "int" else ""
