"""XForms, for ODK Collect and other OpenRosa clients: a form version as they take it.

pyxform makes them from the same sheets that are given to people as an .xlsx file, with a group
before the form's own questions: in which round and at which place it is filled, chosen from two
lists that each person gets for themselves.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from io import StringIO

from flask_babel import force_locale
from flask_babel import lazy_gettext as _l
from pyxform.xls2xform import convert

from observer.checklists.definition import ANY_PLACE, FormDefinition
from observer.checklists.question_types import PLACES_FILE
from observer.checklists.spreadsheet import Cells, sheets_of, translated
from observer.missions.models import Place, Round

ROUNDS, ASSIGNED = "rounds.csv", "assigned.csv"
"""The lists that every form needs: the rounds, and the places the person is sent to."""

FORM = "observer_form"
"""The name of an instance's first element; ``data``, which is usual, may be a question's."""
GROUP, ROUND, PLACE, PLACE_CODE = (
    "observer_where",
    "observer_round",
    "observer_place",
    "observer_place_code",
)
"""The names of the group before the form's own questions, and of the questions in it.

No form has questions of these names: see ``question_types.RESERVED``.
"""
START, END, POSITION = "observer_start", "observer_end", "observer_position"
"""The names of what the client records by itself."""

LONGEST_EDGE = "1600"
"""Of photos, in pixels: the phone's page makes them as small."""

_OURS = ("short_label", "finding", "title", "place")
"""Columns of our own, which pyxform does not know."""

MOST_KEPT = 200

_kept: dict[tuple[int, int], tuple[FormDefinition, str]] = {}


class NoXFormError(ValueError):
    """The form cannot be given to OpenRosa clients; the message says why."""


def write_xform(definition: FormDefinition, number: int) -> str:
    """The XForm of a form's version. Raises NoXFormError."""
    key = id(definition), number
    if key not in _kept:
        if len(_kept) >= MOST_KEPT:
            _kept.clear()
        # The definition is kept with it, so that no other one can come to have its id.
        _kept[key] = definition, _write(definition, number)
    return _kept[key][1]


def _write(definition: FormDefinition, number: int) -> str:
    sheets = sheets_of(definition)
    survey = [*_before(definition), *map(_photo_made_small, map(_known, sheets.survey))]
    settings = _known(sheets.settings) | {"version": str(number)}
    choices = [_known(row) for row in sheets.choices]
    try:
        made = convert(
            {
                "survey": survey,
                "survey_header": _header(survey),
                "choices": choices,
                "choices_header": _header(choices),
                "settings": [settings],
                "settings_header": _header([settings]),
            },
            form_name=FORM,
        )
    except Exception as error:  # Whatever pyxform stumbles over, the other forms are given.
        raise NoXFormError(str(error)) from error
    return made.xform


def _header(rows: Sequence[Cells]) -> list[dict[str, None]]:
    """Every column of a sheet, as pyxform wants to be told them."""
    return [dict.fromkeys(column for row in rows for column in row)]


def _known(cells: Cells) -> Cells:
    return {
        header: text
        for header, text in cells.items()
        if text and header.partition("::")[0] not in _OURS
    }


def _photo_made_small(cells: Cells) -> Cells:
    if cells["type"] != "image":
        return cells
    return cells | {"parameters": f"max-pixels={LONGEST_EDGE}"}


def _before(definition: FormDefinition) -> list[Cells]:
    required = {} if definition.place == ANY_PLACE else {"required": "yes"}
    return [
        {"type": "start", "name": START},
        {"type": "end", "name": END},
        {"type": "start-geopoint", "name": POSITION},
        {"type": "begin_group", "name": GROUP, "appearance": "field-list"}
        | _in_languages(definition, _l("Where")),
        {
            "type": f"select_one_from_file {ROUNDS}",
            "name": ROUND,
            "required": "yes",
            "default": "instance('rounds')/root/item[1]/name",
        }
        | _in_languages(definition, _l("Round")),
        {
            "type": f"select_one_from_file {ASSIGNED}",
            "name": PLACE,
            "appearance": "minimal autocomplete",
            "choice_filter": f"round = ${{{ROUND}}}",
        }
        | _in_languages(definition, _l("Place")),
        {"type": "text", "name": PLACE_CODE, "relevant": f"${{{PLACE}}} = ''"}
        | required
        | _in_languages(definition, _l("Another place, by its code")),
        {"type": "end_group"},
    ]


def _in_languages(definition: FormDefinition, text: object) -> Cells:
    texts = {}
    for language in definition.languages:
        with force_locale(language):
            texts[language] = str(text)
    return translated("label", texts)


def write_rounds(rounds: Iterable[Round]) -> str:
    """The list of rounds, the one that is meant if nobody chooses at the top."""
    return _csv(("name", "label"), [(each.code, each.name) for each in rounds])


def lists_of(definition: FormDefinition) -> list[str]:
    """The names of the lists that a form needs."""
    asks = any(question.from_places for question in definition.questions())
    return [ROUNDS, ASSIGNED, *([PLACES_FILE] if asks else [])]


def write_stations(stations: Iterable[Place]) -> str:
    """The list of polling stations that the person may name."""
    return _csv(("name", "label"), [(each.code, _label(each)) for each in stations])


def write_assigned(places: Iterable[tuple[Round, Place]]) -> str:
    """The list of places to be observed, each with the round in which it is to be observed."""
    rows = [(place.code, _label(place), round_.code) for round_, place in places]
    return _csv(("name", "label", "round"), rows)


def _label(place: Place) -> str:
    return f"{place.name} · {place.code}"


def _csv(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    written = StringIO()
    writer = csv.writer(written)
    writer.writerow(header)
    writer.writerows(rows)
    return written.getvalue()
