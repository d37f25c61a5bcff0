"""XLSForm in: a workbook, a CSV or Markdown tables become a form definition.

pyxform reads the file; what it gives is checked for what is supported here and for the columns
of our own: ``finding::problem`` and ``short_label`` of the survey sheet, ``place`` and
``title::…`` of the settings. What can be left out without harm is, with a warning.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import PurePath
from typing import Any

from pyxform.xls2json import workbook_to_json
from pyxform.xls2json_backends import DefinitionData

from observer.badinput import BadFileError
from observer.checklists.complaints import problem_of
from observer.checklists.cycles import circles
from observer.checklists.definition import (
    LISTED,
    PLACES,
    REFERENCE,
    UNASKED,
    Choice,
    FormDefinition,
    Question,
    Section,
    Texts,
)
from observer.checklists.formtexts import FormTexts, media_of
from observer.checklists.itemsets import ListError
from observer.checklists.labelpictures import LabelPictures
from observer.checklists.lists import (
    Lists,
    TableError,
    used_columns,
    with_used_columns,
)
from observer.checklists.logic import wrong_expressions
from observer.checklists.marks import problems_of
from observer.checklists.nodes import prepare
from observer.checklists.question_types import (
    END,
    FIRST_VALUES,
    IGNORED,
    INSTEAD,
    METADATA,
    NEAREST,
    PLACES_FILE,
    RESERVED,
    TYPES,
    own_constraint,
    question_type,
    recorded,
)
from observer.checklists.rewriting import (
    Search,
    SearchError,
    kept_once,
    rewritten,
    search_of,
)
from observer.checklists.sheets import FIRST_ROW, CellProblem, at_cell, read_sheets
from observer.checklists.tree import expressions_of
from observer.pictures import BadPictureError

LONGEST_NAME = 100

_CODE = re.compile(r"[A-Za-z0-9_.-]{1,64}")
_NO_CODE = re.compile(r"[^A-Za-z0-9_.-]+")
_TITLE = re.compile(r"(?:form_)?title::(?P<language>.+)", re.IGNORECASE)
_EXPRESSIONS = {
    "relevant": "relevant",
    "required": "required",
    "constraint": "constraint",
    "calculate": "calculation",
    "choice_filter": "choice_filter",
    "default": "default",
    "jr:count": "repeat_count",
}
"""The columns of the expressions that a node, its ``bind`` and its ``control`` have."""

_TRUE = {"yes", "true", "true()"}
_FALSE = {"no", "false", "false()", ""}


@dataclass(frozen=True)
class Read:
    """What a file gave: the form, and what of the file it is without."""

    definition: FormDefinition
    warnings: list[CellProblem]
    pictures: Mapping[str, bytes] = field(default_factory=dict)
    """Those that its labels show and that came along, by the names they are kept under."""


def read_xlsform(content: bytes, name: str) -> FormDefinition:
    """The form that a file defines; :func:`read_with_warnings` gives its warnings too."""
    return read_with_warnings(content, name).definition


def read_with_warnings(
    content: bytes, name: str, beside: Mapping[str, bytes] | None = None
) -> Read:
    """The form that a file defines, with lists of choices from the files ``beside`` it, by name.

    Raises BadFileError, naming sheet, row and column, for all that is wrong or not supported.
    """
    sheets = read_sheets(content, name)
    reader = _Reader(sheets, name, beside or {})
    try:
        form = workbook_to_json(sheets, fallback_form_name=reader.fallback_code)
    except Exception as error:  # pyxform checks as it goes; whatever it stumbles over is bad.
        problem = problem_of(error, sheets.survey)
        raise BadFileError(name, [*reader.problems, problem]) from error
    try:
        definition = reader.definition(form)
        if not reader.problems:
            for question, column, message in wrong_expressions(definition) or circles(definition):
                reader.refuse(question, column, message)
    except RecursionError as error:
        problem = at_cell("survey", 0, "type", "groups are nested too deeply; use fewer levels")
        raise BadFileError(name, [*reader.problems, problem]) from error
    if reader.problems:
        raise BadFileError(name, reader.problems)
    return Read(with_used_columns(definition), reader.warnings, reader.pictures.contents)


class _Reader:
    """Turns pyxform's tree into a definition, and keeps every problem found on the way."""

    def __init__(self, sheets: DefinitionData, name: str, beside: Mapping[str, bytes]) -> None:
        self.problems: list[CellProblem] = []
        self.warnings: list[CellProblem] = []
        self.fallback_code = _NO_CODE.sub("_", PurePath(name).stem)[:64] or "form"
        self._survey = list(sheets.survey or ())
        self._lists = Lists(sheets, beside)
        self.pictures = LabelPictures(beside)
        self._rows: dict[str, int] = {}
        self._named: set[str] = set()
        settings = (sheets.settings or ({},))[0]
        # Taken out before pyxform sees them: it knows no translated title.
        self._titles = {
            found["language"].strip(): settings.pop(header)
            for header in list(settings)
            if (found := _TITLE.fullmatch(header.strip()))
        }

    def _wrong(self, sheet: str, row: int, column: str, message: str) -> None:
        self.problems.append(at_cell(sheet, row, column, message))

    @staticmethod
    def _is_asked(child: Question | Section) -> bool:
        questions = child.questions() if isinstance(child, Section) else (child,)
        return any(question.type not in UNASKED for question in questions)

    def refuse(self, name: str, column: str, message: str) -> None:
        """Say what is wrong with a cell of the row that has this name."""
        self._wrong("survey", self._rows.get(name, 0), column, message)

    def _warn(self, name: str, column: str, message: str) -> None:
        self.warnings.append(at_cell("survey", self._rows.get(name, 0), column, message))

    def definition(self, form: dict[str, Any]) -> FormDefinition:
        """The whole form, complete only when no problem was found."""
        self._texts = FormTexts(form, self._titles)
        self._lists.of_choices = form.get("choices", {})
        for row, message in prepare(form, self._survey, FIRST_ROW):
            self._wrong("survey", row, "name", message)
        self._named = {found["name"] for found in REFERENCE.finditer(str(form["children"]))}
        code = str(form["id_string"])
        if not _CODE.fullmatch(code):
            known = _NO_CODE.sub("_", code)[:64]
            message = f"{code!r} is no code; it is known as {known}"
            self.warnings.append(at_cell("settings", FIRST_ROW, "form_id", message))
            code = known
        place_kind = form.get("place") or PLACES[0]
        if place_kind not in PLACES:
            self._wrong(
                "settings",
                FIRST_ROW,
                "place",
                f"{place_kind!r} is unknown; write one of {', '.join(PLACES)}",
            )
        children = self._children(form["children"])
        if not any(self._is_asked(child) for child in children):
            message = "nothing is asked but the place"
            self.warnings.append(at_cell("survey", FIRST_ROW, "type", message))
        definition = FormDefinition(
            code=code,
            title=self._texts.title,
            languages=self._texts.languages,
            place=place_kind,
            version=str(form.get("version", "")),
            children=children,
        )
        try:
            tables = self._lists.tables(definition, self._texts.first_label)
        except TableError as error:
            tables = ()
            for question in definition.questions():
                if any(error.table in text for _column, text in expressions_of(question)):
                    self.refuse(question.name, "calculation", str(error))
        return replace(definition, tables=tables)

    def _children(self, nodes: list[dict[str, Any]]) -> tuple[Question | Section, ...]:
        children = (self._section(n) if "children" in n else self._question(n) for n in nodes)
        return tuple(child for child in children if child is not None)

    def _section(self, node: dict[str, Any]) -> Section | None:
        name = node["name"]
        if name == "meta":
            for child in node["children"]:
                if child["type"] in IGNORED:
                    self._question(child)
            return None
        self._check_common(node)
        control = node.get("control", {})
        if node["type"] not in ("group", "repeat"):
            self._refuse_type(name, node["type"])
        return Section(
            name=name,
            label=self._texts.of(node.get("label")),
            children=self._children(node["children"]),
            relevant=_expression(node, "relevant"),
            repeated=node["type"] == "repeat",
            count=str(control.get("jr:count", "")),
            appearance=control.get("appearance", ""),
        )

    def _question(self, node: dict[str, Any]) -> Question | None:
        self._check_common(node)
        name, kind = node["name"], question_type(node["type"])
        if kind == METADATA:
            return self._metadata(node)
        if kind is None:
            self._refuse_type(name, node["type"])
            return None
        if kind in NEAREST:
            self._warn(name, "type", f"{kind} is asked as {NEAREST[kind]}")
            kind = NEAREST[kind]
        bind, appearance = node.get("bind", {}), node.get("control", {}).get("appearance", "")
        if kind in ("select_one", "select_multiple") and "label" in appearance.split():
            # The head of a table of selects: it shows the choices and takes no answer.
            kind = "note"
        choice_filter = str(node.get("choice_filter", ""))
        search = self._search(name, appearance) if kind in LISTED else None
        if search is not None:
            filters = [f"({each})" for each in (choice_filter, search.choice_filter) if each]
            choice_filter, appearance = " and ".join(filters), search.appearance
        from_places = self._is_from_places(node, kind, choice_filter)
        is_listed = kind in LISTED and not from_places
        choices = self._choices(node, choice_filter, search) if is_listed else ()
        parameters: dict[str, str] = {}
        if kind == "range":
            kind, parameters = self._range(name, node.get("parameters", {}))
        default, first_value = self._default_of(node)
        read_only = str(bind.get("readonly", "")).lower() not in _FALSE and kind not in UNASKED
        calculation = _expression(node, "calculate")
        if once := kept_once(calculation):
            calculation = once
            self._warn(name, "calculation", f"made once and kept, as {once} says")
        if read_only and kind == "text" and not (default or first_value or calculation):
            kind, read_only = "note", False
        return Question(
            name=name,
            type=kind,
            label=self._label(node, kind),
            picture=self._picture(name, "media::image", node),
            hint=self._texts.hint(node),
            short_label=self._texts.of(node.get("short_label") or node.get("label_short")),
            required="" if kind in UNASKED else _condition(bind.get("required", "")),
            required_message=self._texts.of(bind.get("jr:requiredMsg")),
            relevant=_expression(node, "relevant"),
            constraint=_expression(node, "constraint") or own_constraint(node["type"]),
            constraint_message=self._texts.of(bind.get("jr:constraintMsg")),
            calculation=calculation,
            appearance=appearance,
            default=default,
            first_value=first_value,
            trigger=tuple(node.get("trigger") or ()),
            read_only=read_only,
            parameters=parameters,
            choices=choices,
            from_places=from_places,
            choice_filter=choice_filter if kind in LISTED else "",
            problems=problems_of(
                node.get("finding"),
                {choice.name for choice in choices},
                lambda column, message: self.refuse(name, column, message),
            ),
        )

    def _metadata(self, node: dict[str, Any]) -> Question | None:
        """Nothing, as the submission itself carries it; or what other cells of the form use."""
        name, kind = node["name"], node["type"]
        if kind in IGNORED:
            self._warn(name, "type", f"{kind} is {IGNORED[kind]}")
        if name not in self._named:
            return None
        what = recorded(kind)
        if what not in FIRST_VALUES and what != END and kind not in IGNORED:
            self._warn(name, "type", f"{kind} is not recorded; ${{{name}}} stays empty")
        return Question(
            name=name,
            type="calculate" if what == END else "hidden",
            label={},
            calculation="now()" if what == END else "",
            first_value=FIRST_VALUES.get(what, ""),
        )

    def _refuse_type(self, name: str, kind: str) -> None:
        instead = INSTEAD.get(kind, f"write one of {', '.join(TYPES)}")
        self.refuse(name, "type", f"{kind} is not supported; {instead}")

    def _check_common(self, node: dict[str, Any]) -> None:
        name = node["name"]
        self._rows.setdefault(name, node.get("_row", 0))
        for part in (node, node.get("bind", {}), node.get("control", {})):
            for key, column in _EXPRESSIONS.items():
                if key == "default" and not node.get("_dynamic_default"):
                    continue
                if isinstance(part.get(key), str):
                    part[key], notes = rewritten(part[key])
                    for note in notes:
                        self._warn(name, column, note)
        if name in RESERVED:
            self.refuse(name, "name", f"{name} is kept for the platform itself; write another name")
        if ":" in name or len(name) > LONGEST_NAME:
            self.refuse(name, "name", f"no colon and at most {LONGEST_NAME} characters, please")

    def _label(self, node: dict[str, Any], kind: str) -> Texts:
        label = self._texts.of(node.get("label"))
        if label or kind in ("calculate", "hidden"):
            return label
        self._warn(node["name"], "label", "empty; the name is shown instead")
        return self._texts.of(node["name"])

    def _default_of(self, node: dict[str, Any]) -> tuple[str, str]:
        default = str(node.get("default", ""))
        if default == "''":
            return "", ""
        return ("", default) if node.get("_dynamic_default") else (default, "")

    def _range(self, name: str, given: dict[str, Any]) -> tuple[str, dict[str, str]]:
        parameters = {"start": "1", "end": "10", "step": "1"}
        parameters |= {key: str(given[key]) for key in parameters if key in given}
        try:
            start, end, step = (float(text) for text in parameters.values())
        except ValueError:
            start = end = step = 0.0
        if not (step > 0 and start != end and max(abs(start), abs(end), step) < 1e9):
            self.refuse(name, "parameters", "no range; write it as in: start=1 end=10 step=1")
        whole = all(text.lstrip("+-").isdigit() for text in parameters.values())
        return "integer" if whole else "decimal", parameters

    def _search(self, name: str, appearance: str) -> Search | None:
        try:
            return search_of(appearance)
        except SearchError as error:
            self.refuse(name, "appearance", str(error))
            return None

    def _is_from_places(self, node: dict[str, Any], kind: str, choice_filter: str) -> bool:
        if node.get("itemset") != PLACES_FILE or self._lists.has_file(PLACES_FILE):
            return False
        name = node["name"]
        if kind != "select_one":
            message = f"one of the mission's places is chosen by select_one_from_file {PLACES_FILE}"
            self.refuse(name, "type", message)
        if choice_filter:
            message = "the mission's places cannot be filtered here; leave it empty"
            self.refuse(name, "choice_filter", message)
        return True

    def _choices(
        self, node: dict[str, Any], choice_filter: str, search: Search | None
    ) -> tuple[Choice, ...]:
        name = node["name"]
        if str(node.get("itemset", "")).startswith("${"):
            self.refuse(name, "type", "choices cannot be rows of a repeat; write them as a list")
            return ()
        try:
            rows = self._lists.searched(node, search.file) if search else self._lists.choices(node)
        except ListError as error:
            self.refuse(name, "type", str(error))
            return ()
        return tuple(
            Choice(
                name=str(row["name"]),
                label=self._texts.of(row.get("label") or str(row["name"])),
                columns=used_columns(row, choice_filter),
                picture=self._picture(name, "type", row),
            )
            for row in rows
        )

    def _picture(self, name: str, column: str, labelled: Mapping[str, Any]) -> Texts:
        """The picture that is shown with a label, by language; of a question or of its choice."""
        media = media_of(labelled)
        if unshown := sorted(media.keys() - {"image"}):
            self._warn(name, column, f"{', '.join(unshown)} of a label is not shown")
        names: Texts = {}
        for language, file in self._texts.of(media.get("image")).items():
            try:
                kept = self.pictures.name_of(file)
            except BadPictureError as error:
                self.refuse(name, column, str(error))
                continue
            if kept is None:
                self._warn(name, column, f"{file} is not shown: the file was not brought along")
            else:
                names[language] = kept
        return names


def _expression(node: dict[str, Any], column: str) -> str:
    text = str(node.get("bind", {}).get(column, ""))
    # Excel's own truth values.
    return f"{text.lower()}()" if text.lower() in ("true", "false") else text


def _condition(text: str) -> str:
    if text.lower() in _TRUE:
        return "true()"
    return "" if text.lower() in _FALSE else text
