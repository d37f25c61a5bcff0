"""XLSForms come in, go out the same, and bad ones are refused with where and remedy."""

from __future__ import annotations

import csv
from io import BytesIO, StringIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from observer.badinput import BadFileError
from observer.checklists.definition import Section
from observer.checklists.spreadsheet import write_xlsform
from observer.checklists.validation import check_answers
from observer.checklists.xlsform import read_with_warnings, read_xlsform

HEADER = ("type", "name", "label::English (en)", "label::Español (es)")
CHOICES = (
    ("list_name", "name", "label::English (en)", "label::Español (es)"),
    ("yn", "yes", "Yes", "Sí"),
    ("yn", "no", "No", "No"),
)
SETTINGS = (
    ("form_id", "form_title", "title::English (en)", "default_language", "place"),
    ("small", "Pequeño", "Small", "Español (es)", "centre"),
)


def sheets(*rows, columns=(), choices=CHOICES, settings=SETTINGS):
    return {"survey": ((*HEADER, *columns), *rows), "choices": choices, "settings": settings}


def markdown(form):
    lines = []
    for name, rows in form.items():
        lines.append(f"| {name} |")
        lines += [
            "| | " + " | ".join(cell.replace("|", r"\|") for cell in row) + " |" for row in rows
        ]
    return "\n".join(lines).encode()


def comma_separated(form):
    out = StringIO()
    writer = csv.writer(out)
    for name, rows in form.items():
        writer.writerow([name])
        writer.writerows(("", *row) for row in rows)
    return out.getvalue().encode("utf-8-sig")


def workbook(form):
    book = Workbook()
    book.remove(book.active)
    for name, rows in form.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append([cell or None for cell in row])
    out = BytesIO()
    book.save(out)
    return out.getvalue()


WAYS = ((markdown, "small.md"), (comma_separated, "small.csv"), (workbook, "small.xlsx"))


@pytest.mark.parametrize(("write", "name"), WAYS)
def test_the_same_form_comes_from_every_kind_of_file(write, name):
    form = sheets(
        ("select_one yn", "opened", "Open?", "¿Abierto?", "no!!", "Open", "yes", "", "", ""),
        ("begin_repeat", "visits", "Visits", "Visitas", "", "", "", "${opened} = 'yes'", "", ""),
        ("integer", "late", "Late", "Tarde", "", "", "", "", ". >= 0", "Nothing below 0"),
        ("end_repeat", "", "", "", "", "", "", "", "", ""),
        ("start", "start", "", "", "", "", "", "", "", ""),
        columns=(
            "finding::problem",
            "short_label::English (en)",
            "required",
            "relevant",
            "constraint",
            "constraint_message::English (en)",
        ),
    )
    definition = read_xlsform(write(form), name)
    assert definition.code == "small"
    assert definition.title == {"es": "Pequeño", "en": "Small"}
    assert definition.languages == ("es", "en")
    assert definition.place == "centre"
    opened, visits = definition.children
    assert opened.label == {"es": "¿Abierto?", "en": "Open?"}
    assert next(iter(opened.label)) == "es"
    assert opened.problems == {"no": "grave"}
    assert opened.required == "true()"
    assert opened.table_label == {"en": "Open"}
    assert [choice.name for choice in opened.choices] == ["yes", "no"]
    assert isinstance(visits, Section)
    assert visits.repeated
    assert visits.relevant == "${opened} = 'yes'"
    assert visits.children[0].constraint_message == {"en": "Nothing below 0"}


def test_a_text_that_looks_like_a_formula_stays_a_text():
    form = sheets(("note", "n", "=1+1", "x"))
    definition = read_xlsform(markdown(form), "small.md")
    again = read_xlsform(write_xlsform(definition), "small.xlsx")
    assert again.question("n").label["en"] == "=1+1"


def test_or_other_asks_for_the_other_one():
    definition = read_xlsform(markdown(sheets(("select_one yn or_other", "a", "A", "A"))), "s.md")
    wrong = check_answers(definition, {"a": "yes", "a_other": "x"})
    assert wrong.answers == {"a": "yes"}
    assert check_answers(definition, {"a": "other", "a_other": "x"}).answers["a_other"] == "x"


Q = ("integer", "q", "Q", "Q")
BAD = {
    "rows as choices": (("select_one ${q}", "r", "Q", "Q"), (), "row 2, column type", "as a list"),
    "missing list": (("select_one_from_file a.csv", "q", "Q", "Q"), (), "row 2, column type",
                     "--with a.csv"),
    "range": (("range", "q", "Q", "Q", "start=1 end=9 step=0"), ("parameters",),
              "row 2, column parameters", "'step'"),
    "unknown type": (("integre", "q", "Q", "Q"), (), "integre", "write one of"),
    "mark": (("select_one yn", "q", "Q", "Q", "maybe!"), ("finding::problem",),
             "row 2, column finding::problem: 'maybe'", "no, yes"),
    "mark without !": (("select_one yn", "q", "Q", "Q", "no"), ("finding::problem",),
                       "row 2, column finding::problem", "no!"),
    "function": ((*Q, "sine(${q})"), ("calculation",),
                 "row 2, column calculation: the function sine", "there are"),
    "pulldata": ((*Q, "pulldata('a', 'b', 'c', ${q})"), ("calculation",),
                 "row 2, column calculation: the table a is missing", "--with a.csv"),
    "pulldata of answers": ((*Q, "pulldata(${q}, 'b', 'c', 1)"), ("calculation",),
                            "row 2, column calculation: pulldata", "in quotes"),
    "search": (("select_one yn", "q", "Q", "Q", "search('a', 'like', 'b', 1)"), ("appearance",),
               "row 2, column appearance", "one of matches"),
    "random": ((*Q, "${q} * random()"), ("calculation",), "row 2, column calculation",
               "once(random())"),
    "date code": ((*Q, "format-date(today(), '%A')"), ("calculation",),
                  "row 2, column calculation: %A", "%a"),
    "regex": ((*Q, "regex(., '(?i)a')"), ("constraint",),
              "row 2, column constraint: the pattern", "no ++, (?i)"),
    "broken": ((*Q, ". >"), ("constraint",), "row 2, column constraint", "write it as in"),
    "path to anywhere": ((*Q, "//x = 1"), ("relevant",), "row 2, column relevant", "${name}"),
    "unknown name": ((*Q, "${nobody} = 1"), ("relevant",), "nobody", "survey"),
    "reference in label": (("note", "q", "Q ${p}", "Q"), (), "row 2, column label", "'p'"),
    "choice filter": (("select_one yn", "q", "Q", "Q", "state = 'yes'"), ("choice_filter",),
                      "row 2, column choice_filter: there is no column state", "'state'"),
    "no list": (("select_one nothing", "q", "Q", "Q"), (), "row 2", "choices"),
    "not ended": (("begin_group", "q", "Q", "Q"), (), "row 2", "end_group"),
    "name": (("integer", "9 lives", "Q", "Q"), (), "row 2, column name", "letter"),
}  # fmt: skip


@pytest.mark.parametrize("case", BAD)
def test_a_bad_cell_is_named_with_its_remedy(case):
    row, columns, where, remedy = BAD[case]
    with pytest.raises(BadFileError) as refused:
        read_xlsform(markdown(sheets(row, columns=columns)), "bad.md")
    text = str(refused.value)
    assert where in text
    assert remedy in text
    assert "sheet survey" in text


ROWS = b"code,label\n" + b"".join(b"%d,x\n" % number for number in range(20_001))
LISTS = {
    "not text": ("a.csv", b"code,label\n\xff,x\n", "UTF-8"),
    "another column": ("a.csv", b"codes,label\n1,x\n", "no column code, only codes, label"),
    "too long": ("a.csv", ROWS, "20,001 rows; bring at most 20,000"),
    "no XML": ("a.xml", b"<root><item>", "cannot be read as XML"),
    "entities": (
        "a.xml",
        b'<!DOCTYPE r [<!ENTITY e "x">]><r><item><code>&e;</code></item></r>',
        "cannot be read as XML",
    ),
    "no GeoJSON": ("a.geojson", b'{"features": 1}', "cannot be read as GeoJSON"),
}


@pytest.mark.parametrize("case", LISTS)
def test_a_list_that_cannot_be_looked_into_is_told_where_it_is_needed(case):
    name, content, said = LISTS[case]
    form = markdown(sheets((*Q, "pulldata('a', 'label', 'code', ${q})"), columns=("calculation",)))
    with pytest.raises(BadFileError) as refused:
        read_with_warnings(form, "bad.md", {name: content})
    assert "sheet survey, row 2, column calculation: " in str(refused.value)
    assert said in str(refused.value)


def test_what_has_no_meaning_here_comes_in_with_a_warning():
    form = sheets(
        ("audit", "audit", "", "", ""),
        ("calculate", "key", "", "", "uuid()"),
        ("calculate", "before", "", "", "concat('#', ${last-saved#key}, null)"),
        columns=("calculation",),
    )
    read = read_with_warnings(markdown(form), "good.md")
    assert [(each.row, each.column) for each in read.warnings] == [
        ("3", "calculation"),
        ("4", "calculation"),
        ("4", "calculation"),
        ("2", "type"),
        ("2", "type"),
    ]
    assert [q.calculation for q in read.definition.questions()] == [
        "once(uuid())",
        "concat('#', '', '')",
    ]
    assert read_xlsform(write_xlsform(read.definition), "good.xlsx") == read.definition


def test_all_problems_are_told_at_once():
    form = sheets(
        ("integre", "a", "A", "A", ""),
        ("integer", "b", "B", "B", "a!! b"),
        ("select_one ${b}", "c", "C", "C", ""),
        columns=("finding::problem",),
        settings=(("form_id", "place"), ("my form", "house")),
    )
    with pytest.raises(BadFileError) as refused:
        read_xlsform(markdown(form), "bad.md")
    assert [problem.where for problem in refused.value.problems] == [
        "sheet settings, row 2, column place",
        "sheet survey, row 2, column type",
        "sheet survey, row 3, column finding::problem",
        "sheet survey, row 4, column type",
    ]


def test_one_name_in_two_groups_becomes_two_names_and_in_one_group_is_refused():
    form = sheets(
        ("begin_group", "g", "G", "G", ""), (*Q, ""), ("integer", "r", "R", "R", "../q > 1"),
        ("end_group", "", "", "", ""),
        ("begin_group", "h", "H", "H", ""), (*Q, "../r > 1"), ("integer", "r", "R", "R", ""),
        ("end_group", "", "", "", ""),
        columns=("relevant",),
    )  # fmt: skip
    definition = read_xlsform(markdown(form), "good.md")
    assert [(q.name, q.relevant) for q in definition.questions()] == [
        ("g_q", ""), ("g_r", "../g_q > 1"), ("h_q", "../h_r > 1"), ("h_r", ""),
    ]  # fmt: skip
    assert read_xlsform(write_xlsform(definition), "good.xlsx") == definition
    with pytest.raises(BadFileError, match="row 3"):
        read_xlsform(markdown(sheets(Q, Q)), "bad.md")


GOOD = markdown(sheets(Q))


@pytest.mark.parametrize(
    ("content", "name", "said"),
    [
        (b"", "form.xlsx", "empty"),
        (b" \n", "form.md", "empty"),
        (GOOD.decode().encode("utf-16"), "form.md", "UTF-16"),
        ("señal".encode("latin-1") * 9, "form.csv", "no UTF-8"),
        (GOOD, "form.xlsx", "not an Excel workbook"),
        (workbook(sheets(Q))[:900], "form.xlsx", "not a readable Excel workbook"),
        (b"PK\x03\x04" + bytes(200), "form.xlsx", "not a readable Excel workbook"),
        (b"\xd0\xcf\x11\xe0" + bytes(600), "form.xls", "cannot be read as an Excel workbook"),
        (workbook({"places": (("code", "level"), ("1", "region"))}), "places.xlsx", "type"),
        (workbook({"Sheet1": ()}), "nothing.xlsx", "survey"),
        (b"code,level,parent\n1,2,3\n4,5,6\n", "places.csv", "survey"),
        (b"\0" * 50, "form.bin", "not text"),
        (b"just words", "form.txt", "XLSForm"),
    ],
)
def test_a_file_that_is_no_form_is_refused_in_words(content, name, said):
    with pytest.raises(BadFileError) as refused:
        read_xlsform(content, name)
    assert said in str(refused.value)


def test_an_excel_file_named_csv_is_read_for_what_it_is():
    assert read_xlsform(workbook(sheets(Q)), "form.csv").code == "small"


@settings(deadline=None)
@given(st.binary(max_size=300), st.sampled_from(["f.md", "f.csv", "f.xlsx", "f.xls", "f"]))
def test_any_bytes_are_refused_as_a_bad_file(content, name):
    with pytest.raises(BadFileError):
        read_xlsform(content, name)


CELLS = st.text(st.characters(exclude_characters="\r\n|", codec="utf-8"), max_size=12)
EXPRESSIONS = st.one_of(
    CELLS,
    st.text("${q}.'()=<>+-* /1andor,", max_size=20),
    st.lists(
        st.sampled_from(["${q}", ".", "..", "/", "(", ")", "and", "=", "1", "'a'", "if", "count",
                         "position", "*", "[", "]", ",", "div", "-", "$", "::", "|", "@", "today"]),
        max_size=8,
    ).map(" ".join),
)  # fmt: skip


@settings(deadline=None)
@given(EXPRESSIONS, st.sampled_from(["relevant", "constraint", "calculation", "required"]))
def test_any_expression_is_understood_or_refused(expression, column):
    form = sheets((*Q, expression), columns=(column,))
    try:
        definition = read_xlsform(markdown(form), "form.md")
    except BadFileError:
        return
    check_answers(definition, {"q": 1})


TYPES = """text|integer|range|rank c|select_one c|select_multiple c or_other|note|select_one ${q}
select_one_from_file a.csv|select_one_external c|begin_group|end_group|begin repeat|end repeat
begin_loop over c|end_loop|calculate|audit|start|end|today|background-geopoint|csv-external|osm
trigger|geotrace|hidden|percentage|phone number|include|photo|xml-external"""
COLUMNS = """type|name|label|label::fr|hint|guidance_hint|image|media::audio::fr|relevant
choice_filter|calculation|default|trigger|repeat_count|readonly|parameters|appearance|required
bind::foo|body::x|finding::problem|instance::a|save_to||choice filter|list_name
constraint_message::fr|finding|fr:x"""
SETTINGS_COLUMNS = "form_id|version|style|name|id|default_language|title::fr|place"
CELL_WORDS = """q|r|c|g|1|yes|${q}|today()|../q|start=1 end=9|a.png|table-list|label|minimal|other
position(..)|${r}|search('a')|randomize=true|value=q label=r|no!|q.r-1"""


def one_of(words):
    return st.sampled_from(words.replace("\n", "|").split("|"))


NAMES = st.sampled_from(["q", "r", "g", "c", "q_other", "g_q", "r_count", "meta", ""])
TEXT = st.text(st.characters(exclude_characters="|", exclude_categories=["C"]), max_size=9)
WORDS = st.one_of(TEXT, one_of(CELL_WORDS), one_of(TYPES))
SHEETS = {
    "survey": st.lists(st.tuples(one_of(TYPES), NAMES, *[WORDS] * 6), min_size=1, max_size=8),
    "choices": st.lists(st.tuples(st.just("c"), NAMES, *[WORDS] * 2), max_size=4),
    "external_choices": st.lists(st.tuples(st.just("c"), NAMES, *[WORDS] * 2), max_size=3),
    "settings": st.lists(st.tuples(*[WORDS] * 3), max_size=2),
    "entities": st.lists(st.tuples(*[WORDS] * 2), max_size=1),
}


@st.composite
def random_forms(draw):
    form = {}
    for name, rows in SHEETS.items():
        found = draw(rows)
        if name == "survey":
            head = ("type", "name", "label", *draw(st.tuples(*[one_of(COLUMNS)] * 5)))
        elif name == "settings":
            head = draw(st.tuples(*[one_of(SETTINGS_COLUMNS)] * 3))
        elif name == "entities":
            head = ("dataset", "label")
        else:
            head = ("list_name", "name", "label", draw(one_of(COLUMNS)))
        if found:
            form[name] = (head, *found)
    return form


@settings(deadline=None, max_examples=50)
@given(random_forms(), st.sampled_from([markdown, workbook]))
def test_any_cells_make_a_form_that_works_or_a_bad_file(form, write):
    try:
        definition = read_xlsform(write(form), "form.xlsx" if write is workbook else "form.md")
    except BadFileError:
        return
    check_answers(definition, {"q": 1, "r": [{"q": 2}]})
    again = read_xlsform(write_xlsform(definition), "form.xlsx")
    assert [q.name for q in again.questions()] == [q.name for q in definition.questions()]
