"""The order of the compiled phases of a tick, by name: what `sim.model.schedule` lists, as the fast engine goes about it."""

from sim.model.calendar import (
    ACCOUNTS,
    ANSWER,
    APPLY,
    BILL_DUE,
    CIRCLE_LIVE,
    DOOR,
    GATE_AHEAD,
    GATE_DAY,
    KNOWN_ABOUT,
    PACKETS,
    PAYDAY,
    PUBLICATION,
    STATEMENT,
)

ALWAYS = 1 << 20
NO_GATE_AHEAD = 1 << 21
LESSON = 1 << 22
LESSON_LEARNED = 1 << 23
LEARNED_PUBLICATION = 1 << 24
IMPROVEMENT = 1 << 25
"""Flags of a day besides those of the calendar."""

CIRCLE, RELATIONSHIPS, TELL, CAPITAL, BUDGET, PASS_ON = range(6)
"""Places of the phases that do not belong to a block; those of a block follow."""
FIRST_OF_BLOCK = 6
APART = (
    (ALWAYS, "circle_phase"),
    (ALWAYS, "relationships_phase"),
    (ALWAYS, "tell_phase"),
    (ANSWER, "capital_phase"),
    (PACKETS, "budget_phase"),
    (PACKETS, "pass_on_phase"),
)
"""The phases at these places, each needed on days with its flag."""

BLOCK_PHASES = (
    (STATEMENT, "statement_phase"),
    (PAYDAY, "payday_phase"),
    (ANSWER, "answer_phase"),
    (BILL_DUE, "bill_phase"),
    (PUBLICATION, "publication_phase"),
    (LEARNED_PUBLICATION, "learned_publication_phase"),
    (LESSON_LEARNED, "experience_phase"),
    (APPLY, "apply_phase"),
    (GATE_DAY | DOOR, "admission_phase"),
    (KNOWN_ABOUT, "learning_phase"),
    (GATE_AHEAD, "review_phase"),
    (NO_GATE_AHEAD, "rest_phase"),
    (LESSON, "practice_phase"),
    (IMPROVEMENT, "improvement_phase"),
    (ALWAYS, "luck_phase"),
    (ALWAYS, "rates_phase"),
    (CIRCLE_LIVE, "circle_rates_phase"),
    (ALWAYS, "counts_phase"),
    (PACKETS, "packets_phase"),
    (ALWAYS, "pay_phase"),
    (ALWAYS, "circle_acts_phase"),
    (ALWAYS, "visits_phase"),
    (ALWAYS, "stocks_phase"),
    (ACCOUNTS, "accounts_phase"),
)
"""What is done with a block of users, in order, each on the days with its flag."""
