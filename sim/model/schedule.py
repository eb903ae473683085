"""The order of a tick, in one list. Every phase names the columns that it reads and writes.

A tick is a day or an hour; what belongs to a day of the month comes in its first tick, at midnight. Each phase reads the
totals of ticks before (the circle, the shares that know and may comment) and this user's own columns; the only
columns of other users that any phase reads are their published scores (relationships, ranks) and that they just learned or
were just admitted (tell).
Applicants share a lender's cash by lot: through sums of what is asked for, by place in the lot, never through one another.
So no result depends on the order of users. Both engines follow this list; a test compares their phases with it.
"""

from typing import NamedTuple


class Phase(NamedTuple):
    """One step of a tick: its days, and the columns it reads and writes."""

    name: str
    when: str
    reads: tuple[str, ...]
    writes: tuple[str, ...]


SCHEDULE = (
    Phase("circle", "every tick, once", (), ()),
    Phase("relationships", "publication", ("score",), ("relationships",)),
    Phase(
        "statement",
        "statement day",
        ("id", "income", "true_ability", "liquidity", "debt", "record"),
        ("liquidity", "debt", "record"),
    ),
    Phase("capital", "the day after payday, once, where there are lenders", (), ()),
    Phase(
        "payday",
        "statement day where credit is a business, in place of the statement",
        (
            "id",
            "income",
            "true_ability",
            "liquidity",
            "debt",
            "record",
            "recent_spend",
            "score",
            "limit",
            "missed",
            "lost",
            "owed_*",
            "loan_*",
        ),
        ("liquidity", "debt", "record", "limit", "billed", "need", "unmet", "lost", "owed_*", "loan_*"),
    ),
    Phase(
        "answer",
        "the day after payday, where there are lenders",
        ("id", "income", "score", "liquidity", "record", "need", "unmet", "owed_*", "loan_*"),
        ("liquidity", "record", "need", "unmet", "owed_*", "loan_*"),
    ),
    Phase(
        "bill",
        "so many days after payday, with the credit line",
        ("income", "liquidity", "debt", "record", "limit", "billed", "missed"),
        ("liquidity", "debt", "record", "limit", "billed", "missed"),
    ),
    Phase(
        "publication",
        "publication",
        (
            "id",
            "income",
            "debt",
            "record",
            "ability_base",
            "identity_base",
            "declared",
            "recent_spend",
            "relationships",
            "limit",
        ),
        ("score",),
    ),
    Phase(
        "experience",
        "publication, where somebody learns from the own score",
        (
            "belief",
            "score",
            "declared",
            "learned_spend",
            "learned_repay",
            "learned_upload",
            "spend_days",
            "repay_days",
            "score_before",
            "proved_before",
        ),
        (
            "learned_spend",
            "learned_repay",
            "learned_upload",
            "spend_days",
            "repay_days",
            "score_before",
            "proved_before",
        ),
    ),
    Phase(
        "apply",
        "payday, where there are lenders",
        ("id", "income", "score", "need", "owed_*", "loan_*"),
        (),
    ),
    Phase(
        "admission",
        "gate starts or ends, publication under a gate (the day after, by ranks of that morning, if it ranks); with a door daily",
        (
            "id",
            "score",
            "starting_score",
            "admitted",
            "admitted_day",
            "knows",
            "responsive",
            "circle_worth",
            "liquidity",
        ),
        ("admitted", "admitted_day", "liquidity"),
    ),
    Phase(
        "learning",
        "something to learn of",
        ("id", "knows", "known_contacts", "base_visits", "payment_rate"),
        ("knows", "learned_day"),
    ),
    Phase(
        "review",
        "every tick: weekly, on learning, on publication while a gate is ahead; otherwise everybody rests",
        (
            "id",
            "knows",
            "responsive",
            "learned_day",
            "belief",
            "score",
            "starting_score",
            "recent_spend",
            "payment_rate",
            "ticket",
            "record",
            "debt",
            "income",
            "liquidity",
            "ability_base",
            "identity_base",
            "owned",
            "declared",
            "relationships",
            "circle_worth",
            "privacy_cost",
            "admitted_day",
            "learned_spend",
            "learned_repay",
            "learned_upload",
            "limit",
        ),
        ("plan", "declared"),
    ),
    Phase(
        "practice",
        "every tick, where somebody learns from the own score",
        ("belief", "plan", "spend_days", "repay_days"),
        ("spend_days", "repay_days"),
    ),
    Phase(
        "acts",
        "every tick",
        (
            "id",
            "payment_rate",
            "base_visits",
            "rival_rate",
            "habit",
            "plan",
            "knows",
            "responsive",
            "belief",
            "role",
            "admitted",
            "score",
            "ticket",
            "shopping_share",
            "income",
            "liquidity",
            "debt",
            "recent_spend",
            "posts",
            "visits",
            "limit",
            "billed",
            "missed",
        ),
        ("habit", "liquidity", "debt", "recent_spend", "posts", "visits", "last_visit_day", "role", "billed"),
    ),
    Phase(
        "tell",
        "somebody learned, or may invite",
        ("id", "learned_day", "known_contacts", "knows", "admitted", "admitted_day"),
        ("known_contacts", "admitted"),
    ),
    Phase(
        "totals",
        "every tick: each user counted on having acted, the sums taken once",
        ("score", "knows", "role", "admitted", "plan", "last_visit_day"),
        (),
    ),
    Phase(
        "accounts",
        "day 0, payday, the day after, and the day of the bill, where credit is a business; carried over to the other days",
        ("limit", "missed", "owed_*", "loan_*"),
        (),
    ),
)
