"""What the invented observers saw in a polling station: the answers to each form of the day.

Most of it is as it should be. What is not follows the demonstration's story: late openings in
Loreto and Ucayali, missing staff in the southern Andes, here and there an obstructed agent.
"""

from __future__ import annotations

import random
from datetime import timedelta

from observer.demo.counts import TURNOUT, count_answers
from observer.demo.incidents import INCIDENTS
from observer.demo.plan import LATE_REGIONS, VOTING_BEGINS, VOTING_ENDS
from observer.demo.usual import Answers, Usual, Visit, assess, no, some_of, yes

STAFF_REQUIRED = 3
_MISSING_STAFF_REGIONS = ("03", "05", "09", "21")
_VOTING_MINUTES = VOTING_ENDS - VOTING_BEGINS

_CHAIR = {"woman": 0.55, "man": 0.43, "not_observed": 0.02}
_OPENING = Usual(
    ballots_counted=yes(0.02, 0.05),
    box_shown_empty=yes(0.006, 0.05),
    box_sealed=yes(0.004),
    seal_numbers_recorded=yes(0.03, 0.05),
    secrecy_booths=yes(0.03),
    voter_list_displayed=yes(0.07),
    observers_present={"no": 0.7, "yes": 0.3},
    procedures_followed={"all": 0.93, "most": 0.06, "few": 0.01},
)
_VOTING = Usual(
    staff_trained=yes(0.08, 0.05),
    crowded={"no": 0.91, "yes": 0.09},
    accessible={"full": 0.58, "help_needed": 0.3, "not": 0.1, "not_observed": 0.02},
    help_for_disabled=yes(0.06, 0.15),
    layout_secrecy={"yes": 0.965, "no": 0.035},
    campaign_material_inside={"no": 0.988, "yes": 0.012},
    box_sealed_now={"yes": 0.997, "no": 0.003},
    security={"outside": 0.78, "inside_called": 0.03, "inside_uncalled": 0.04, "none": 0.15},
    id_checked=yes(0.004),
    register_signed=yes(0.008),
    ballot_stamped_or_signed=yes(0.01),
    ink_applied=yes(0.02),
    procedures_followed={"all": 0.93, "most": 0.06, "few": 0.01},
    understanding_of_procedures={"good": 0.92, "weak": 0.07, "poor": 0.01},
    secrecy_kept={"always": 0.93, "mostly": 0.06, "often_not": 0.01},
    group_voting=no(0.025),
    proxy_voting=no(0.004),
    multiple_voting=no(0.0005),
    photo_of_ballot=no(0.015, 0.06),
    influence=no(0.012),
    intimidation_inside=no(0.005),
    vote_buying={"no": 0.985, "heard": 0.014, "seen": 0.001},
    voting_suspended={"no": 0.99, "yes": 0.01},
    complaints=no(0.03, 0.05),
)
_PEOPLE = Usual(
    party_agents_present={"yes": 0.9, "no": 0.1},
    agents_obstructed=no(0.006),
    unauthorised_persons={"no": 0.97, "yes": 0.03},
    observation_restricted={"no": 0.99, "yes": 0.01},
)
_PARTY = Usual(
    accredited=yes(0.02, 0.04),
    stayed_all_day={"yes": 0.7, "no": 0.2, "not_observed": 0.1},
    obstructed=no(0.005),
    interfered=no(0.015),
    complained=no(0.03, 0.04),
    got_protocol_copy={"not_observed": 0.72, "yes": 0.27, "no": 0.01},
)
_OTHERS = Usual(
    accreditation_problems=no(0.03),
    domestic_observers_present={"no": 0.78, "yes": 0.22},
    international_observers_present={"no": 0.97, "yes": 0.03},
    media_present={"no": 0.95, "yes": 0.05},
)


def make_answers(form: str, visit: Visit, draw: random.Random) -> Answers:
    """The answers to a form, all of them within the form's rules."""
    return _ANSWERS[form](visit, draw)


def make_wrong(form: str, answers: Answers) -> None:
    """Break a rule of the form, as a slip of the thumb would."""
    if form == "opening":
        answers["staff_women"] = answers["staff_present"] + 7
    else:
        answers["voted_so_far"] = answers["register_voters"] * 10


def _staff(visit: Visit, draw: random.Random) -> Answers:
    missing = draw.random() < (0.24 if visit.region in _MISSING_STAFF_REGIONS else 0.03)
    present = STAFF_REQUIRED - (draw.choice((1, 1, 1, 2)) if missing else 0)
    return {
        "staff_present": present,
        "staff_required": STAFF_REQUIRED,
        "staff_short": "yes" if missing else "no",
        "staff_women": sum(draw.random() < 0.54 for _ in range(present)),
        "chair_gender": draw.choices(list(_CHAIR), list(_CHAIR.values()))[0],
    }


def _people(draw: random.Random) -> Answers:
    answers = _PEOPLE.draw(draw)
    if answers["party_agents_present"] == "no":
        answers["agents_obstructed"] = "not_observed"
    if answers["unauthorised_persons"] == "yes":
        answers["unauthorised_interfering"] = "yes" if draw.random() < 0.2 else "no"
    return answers


def _opening(visit: Visit, draw: random.Random) -> Answers:
    late = visit.delay > 0
    opened = VOTING_BEGINS + visit.delay - (0 if late else draw.randint(0, 15))
    answers: Answers = {
        "station_opened": "no_waited" if visit.delay >= 120 else "yes",
        "opening_time": f"{opened // 60:02}:{opened % 60:02}",
        "opened_on_time": "no" if late else "yes",
    }
    if late:
        answers["delay_minutes"] = visit.delay
        by_boat = visit.region in LATE_REGIONS and draw.random() < 0.7
        answers["delay_reasons"] = (
            some_of(draw, 2, "materials_late", "weather")
            if by_boat
            else some_of(draw, 2, "staff_absent", "set_up_slow", "premises_closed", "power")
        )
    answers["queue_at_opening"] = int(draw.expovariate(1 / (28 if late else 9)))
    answers |= _staff(visit, draw)
    short = answers["staff_short"] == "yes"
    answers["staff_replaced_from_queue"] = (
        "yes" if draw.random() < (0.5 if short or late else 0.12) else "no"
    )
    if draw.random() < (0.12 if late else 0.02):
        answers["materials_complete"] = "no"
        answers["materials_missing"] = some_of(draw, 2, "seals", "ink", "booths", "forms")
    else:
        answers["materials_complete"] = "yes"
    answers["ballots_received"] = visit.registered_voters
    answers["register_voters"] = visit.registered_voters
    answers |= _OPENING.draw(draw)
    answers |= _people(draw)
    if answers["unauthorised_persons"] == "yes":
        answers["unauthorised_who"] = some_of(draw, 1, "police", "officials", "party", "unknown")
    problems = 2 * (visit.delay > 60) + late + short + (answers["materials_complete"] == "no")
    return answers | assess(problems + _minor_problems(answers), draw)


def _voting(visit: Visit, draw: random.Random) -> Answers:
    answers = _staff(visit, draw)
    elapsed = min(1.0, max(0.0, visit.minute - VOTING_BEGINS - visit.delay) / _VOTING_MINUTES)
    turnout = min(0.95, max(0.3, draw.gauss(TURNOUT, 0.05))) * elapsed
    queue = int(draw.expovariate(1 / 7))
    answers |= {
        "register_voters": visit.registered_voters,
        "voted_so_far": int(turnout * visit.registered_voters),
        "queue_outside": queue,
        "waiting_minutes": 2 * queue + draw.randint(0, 6),
    }
    answers |= _VOTING.draw(draw)
    chance = draw.random()
    answers["environment"] = _environment(draw)
    answers["turned_away"] = "none" if chance < 0.86 else "few" if chance < 0.985 else "many"
    if chance >= 0.86:
        answers["turned_away_reasons"] = some_of(draw, 2, "wrong_station", "no_id", "not_on_list")
    if answers["voting_suspended"] == "yes":
        answers["suspended_minutes"] = 5 * draw.randint(1, 18)
    if answers["complaints"] == "yes":
        answers["comment"] = draw.choice(
            (
                "La presidencia resolvió los reclamos en la mesa.",
                "The complaints were written down in the protocol.",
            )
        )
    answers |= _people(draw)
    problems = (answers["staff_short"] == "yes") + _minor_problems(answers)
    return answers | assess(problems, draw)


def _environment(draw: random.Random) -> list[str]:
    """What was seen outside: mostly nothing."""
    if draw.random() < 0.95:
        return ["none"]
    return [draw.choice(("campaign_material", "transport_by_party", "disorder"))]


def _minor_problems(answers: Answers) -> int:
    """How many of the answers that weigh most in an observer's mind are bad ones."""
    return sum(
        answers.get(name, good) not in (good, "not_observed")
        for name, good in (
            ("procedures_followed", "all"),
            ("understanding_of_procedures", "good"),
            ("secrecy_kept", "always"),
            ("layout_secrecy", "yes"),
            ("box_sealed", "yes"),
            ("agents_obstructed", "no"),
            ("intimidation_inside", "no"),
            ("group_voting", "no"),
            ("crowded", "no"),
        )
    )


def _party_agents(visit: Visit, draw: random.Random) -> Answers:
    remote = visit.region in LATE_REGIONS
    present = draw.random() < (0.82 if remote else 0.91)
    answers: Answers = {"agents_present": "yes" if present else "no"}
    if present:
        answers["parties"] = [
            {"party": party, "agents": agents, "women": draw.randint(0, agents)} | _PARTY.draw(draw)
            for party in some_of(draw, 2, "party_a", "party_b")
            for agents in (draw.choice((1, 1, 1, 2, 2, 3)),)
        ]
    answers |= _OTHERS.draw(draw)
    if answers["domestic_observers_present"] == "yes":
        answers["domestic_observers_obstructed"] = "yes" if draw.random() < 0.01 else "no"
    if answers["media_present"] == "yes":
        answers["media_obstructed"] = "yes" if draw.random() < 0.03 else "no"
    obstructed = any(party["obstructed"] == "yes" for party in answers.get("parties", ()))
    return answers | assess(3 * obstructed, draw)


def _incident(visit: Visit, draw: random.Random) -> Answers:
    incident = INCIDENTS[visit.number]
    occurred_at = visit.midnight + timedelta(minutes=int(visit.minute) - draw.randint(2, 5))
    answers: Answers = {
        "type": list(incident.types),
        "gravity": incident.gravity,
        "urgent": "yes" if incident.urgent else "no",
        "what_happened": incident.text,
        "occurred_at": occurred_at.isoformat(),
        "ongoing": "no",
        "where_text": incident.where,
        "how_known": incident.how_known,
        "people_hurt": incident.people_hurt,
        "voting_affected": incident.voting_affected,
        "response": incident.response,
        "safe_now": "yes",
    }
    if incident.voting_affected != "no":
        answers["affected_minutes"] = 10 * draw.randint(2, 9)
    return answers


_ANSWERS = {
    "opening": _opening,
    "voting": _voting,
    "party_agents": _party_agents,
    "counting": count_answers,
    "incident": _incident,
}
