"""What to write to people of whom nothing was heard: their text, and a list for programs."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import quote

from flask_babel import force_locale
from flask_babel import gettext as _

from observer.findings.contacts import Silent
from observer.language import LANGUAGES, format_moment, ngettext
from observer.missions.models import Mission

COLUMNS = ("team", "name", "phone", "email", "last_contact", "assigned", "missing", "places")


@dataclass(frozen=True)
class Reminder:
    """Somebody to remind, and the text in their own language."""

    whom: Silent
    text: str
    subject: str

    @property
    def mail(self) -> str:
        """An address that opens a message to them, already written."""
        written = f"subject={quote(self.subject)}&body={quote(self.text)}"
        return f"mailto:{quote(self.whom.email, safe='@')}?{written}"

    @property
    def text_message(self) -> str:
        """The same for a text message; empty where no number is known."""
        number = "".join(sign for sign in self.whom.phone if sign.isdigit() or sign == "+")
        return f"sms:{number}?body={quote(self.text)}" if number else ""


def reminder(mission: Mission, whom: Silent) -> Reminder:
    """The reminder of one person, in their language or, where we do not write it, the mission's."""
    languages = (whom.language, mission.language, "en")
    with force_locale(next(one for one in languages if one in LANGUAGES)):
        if whom.last_contact is None:
            greeting = _("Hello %(name)s, we have not heard from you yet today.", name=whom.name)
        else:
            when = format_moment(whom.last_contact, mission.timezone)
            greeting = _(
                "Hello %(name)s, we last heard from you on %(time)s.", name=whom.name, time=when
            )
        parts = [greeting]
        if whom.missing:
            owed = ngettext(
                "%(num)s polling station of your team has no report yet: %(places)s.",
                "%(num)s polling stations of your team have no report yet: %(places)s.",
                whom.missing,
                places=_places(whom),
            )
            parts.append(owed)
        parts.append(_("Please send what you have, or tell us if you need help."))
        return Reminder(whom, " ".join(parts), mission.name)


def _places(whom: Silent) -> str:
    more = "…" if whom.missing > len(whom.places) else ""
    return ", ".join(whom.places) + more


def silent_as_csv(people: Iterable[Silent]) -> str:
    """The list as CSV; moments in UTC, so that programs read them right."""
    written = io.StringIO()
    rows = csv.writer(written)
    rows.writerow(COLUMNS)
    for whom in people:
        last = whom.last_contact.isoformat(timespec="seconds") if whom.last_contact else ""
        cells = (whom.team, whom.name, whom.phone, whom.email, last)
        owed = (whom.assigned, whom.missing, " ".join(whom.places))
        rows.writerow([*map(_harmless, cells), *owed])
    return written.getvalue()


def _harmless(cell: str) -> str:
    """A text that a spreadsheet does not take for a formula; a phone number stays one."""
    if cell.startswith("+") and cell[1:].replace(" ", "").isdigit():
        return cell
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell
