"""XLSForm in: a workbook, a CSV or Markdown tables become a form definition.

pyxform reads the file; what it gives is checked for what is supported here and for the columns
of our own: ``finding::problem`` and ``short_label`` of the survey sheet, ``place`` and
``title::…`` of the settings.
"""

from __future__ import annotations

import re
from pathlib import PurePath
from typing import Any

from pyxform.xls2json import workbook_to_json
from pyxform.xls2json_backends import DefinitionData

from observer.badinput import BadFileError, Problem
from observer.checklists.definition import (
    PLACES,
    UNASKED,
    Choice,
    FormDefinition,
    Gravity,
    Question,
    Section,
    Texts,
)
from observer.checklists.languages import language_code
from observer.checklists.logic import wrong_expressions
from observer.checklists.question_types import INSTEAD, METADATA, TYPES, question_type
from observer.checklists.sheets import FIRST_ROW, place, problem_of, read_sheets

LONGEST_NAME = 100

_CODE = re.compile(r"[A-Za-z0-9_.-]{1,64}")
_MARK = re.compile(r"(?P<answer>[^!\s,]+)(?P<marks>!{1,2})")
_TITLE = re.compile(r"(?:form_)?title::(?P<language>.+)", re.IGNORECASE)

_TRUE = {"yes", "true", "true()"}
_FALSE = {"no", "false", "false()", ""}


def read_xlsform(content: bytes, name: str) -> FormDefinition:
    """The form that a file defines.

    Raises BadFileError, naming sheet, row and column, for all that is wrong or not supported.
    """
    sheets = read_sheets(content, name)
    reader = _Reader(sheets, name)
    try:
        form = workbook_to_json(sheets, fallback_form_name=reader.fallback_code)
    except Exception as error:  # pyxform checks as it goes; whatever it stumbles over is bad.
        raise BadFileError(name, [*reader.problems, problem_of(error)]) from error
    definition = reader.definition(form)
    if not reader.problems:
        for question, column, message in wrong_expressions(definition):
            reader.refuse(question, column, message)
    if reader.problems:
        raise BadFileError(name, reader.problems)
    return definition


class _Reader:
    """Turns pyxform's tree into a definition, and keeps every problem found on the way."""

    def __init__(self, sheets: DefinitionData, name: str) -> None:
        self.problems: list[Problem] = []
        self.fallback_code = re.sub(r"[^A-Za-z0-9_.-]+", "_", PurePath(name).stem) or "form"
        self._default = ""
        self._languages: dict[str, str] = {}
        self._rows: dict[str, int] = {}
        for row, cells in enumerate(sheets.survey or (), start=FIRST_ROW):
            by_header = {header.strip().lower(): cell for header, cell in cells.items()}
            own_name = by_header.get("name") or f"generated_note_name_{row}"
            if own_name in self._rows and not str(by_header.get("type", "")).startswith("end"):
                self._wrong(
                    place("survey", row, "name"),
                    f"{own_name} is the name of row {self._rows[own_name]} already; "
                    "names are unique in the whole form, write another",
                )
            self._rows.setdefault(own_name, row)
        settings = (sheets.settings or ({},))[0]
        # Taken out before pyxform sees them: it knows no translated title.
        self._titles = {
            found["language"].strip(): settings.pop(header)
            for header in list(settings)
            if (found := _TITLE.fullmatch(header.strip()))
        }

    def _wrong(self, where: str, message: str) -> None:
        self.problems.append(Problem(where, message))

    def refuse(self, name: str, column: str, message: str) -> None:
        """Say what is wrong with a cell of the row that has this name."""
        self._wrong(place("survey", self._rows.get(name, ""), column), message)

    def definition(self, form: dict[str, Any]) -> FormDefinition:
        """The whole form, complete only when no problem was found."""
        self._default = form["default_language"]
        if self._default == "default":
            self._default = next(iter(_languages(form)), "default")
        names = dict.fromkeys([self._default, *_languages(form), *self._titles])
        self._languages = {each: language_code(each) for each in names if each != "default"}
        self._languages["default"] = language_code(self._default)
        code = str(form["id_string"])
        if not _CODE.fullmatch(code):
            self._wrong(
                place("settings", FIRST_ROW, "form_id"),
                f"{code!r} is no code; write letters, digits, - and _ only, at most 64",
            )
        place_kind = form.get("place") or PLACES[0]
        if place_kind not in PLACES:
            self._wrong(
                place("settings", FIRST_ROW, "place"),
                f"{place_kind!r} is unknown; write one of {', '.join(PLACES)}",
            )
        return FormDefinition(
            code=code,
            title=self._texts({self._default: form["title"]} | self._titles),
            languages=tuple(dict.fromkeys(self._languages.values())),
            place=place_kind,
            version=str(form.get("version", "")),
            children=self._children(form["children"]),
        )

    def _children(self, nodes: list[dict[str, Any]]) -> tuple[Question | Section, ...]:
        children = (self._section(n) if "children" in n else self._question(n) for n in nodes)
        return tuple(child for child in children if child is not None)

    def _section(self, node: dict[str, Any]) -> Section | None:
        name = node["name"]
        if name == "meta":
            return None
        self._check_common(node)
        control = node.get("control", {})
        if "jr:count" in control:
            self.refuse(
                name,
                "repeat_count",
                "a fixed number is not supported; leave it empty, observers add what they need",
            )
        if node["type"] not in ("group", "repeat"):
            self._refuse_type(name, node["type"])
        return Section(
            name=name,
            label=self._texts(node.get("label")),
            children=self._children(node["children"]),
            relevant=_expression(node, "relevant"),
            repeated=node["type"] == "repeat",
            appearance=control.get("appearance", ""),
        )

    def _question(self, node: dict[str, Any]) -> Question | None:
        name, kind = node["name"], question_type(node["type"])
        if kind == METADATA or (name not in self._rows and name.endswith("_count")):
            # The submission itself carries them; and pyxform makes a node of repeat_count.
            return None
        if kind is None:
            self._refuse_type(name, node["type"])
            return None
        self._check_common(node)
        self._check_unsupported(node, kind)
        relevant = _expression(node, "relevant")
        if name not in self._rows and name.endswith("_other"):
            # pyxform's own question for or_other, with a path of its own way of nesting.
            asked = name.removesuffix("_other")
            relevant = f"selected(${{{asked}}}, 'other')"
            self._rows[name] = self._rows[asked]
        label = self._texts(node.get("label"))
        if not label and kind not in ("calculate", "hidden"):
            self.refuse(name, "label", "empty; write what the observer is asked")
        choices = tuple(
            Choice(name=str(choice["name"]), label=self._texts(choice.get("label")))
            for choice in node.get("choices", ())
        )
        bind = node.get("bind", {})
        return Question(
            name=name,
            type=kind,
            label=label,
            hint=self._texts(node.get("hint")),
            short_label=self._texts(node.get("short_label") or node.get("label_short")),
            required="" if kind in UNASKED else _condition(bind.get("required", "")),
            required_message=self._texts(bind.get("jr:requiredMsg")),
            relevant=relevant,
            constraint=_expression(node, "constraint"),
            constraint_message=self._texts(bind.get("jr:constraintMsg")),
            calculation=_expression(node, "calculate"),
            appearance=node.get("control", {}).get("appearance", ""),
            default=str(node.get("default", "")),
            choices=choices,
            problems=self._problems(name, node.get("finding"), {c.name for c in choices}),
        )

    def _refuse_type(self, name: str, kind: str) -> None:
        instead = INSTEAD.get(kind, f"write one of {', '.join(TYPES)}")
        self.refuse(name, "type", f"{kind} is not supported; {instead}")

    def _check_common(self, node: dict[str, Any]) -> None:
        name = node["name"]
        if ":" in name or len(name) > LONGEST_NAME:
            self.refuse(name, "name", f"no colon and at most {LONGEST_NAME} characters, please")
        if "media" in node:
            column = next(iter(node["media"]), "image")
            self.refuse(name, f"media::{column}", "media in labels are not supported; leave empty")
        for column in ("label", "hint"):
            if "${" in str(node.get(column, "")):
                self.refuse(
                    name, column, "answers in a text are not supported; write it without ${…}"
                )

    def _check_unsupported(self, node: dict[str, Any], kind: str) -> None:
        name, bind = node["name"], node.get("bind", {})
        if node.get("choice_filter"):
            self.refuse(
                name,
                "choice_filter",
                "not supported; write one question for each list, with a condition in relevant",
            )
        if kind in ("select_one", "select_multiple") and not node.get("choices"):
            self.refuse(name, "type", "write the choices on the sheet choices, under one list_name")
        if node.get("trigger"):
            self.refuse(name, "trigger", "not supported; leave it empty")
        if node.get("_dynamic_default"):
            self.refuse(name, "default", "an expression is not supported; write a fixed answer")
        if node.get("guidance_hint"):
            self.refuse(name, "guidance_hint", "not supported; write it into the column hint")
        read_only = str(bind.get("readonly", "")).lower() not in _FALSE
        if read_only and not bind.get("calculate") and kind not in UNASKED:
            self.refuse(
                name, "read_only", "not supported without a calculation; write type calculate"
            )

    def _problems(self, name: str, finding: Any, choices: set[str]) -> dict[str, Gravity]:
        if finding is None:
            return {}
        if not isinstance(finding, dict) or set(finding) != {"problem"}:
            self.refuse(name, "finding", "unknown column; the one there is is finding::problem")
            return {}
        problems: dict[str, Gravity] = {}
        for word in str(finding["problem"]).replace(",", " ").split():
            found = _MARK.fullmatch(word)
            if found is None:
                self.refuse(
                    name,
                    "finding::problem",
                    f"{word!r} cannot be read; write answers with their marks, "
                    "as in: no! or no_waited! no_left!!",
                )
            elif choices and found["answer"] not in choices:
                self.refuse(
                    name,
                    "finding::problem",
                    f"{found['answer']!r} is no answer to this question; "
                    f"its answers are {', '.join(sorted(choices))}",
                )
            else:
                problems[found["answer"]] = "minor" if found["marks"] == "!" else "grave"
        return problems

    def _texts(self, value: str | dict[str, str] | None) -> Texts:
        if not value:
            return {}
        texts = value if isinstance(value, dict) else {self._default: value}
        by_code = {self._languages[each]: str(text) for each, text in texts.items() if text}
        return {code: by_code[code] for code in self._languages.values() if code in by_code}


def _languages(node: dict[str, Any]) -> dict[str, None]:
    """The languages that texts are in, in the order in which they first come."""
    found: dict[str, None] = {}
    bind = node.get("bind", {})
    texts = [node.get(k) for k in ("label", "hint", "short_label", "label_short")]
    texts += [bind.get("jr:constraintMsg"), bind.get("jr:requiredMsg")]
    for text in texts:
        if isinstance(text, dict):
            found |= dict.fromkeys(text)
    for child in [*node.get("children", ()), *_as_list(node.get("choices"))]:
        found |= _languages(child)
    found.pop("default", None)
    return found


def _as_list(choices: Any) -> list[dict[str, Any]]:
    return choices if isinstance(choices, list) else []


def _expression(node: dict[str, Any], column: str) -> str:
    return str(node.get("bind", {}).get(column, ""))


def _condition(text: str) -> str:
    if text.lower() in _TRUE:
        return "true()"
    return "" if text.lower() in _FALSE else text
