"""The editor's pages: a form's questions in order, one question or group, adding, undoing.

Every edit is made to the form's latest version; a published one is left as it is, and its first
edit makes the next draft.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response as BaseResponse
from wtforms.fields import SelectChoice

from observer.access.permissions import needs
from observer.checklists.definition import LISTED, FormDefinition, Question, Section
from observer.checklists.drafts import (
    ADDED,
    CHANGED,
    MOVED,
    REMOVED,
    ChangedMeanwhileError,
    Edit,
    edits_since,
    latest_version,
    save_edit,
    stamp_of,
    undo_edit,
)
from observer.checklists.editing import (
    EditError,
    add_part,
    alike,
    all_names,
    change_choices,
    change_part,
    orphaned,
    remove_part,
)
from observer.checklists.forms import StampedForm
from observer.checklists.library import definition_of
from observer.checklists.models import DraftEdit, FormVersion
from observer.checklists.partforms import (
    PartForm,
    SectionForm,
    section_data,
    section_form,
    settings_form,
    texts_of,
)
from observer.checklists.picks import answers_to_pick, lists_to_pick, spots_to_pick, title_of
from observer.checklists.questionforms import (
    NEW_CHOICES,
    TYPES,
    QuestionForm,
    choice_rows,
    question_data,
    question_form,
    type_word,
)
from observer.checklists.references import uses_of
from observer.checklists.tree import Part, Spot, move, names_in, part_named, relocate
from observer.database import get_session
from observer.language import in_language
from observer.missions.scope import current_scope

blueprint = Blueprint("editor", __name__, url_prefix="/forms/<code>/<int:number>")

Page = str | BaseResponse | tuple[str, int]

NEW = {
    "question": Question(name="", type="select_one", label={}),
    "group": Section(name="", label={}, children=()),
}


@dataclass(frozen=True)
class Opened:
    """A form as it is edited: its latest version, draft or published."""

    version: FormVersion
    definition: FormDefinition
    stamp: str

    def part(self, name: str) -> Part | None:
        """The question or group with this name."""
        return part_named(self.definition, name) if name in all_names(self.definition) else None

    @property
    def address(self) -> dict[str, Any]:
        """What the addresses of its pages have in common."""
        return {"code": self.definition.code, "number": self.version.number}


def _opened(code: str, number: int) -> Opened:
    """The form's latest version; a page of an older one leads on to that of the latest.

    What was typed for a version that is not the latest any more is not thrown away: whether it
    still fits is seen by its stamp.
    """
    latest = latest_version(get_session(), current_scope().mission, code)
    looks = request.method != "POST"
    if latest is None or (looks and not 1 <= number <= latest.number):
        abort(404, _("There is no such version of a form."))
    if looks and number < latest.number:
        flash(_("Version %(number)s is the newest one: it is edited.", number=latest.number))
        kept = {key: request.args[key] for key in ("spot", "at") if key in request.args}
        values = (request.view_args or {}) | kept | {"number": latest.number}
        abort(redirect(url_for(request.endpoint or "editor.outline", **values)))
    definition = definition_of(latest)
    return Opened(latest, definition, stamp_of(definition))


@blueprint.context_processor
def _for_templates() -> dict[str, object]:
    return {
        "type_words": TYPES,
        "type_word": type_word,
        "edit_in_words": edit_in_words,
        "title_of": title_of,
    }


@blueprint.route("/edit")
@needs("form.manage")
def outline(code: str, number: int) -> str:
    """The questions in order, with the phone beside them."""
    opened = _opened(code, number)
    version = opened.version
    return render_template(
        "checklists/outline.html",
        opened=opened,
        mission=current_scope().mission,
        definition=opened.definition,
        form=StampedForm(data={"stamp": opened.stamp}),
        last=version.edits[-1] if version.edits and version.published_at is None else None,
        at=request.args.get("at", ""),
        by=request.args.get("by", ""),
    )


@blueprint.route("/edit/<name>", methods=["GET", "POST"])
@needs("form.manage")
def part(code: str, number: int, name: str) -> Page:
    """One question or group, to be changed."""
    opened = _opened(code, number)
    found = opened.part(name)
    if found is None:
        if request.method != "POST":
            abort(404, _("There is no such question in this form."))
        return _gone(opened)
    form = _form(opened, found)
    if request.method != "POST" or _rearranged(form):
        return _part_page(opened, form, found)
    if not form.validate():
        return _part_page(opened, form, found), 422
    new_name = form.name_for(all_names(opened.definition) - {name}, found_kind(found))
    others = [each.name for each in alike(opened.definition, name)]

    def edit(definition: FormDefinition) -> FormDefinition:
        new = _typed(form, part_named(definition, name), new_name)
        changed = change_part(definition, name, new)
        if isinstance(form, QuestionForm) and isinstance(new, Question) and form.also.data:
            changed = change_choices(changed, others, new.choices)
        return changed

    return _save(opened, form, found, edit, name=new_name)


@blueprint.route("/add/<any(question, group):kind>", methods=["GET", "POST"])
@needs("form.manage")
def add(code: str, number: int, kind: str) -> Page:
    """A new question or group."""
    opened = _opened(code, number)
    form = _form(opened, NEW[kind])
    if request.method != "POST":
        form.spot.data = request.args.get("spot", str(Spot()))
        _arrange_new(form)
        return _part_page(opened, form, NEW[kind])
    if _rearranged(form):
        return _part_page(opened, form, NEW[kind])
    _copy_choices(opened, form)
    if not form.validate():
        return _part_page(opened, form, NEW[kind]), 422
    name = form.name_for(all_names(opened.definition), kind)

    def edit(definition: FormDefinition) -> FormDefinition:
        return add_part(definition, _typed(form, NEW[kind], name), Spot.read(form.spot.data))

    return _save(opened, form, NEW[kind], edit, name=name)


@blueprint.route("/edit/<name>/move", methods=["POST"])
@needs("form.manage")
def move_(code: str, number: int, name: str) -> BaseResponse:
    """Move a part one step up or down, or to the place that is named."""
    opened = _opened(code, number)
    to = request.form.get("to", request.form.get("spot", ""))

    def edit(definition: FormDefinition) -> FormDefinition:
        if to in ("up", "down"):
            return move(definition, name, up=to == "up")
        return relocate(definition, name, Spot.read(to))

    return _act(opened, edit, MOVED, name, by=to if to in ("up", "down") else "")


@blueprint.route("/edit/<name>/remove", methods=["POST"])
@needs("form.manage")
def remove(code: str, number: int, name: str) -> BaseResponse:
    """Take a part out, with all that is in it."""
    return _act(_opened(code, number), lambda form: remove_part(form, name), REMOVED, name)


@blueprint.route("/settings", methods=["GET", "POST"])
@needs("form.manage")
def settings(code: str, number: int) -> Page:
    """Title, languages and what the form is filled for."""
    opened = _opened(code, number)
    definition, languages = opened.definition, opened.definition.languages
    data = {"place": definition.place, "stamp": opened.stamp}
    form = settings_form(languages)(data=data | texts_of(definition, ("title",), languages))
    newer, status = None, 200
    if form.is_submitted():
        status = 422
    if form.validate_on_submit():
        try:
            return _to_outline(_edited(opened, form.edited, CHANGED, ""), "")
        except EditError as error:
            form.form_errors.extend(fault.message for fault in error.faults)
        except ChangedMeanwhileError:
            newer, status = _newer(opened, form), 409
    page = render_template("checklists/settings.html", opened=opened, form=form, newer=newer)
    return page, status


@blueprint.route("/undo", methods=["POST"])
@needs("form.manage")
def undo(code: str, number: int) -> BaseResponse:
    """Take back the last edit of a draft."""
    opened, form = _opened(code, number), StampedForm()
    session, mission = get_session(), current_scope().mission
    try:
        done = undo_edit(session, mission, code, stamp=form.stamp.data or "")
    except ChangedMeanwhileError:
        return _changed_meanwhile(opened)
    session.commit()
    if done is None:
        flash(_("There is nothing to undo."))
    else:
        flash(_("Undone: %(what)s", what=edit_in_words(done)), "success")
    return redirect(url_for("editor.outline", **opened.address))


def edit_in_words(edit: DraftEdit) -> str:
    """What an edit did, in the reader's language."""
    what = in_language(edit.label) or edit.name
    return {
        ADDED: _("“%(what)s” added", what=what),
        CHANGED: _("“%(what)s” changed", what=what),
        MOVED: _("“%(what)s” moved", what=what),
        REMOVED: _("“%(what)s” removed", what=what),
    }[edit.action]


def found_kind(part: Part) -> str:
    """What kind of part it is: the word in the address of the page that adds one."""
    return "group" if isinstance(part, Section) else "question"


def _form(opened: Opened, part: Part) -> PartForm:
    """The form for a part, with what is asked of this checklist to choose from."""
    languages, definition = opened.definition.languages, opened.definition
    form: PartForm
    if isinstance(part, Section):
        form = section_form(languages)(data=section_data(part, languages))
    else:
        form = question_form(languages, part)(data=question_data(part, languages))
        form.like.choices = [SelectChoice("", "–"), *lists_to_pick(definition)]
        count = len(alike(definition, part.name)) if part.name else 0
        form.also.label.text = _("Change them in the %(count)s others too", count=count)
    if not form.is_submitted():
        form.stamp.data = opened.stamp
    form.pick.choices = [SelectChoice("", "–"), *answers_to_pick(definition, part)]
    form.spot.choices = spots_to_pick(definition, part)
    return form


def _rearranged(form: PartForm) -> bool:
    """Whether a button was pressed that changes the page and saves nothing."""
    what, _space, number = request.form.get("do", "").partition(" ")
    if what == "pick":
        form.use_pick()
    elif what in ("more", "drop", "up", "down") and isinstance(form, QuestionForm):
        form.arrange(what, int(number) if number.isdigit() else -1)
    else:
        return False
    return True


def _arrange_new(form: PartForm) -> None:
    if isinstance(form, QuestionForm):
        form.set_rows([{}] * NEW_CHOICES)


def _copy_choices(opened: Opened, form: PartForm) -> None:
    """Take the choices of the question that is named, where none were typed."""
    if isinstance(form, QuestionForm) and form.type.data in LISTED and form.like.data:
        other = opened.part(form.like.data)
        if isinstance(other, Question) and all(row.form.is_blank for row in form.choices):
            form.set_rows(choice_rows(other, opened.definition.languages))


def _typed(form: PartForm, old: Part, name: str) -> Part:
    """The part as it was typed. Raises EditError where the form itself says what is wrong."""
    if isinstance(form, QuestionForm) and isinstance(old, Question):
        new = form.question(old, name)
    elif isinstance(form, SectionForm) and isinstance(old, Section):
        new = form.section(old, name)
    else:
        raise EditError([])
    if form.errors:
        raise EditError([])
    return new


def _save(opened: Opened, form: PartForm, part: Part, edit: Edit, *, name: str) -> Page:
    """Make an edit that was typed; whatever hinders it, what was typed stays on the page."""
    form.use_pick()
    try:
        version = _edited(opened, edit, CHANGED if part.name else ADDED, name)
    except EditError as error:
        form.show(error.faults, name)
        return _part_page(opened, form, part), 422
    except ChangedMeanwhileError:
        return _part_page(opened, form, part, newer=_newer(opened, form)), 409
    _warn_of_orphans(opened.definition, definition_of(version), part, name)
    return _to_outline(version, name)


def _act(opened: Opened, edit: Edit, action: str, name: str, by: str = "") -> BaseResponse:
    """Make an edit for which nothing was typed."""
    if opened.part(name) is None:
        return _changed_meanwhile(opened)
    try:
        version = _edited(opened, edit, action, name)
    except ChangedMeanwhileError:
        return _changed_meanwhile(opened)
    except EditError as error:
        for fault in error.faults:
            where = " ".join(filter(None, (fault.name, fault.column)))
            flash(
                _("Not done. %(where)s: %(message)s", where=where, message=fault.message), "danger"
            )
        version = opened.version
    return _to_outline(version, name, by)


def _edited(opened: Opened, edit: Edit, action: str, name: str) -> FormVersion:
    """Make an edit and commit it; gives the draft that has it."""
    session, mission, code = get_session(), current_scope().mission, opened.definition.code
    stamp = StampedForm().stamp.data or ""
    try:
        version = save_edit(
            session, mission, code, edit, stamp=stamp, action=action, name=name, by=current_user
        )
    except EditError:
        session.rollback()
        raise
    session.commit()
    if version.published_at is not None:
        flash(_("Nothing was changed."))
    else:
        flash(_("Saved in draft %(number)s.", number=version.number), "success")
    return version


def _newer(opened: Opened, form: FlaskForm) -> list[DraftEdit]:
    """What others did since the page was made; saving once more is done to what they left."""
    seen = form.stamp.data or ""
    form.stamp.raw_data, form.stamp.data = None, opened.stamp
    return edits_since(opened.version, seen)


def _to_outline(version: FormVersion, name: str, by: str = "") -> BaseResponse:
    return redirect(
        url_for(
            "editor.outline",
            code=version.form.code,
            number=version.number,
            at=name,
            by=by or None,
        )
    )


def _changed_meanwhile(opened: Opened) -> BaseResponse:
    flash(_("Nothing was done: the form was changed meanwhile. Here is how it is now."), "warning")
    return redirect(url_for("editor.outline", **opened.address))


def _gone(opened: Opened) -> Page:
    """What was typed for a part that somebody has removed meanwhile, ready to be added again."""
    blank = NEW["question" if "type" in request.form else "group"]
    form = _form(opened, blank)
    _newer(opened, form)
    form.form_errors.append(_("It was removed meanwhile. Saving adds it again."))
    return _part_page(opened, form, blank), 409


def _warn_of_orphans(before: FormDefinition, after: FormDefinition, part: Part, name: str) -> None:
    if not isinstance(part, Question) or part.name != name:
        return
    for choice, use in orphaned(before, after, name):
        flash(
            _(
                "%(use)s: %(column)s still speaks of the choice %(choice)s, which is gone.",
                use=use.name,
                column=use.column,
                choice=choice,
            ),
            "warning",
        )


def _part_page(
    opened: Opened, form: PartForm, part: Part, newer: list[DraftEdit] | None = None
) -> str:
    adding = not part.name
    return render_template(
        "checklists/part.html",
        opened=opened,
        definition=opened.definition,
        form=form,
        part=part,
        kind=found_kind(part),
        adding=adding,
        uses=[] if adding else uses_of(opened.definition, names_in(part)),
        alike=[] if adding else alike(opened.definition, part.name),
        newer=newer,
        focus=request.form.get("do", "").partition(" ")[0],
        listed=LISTED,
    )
