"""The texts of a form's nodes, as pyxform gives them, by the codes of their languages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from observer.checklists.definition import Texts
from observer.checklists.languages import language_code


class FormTexts:
    """Reads the texts of one form, whose languages it knows; ``titles`` are by language."""

    def __init__(self, form: dict[str, Any], titles: Mapping[str, str]) -> None:
        found = _languages(form)
        default = form["default_language"]
        self._default = next(iter(found), "default") if default == "default" else default
        names = dict.fromkeys([self._default, *found, *titles])
        self._codes = {each: language_code(each) for each in names if each != "default"}
        self._codes["default"] = language_code(self._default)
        self.title = self.of({self._default: form["title"], **titles})

    @property
    def languages(self) -> tuple[str, ...]:
        """The codes of the form's languages, the default one first."""
        return tuple(dict.fromkeys(self._codes.values()))

    def of(self, value: str | dict[str, str] | None) -> Texts:
        """A text; one without a language is in the default one."""
        if not value:
            return {}
        texts = value if isinstance(value, dict) else {self._default: value}
        by_code = {self._codes[each]: str(text) for each, text in texts.items() if text}
        return {code: by_code[code] for code in self._codes.values() if code in by_code}

    def hint(self, node: dict[str, Any]) -> Texts:
        """The hint, and behind it what is written for the observer's guidance."""
        hint, guidance = self.of(node.get("hint")), self.of(node.get("guidance_hint"))
        for language, text in guidance.items():
            hint[language] = " ".join(filter(None, (hint.get(language), text)))
        return {code: hint[code] for code in self._codes.values() if code in hint}

    def first_label(self, row: dict[str, Any]) -> str:
        """The label of a row of choices in its first language; its name where it has none."""
        labels = self.of(row.get("label"))
        return next(iter(labels.values()), str(row.get("name", "")))


def _languages(node: dict[str, Any]) -> dict[str, None]:
    """The languages that texts are in, in the order in which they first come."""
    found: dict[str, None] = {}
    bind = node.get("bind", {})
    texts = [node.get(k) for k in ("label", "hint", "guidance_hint", "short_label", "label_short")]
    texts += [bind.get("jr:constraintMsg"), bind.get("jr:requiredMsg")]
    texts.append(media_of(node).get("image"))
    for text in texts:
        if isinstance(text, dict):
            found |= dict.fromkeys(text)
    for child in [*node.get("children", ()), *_as_list(node.get("choices"))]:
        found |= _languages(child)
    found.pop("default", None)
    return found


def media_of(labelled: Mapping[str, Any]) -> Mapping[str, Any]:
    """What is shown or played with a label, by kind; a list may have a column of that name."""
    media = labelled.get("media")
    return media if isinstance(media, dict) else {}


def _as_list(choices: Any) -> list[dict[str, Any]]:
    return choices if isinstance(choices, list) else []
