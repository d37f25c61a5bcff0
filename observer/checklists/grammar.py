"""The grammar of expressions: XPath 1.0 with ODK's functions."""

from __future__ import annotations

from typing import Any

from elementpath import XPath1Parser

ANY = 1000
FUNCTIONS: dict[str, tuple[int, int]] = {
    "abs": (1, 1),
    "acos": (1, 1),
    "area": (1, ANY),
    "asin": (1, 1),
    "atan": (1, 1),
    "atan2": (2, 2),
    "boolean": (1, 1),
    "boolean-from-string": (1, 1),
    "ceiling": (1, 1),
    "checklist": (3, ANY),
    "choice-name": (2, 2),
    "coalesce": (1, ANY),
    "concat": (1, ANY),
    "contains": (2, 2),
    "cos": (1, 1),
    "count": (1, 1),
    "count-non-empty": (1, 1),
    "count-selected": (1, 1),
    "date": (1, 1),
    "date-time": (1, 1),
    "decimal-date-time": (1, 1),
    "decimal-time": (1, 1),
    "distance": (1, ANY),
    "ends-with": (2, 2),
    "exp": (1, 1),
    "exp10": (1, 1),
    "false": (0, 0),
    "floor": (1, 1),
    "format-date": (2, 2),
    "format-date-time": (2, 2),
    "geofence": (2, 2),
    "if": (3, 3),
    "indexed-repeat": (3, 11),
    "int": (1, 1),
    "is-selected": (2, 2),
    "join": (2, ANY),
    "last": (0, 0),
    "log": (1, 1),
    "log10": (1, 1),
    "max": (1, ANY),
    "min": (1, ANY),
    "normalize-space": (0, 1),
    "not": (1, 1),
    "now": (0, 0),
    "number": (1, 1),
    "once": (1, 1),
    "pi": (0, 0),
    "position": (0, 1),
    "pow": (2, 2),
    "random": (0, 0),
    "regex": (2, 2),
    "round": (1, 2),
    "selected": (2, 2),
    "selected-at": (2, 2),
    "sin": (1, 1),
    "sqrt": (1, 1),
    "starts-with": (2, 2),
    "string": (0, 1),
    "string-length": (0, 1),
    "substr": (2, 3),
    "substring": (2, 3),
    "substring-after": (2, 2),
    "substring-before": (2, 2),
    "sum": (1, 1),
    "tan": (1, 1),
    "today": (0, 0),
    "translate": (3, 3),
    "true": (0, 0),
    "uuid": (0, 0),
    "weighted-checklist": (4, ANY),
}
"""The functions that expressions may use, with the least and most arguments of each."""

REFUSED = {
    "pulldata": "write its first three parts in quotes, as in "
    "pulldata('districts', 'label', 'code', ${district})",
    "instance": "write the table's name in quotes, as in instance('districts')/root/item[…]/label",
    "randomize": "choices keep their order; leave it out",
    "digest": "phones do not compute it at once; leave it out",
    "version": "the submission carries it; leave it out",
    "property": "the submission carries what is known of the phone; leave it out",
}
"""Functions of ODK that are not supported, and what to do instead."""

_ROWS_AT_ONCE = ("area", "concat", "count", "count-non-empty", "distance", "max", "min", "sum")
OVER_ROWS = dict.fromkeys(_ROWS_AT_ONCE, 0)
OVER_ROWS |= {"checklist": 2, "geofence": 1, "join": 1, "weighted-checklist": 2}
"""Functions that take all the answers of a repeat's rows, and behind how many arguments."""

COMPARISONS = {"=", "!=", "<", "<=", ">", ">="}
"""Operators for which it is enough that the answer in one of many rows compares so."""

OPERATORS = dict.fromkeys(("and", "or", *COMPARISONS), (2,))
OPERATORS |= {"+": (1, 2), "-": (1, 2), "*": (2,), "div": (2,), "mod": (2,)}
LITERALS = {"(string)", "(integer)", "(decimal)", "(float)"}
ON_ITS_OWN = {"normalize-space", "string", "string-length"}
"""Functions that are about the question's own answer where nothing stands in their brackets."""
IN_ONCE = {"random", "uuid"}
"""Functions that give something else each time."""


class Parser(XPath1Parser):
    """XPath 1.0 with ODK's functions."""

    def parse(self, source: str) -> Any:
        # Not XPath1Parser's own: it evaluates at once what needs no answers.
        if self.tokenizer is None:
            self.tokenizer = self.create_tokenizer(self.symbol_table)
        return super(XPath1Parser, self).parse(source)


for _name, _count in FUNCTIONS.items():
    # XPath's own functions of these names take other numbers of arguments.
    Parser.symbol_table.pop(_name, None)
    Parser.function(_name, nargs=_count if _count[0] != _count[1] else _count[0])
