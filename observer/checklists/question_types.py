"""The question types of XLSForm, in all the ways they are written, and which are supported."""

from __future__ import annotations

from pyxform.question_type_dictionary import QUESTION_TYPE_DICT

METADATA = "metadata"
"""What ODK records by itself, such as start and deviceid: the submission itself carries it."""

INSTEAD = {
    "audio": "write image for a photo or text for a note",
    "background-audio": "leave the row out",
    "background-geopoint": "write geopoint",
    "barcode": "write text",
    "csv-external": "write the choices on the sheet choices",
    "file": "write image for a photo",
    "geoshape": "write geopoint for one position",
    "geotrace": "write geopoint for one position",
    "loop": "write begin_repeat",
    "osm": "write geopoint",
    "range": "write integer with a constraint such as . >= 1 and . <= 5",
    "rank": "write a select_one for each rank",
    "select one external": "write select_one and the choices on the sheet choices",
    "start-geopoint": "leave the row out: every submission carries its position",
    "video": "write image for a photo",
    "xml-external": "write the choices on the sheet choices",
}
"""What to write for a type that is not supported."""

_BY_CONTROL = {
    ("select1", "string"): "select_one",
    ("select", "string"): "select_multiple",
    ("input", "int"): "integer",
    ("input", "decimal"): "decimal",
    ("input", "string"): "text",
    ("input", "date"): "date",
    ("input", "time"): "time",
    ("input", "dateTime"): "dateTime",
    ("input", "geopoint"): "geopoint",
    ("trigger", "string"): "acknowledge",
    ("trigger", None): "acknowledge",
}
TYPES = sorted({*_BY_CONTROL.values(), "calculate", "hidden", "image", "note"})


def question_type(pyxform_type: str) -> str | None:
    """The type as definitions have it; None where it is not supported."""
    if pyxform_type in ("calculate", "hidden", "note"):
        return pyxform_type
    if pyxform_type in INSTEAD:
        return None
    described = QUESTION_TYPE_DICT.get(pyxform_type, {})
    control, bind = described.get("control", {}), described.get("bind", {})
    if "jr:preload" in bind or pyxform_type == "audit":
        return METADATA
    if control.get("mediatype") == "image/*":
        return "image"
    if bind.get("readonly"):
        return "note"
    return _BY_CONTROL.get((control.get("tag"), bind.get("type")))
