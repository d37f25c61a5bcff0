"""What the invented observers saw at the count, and the figures of its protocol."""

from __future__ import annotations

import random

from observer.demo.plan import MOST_COUNTING, VOTING_ENDS
from observer.demo.usual import Answers, Usual, Visit, assess, no, some_of, yes

TURNOUT = 0.72

_COUNTING = Usual(
    queue_at_close={"no": 0.8, "yes": 0.2},
    late_voters_admitted=no(0.01),
    unused_counted_cancelled=yes(0.05),
    signatures_counted=yes(0.05),
    box_opened_intact=yes(0.01),
    ballots_shown_to_all=yes(0.04),
    validity_reasonable=yes(0.01),
    validity_consistent=yes(0.02),
    disputes={"none": 0.84, "resolved": 0.14, "unresolved": 0.02},
    recount_there=no(0.08),
    count_interrupted=no(0.02),
    power_cut=no(0.03),
    falsification={"no": 1.0},
    protocol_filled_in_pen_and_words=yes(0.03),
    protocol_difficulties=no(0.16),
    protocol_pre_signed=no(0.03),
    agents_signed={"all": 0.86, "some": 0.08, "none": 0.01, "no_agents": 0.05},
    copies_to_agents={"all": 0.84, "some": 0.1, "none": 0.01, "no_agents": 0.05},
    protocol_posted=yes(0.14),
    recording_by_agents_allowed=yes(0.03, 0.05),
    materials_packed_sealed=yes(0.02),
    transport_escorted=yes(0.1, 0.3),
    followed_to_tabulation={"no": 0.9, "yes": 0.1},
    confidence_in_result={"full": 0.88, "some": 0.11, "none": 0.01},
)
_CHECKS = ("check_received", "check_signatures", "check_register", "check_box", "check_valid")
_MISWRITTEN = (("check_received", "unused"), ("check_box", "blank"), ("check_box", "invalid"))
"""Figures that may be wrong, each with the check that says so."""
_CANDIDATES = {
    "first": (("candidate_a", 0.24), ("candidate_b", 0.17), ("other", 0.59)),
    "runoff": (("candidate_a", 0.5), ("candidate_b", 0.5)),
}
"""By round the candidates and what part of the votes each has, the last one the rest."""


def count_answers(visit: Visit, draw: random.Random) -> Answers:
    """The answers to the form of closing and counting."""
    closed = VOTING_ENDS + draw.randint(0, 12)
    ended = VOTING_ENDS + draw.randint(70, MOST_COUNTING)
    answers: Answers = {
        "closing_time": f"{closed // 60:02}:{closed % 60:02}",
        "end_time": f"{ended // 60:02}:{ended % 60:02}",
        "who_present": some_of(draw, 2, "agents", "domestic_observers", "police", "officials"),
    }
    answers |= _COUNTING.draw(draw)
    if answers["queue_at_close"] == "yes":
        answers["all_in_queue_voted"] = "no" if draw.random() < 0.02 else "yes"
    answers |= _figures(visit, draw)
    unlike = sum(answers[name] == "no" for name in _CHECKS)
    problems = 2 * unlike + sum(
        answers[name] not in (good, "not_observed")
        for name, good in (
            ("box_opened_intact", "yes"),
            ("protocol_posted", "yes"),
            ("copies_to_agents", "all"),
            ("count_interrupted", "no"),
        )
    )
    return answers | assess(problems, draw)


def _figures(visit: Visit, draw: random.Random) -> Answers:
    """The figures of a protocol, which add up but where a number was miswritten."""
    voters = visit.registered_voters
    signatures = int(voters * min(0.95, max(0.4, draw.gauss(TURNOUT, 0.05))))
    in_box = signatures - (draw.random() < 0.04)
    spoiled = min(voters - in_box, draw.choice((0, 0, 0, 0, 1, 2)))
    blank, invalid = int(in_box * draw.uniform(0.02, 0.1)), int(in_box * draw.uniform(0.02, 0.07))
    valid = left = in_box - blank - invalid
    rows = []
    for candidate, part in _CANDIDATES[visit.round][:-1]:
        votes = min(left, max(0, round(valid * draw.gauss(part, 0.08))))
        rows.append({"candidate": candidate, "votes": votes})
        left -= votes
    rows.append({"candidate": _CANDIDATES[visit.round][-1][0], "votes": left})
    answers: Answers = {
        "register_voters": voters,
        "received": voters,
        "unused": voters - spoiled - in_box,
        "spoiled": spoiled,
        "signatures": signatures,
        "ballots_in_box": in_box,
        "valid": valid,
        "blank": blank,
        "invalid": invalid,
        "challenged": 0,
        "votes_by_candidate": rows,
    } | dict.fromkeys(_CHECKS, "yes")
    if draw.random() < 0.15:
        check, name = draw.choice(_MISWRITTEN)
        answers[name] += 10
        answers[check] = "no"
    return answers
