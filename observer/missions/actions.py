"""What the entries of the audit log are called on pages."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

ACTIONS = {
    "submission.status": _l("Status of a submission changed"),
    "form.publish": _l("Form published"),
    "form.discard": _l("Draft of a form discarded"),
    "places.import": _l("Places imported"),
    "regions.import": _l("Regions imported"),
    "people.import": _l("People imported"),
    "assignments.import": _l("Assignments imported"),
    "person.add": _l("Person added"),
    "phone.end": _l("Use of a phone ended"),
    "phone.restore": _l("Phone taken back"),
    "feed_token.make": _l("Token for the feed made"),
    "feed_token.end": _l("Token for the feed ended"),
    "round.close": _l("Round closed"),
    "round.open": _l("Round opened again"),
    "statement.create": _l("Statement begun"),
    "statement.save": _l("Text of a statement saved"),
    "sample.draw": _l("Sample drawn"),
    "sample.replace": _l("Station of the sample replaced"),
    "sample.restore": _l("Former sample restored"),
    "source.save": _l("Source saved"),
    "source.delete": _l("Source deleted"),
    "sources.import": _l("Sources imported"),
    "recommendation.save": _l("Recommendation saved"),
    "recommendation.delete": _l("Recommendation deleted"),
    "recommendation.move": _l("Recommendation moved"),
    "recommendations.import": _l("Recommendations imported"),
}
"""By the action's name; one that is missing is shown by its name."""
