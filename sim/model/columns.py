"""The state of a user: one column per property, small types, rows grouped by type so that an engine passes four arrays.

Bytes per user: 12 x 4 + 6 x 4 + 6 x 2 + 11 x 1 = 95; 28 more in worlds where users learn from their own scores; 18 more where
credit is a business, and 5 per lender.
"""

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from sim.scenario.schema import Scenario


class Column(NamedTuple):
    """One property of a user."""

    name: str
    unit: str
    meaning: str


FLOATS = (
    Column("payment_rate", "1/day", "usual payments"),
    Column("base_visits", "1/day", "habitual opens at the usual habit"),
    Column("rival_rate", "1/day", "opens of the rival with the whole attention budget"),
    Column("true_ability", "sd", "true ability to repay, seen by nobody"),
    Column("ability_base", "share", "ability sub-score before declared assets"),
    Column("identity_base", "share", "identity sub-score before declared assets"),
    Column("circle_worth", "CNY/day", "worth of all features of a lively circle"),
    Column("privacy_cost", "CNY", "cost of privacy and hassle per asset uploaded"),
    Column("record", "share", "payment record as the bureau knows it"),
    Column("recent_spend", "CNY/day", "recent spend, forgetting"),
    Column("habit", "1/day", "habit stock: recent visits"),
    Column("relationships", "share", "relationships sub-score"),
)
(
    PAYMENT_RATE,
    BASE_VISITS,
    RIVAL_RATE,
    TRUE_ABILITY,
    ABILITY_BASE,
    IDENTITY_BASE,
    CIRCLE_WORTH,
    PRIVACY_COST,
    RECORD,
    RECENT_SPEND,
    HABIT,
    RELATIONSHIPS,
) = range(12)

INTS = (
    Column("id", "number", "who, for luck"),
    Column("income", "fen/month", "income"),
    Column("ticket", "fen", "money sent per payment"),
    Column("liquidity", "fen", "cash"),
    Column("debt", "fen", "debt"),
    Column("visits", "visits", "visits to the platform since day 0"),
)
ID, INCOME, TICKET, LIQUIDITY, DEBT, VISITS_MADE = range(6)

SHORTS = (
    Column("score", "points", "published score"),
    Column("starting_score", "points", "published score on day 0"),
    Column("known_contacts", "contacts", "contacts who know of the circle"),
    Column("learned_day", "tick", "tick of learning of the circle, -1 never"),
    Column("admitted_day", "tick", "tick of first admission by the gate, -1 never"),
    Column("last_visit_day", "tick", "tick of the last visit, -1 none yet"),
)
SCORE, STARTING_SCORE, KNOWN_CONTACTS, LEARNED_DAY, ADMITTED_DAY, LAST_VISIT_DAY = range(6)

BYTES = (
    Column("shopping_share", "1/255", "part of a payment that is consumed"),
    Column(
        "role",
        "code",
        "onlooker, poster or seeker, plus 4 times the posting group, plus 16 once the user has visited the circle (32, 64, 128: the second, third, fourth)",
    ),
    Column("belief", "code", "known, folk or learned, plus 4 times the code of the decision rule"),
    Column("responsive", "0/1", "responds to a threshold at all"),
    Column("has_file", "0/1", "has a central-bank file"),
    Column("owned", "flags", "car 1, house 2, housing fund 4"),
    Column("declared", "flags", "assets proved to the platform"),
    Column("knows", "0/1", "knows of the circle and its gate"),
    Column("admitted", "flags", "features that the gate has opened, 32 if all it covers, 64 invited"),
    Column("plan", "code", "rest, spend, repay or upload"),
    Column("posts", "posts", "posts made in the last tick"),
)
SHOPPING_SHARE, ROLE, BELIEF, RESPONSIVE, HAS_FILE, OWNED, DECLARED, KNOWS, ADMITTED, PLAN, POSTS = range(11)

GROUPS = (("float32", FLOATS), ("int32", INTS), ("int16", SHORTS), ("uint8", BYTES))
"""(type, columns) in the order in which engines hold them."""

LESSONS = (
    Column("learned_spend", "points/month", "what the plan to spend has been learned to bring"),
    Column("learned_repay", "points/month", "what the plan to repay has been learned to bring"),
    Column("learned_upload", "points/asset", "what proving an asset has been learned to bring"),
    Column("spend_days", "days", "on the plan to spend since the last publication"),
    Column("repay_days", "days", "on the plan to repay since the last publication"),
    Column("score_before", "points", "published score at the last publication"),
    Column("proved_before", "assets", "assets proved by the last publication"),
)
(LEARNED_SPEND, LEARNED_REPAY, LEARNED_UPLOAD, SPEND_DAYS, REPAY_DAYS, SCORE_BEFORE, PROVED_BEFORE) = range(7)


ACCOUNTS = (
    Column("limit", "fen", "limit of the platform's credit line"),
    Column("billed", "fen", "what of the last bill of the credit line is open"),
    Column("need", "fen", "cash that the user is short of, and asks lenders for"),
    Column("unmet", "fen", "living costs of the month that are not met"),
)
LIMIT, BILLED, NEED, UNMET, OWED = range(5)
"""Rows of the accounts; what is owed to the lenders follows, one row each."""

STANDINGS = (
    Column("missed", "bills", "bills of the credit line missed in a row; 255: in default, the line closed"),
    Column("lost", "0/1", "the usual income is lost"),
)
MISSED, LOST, LOAN = range(3)
"""Rows of the standings; the states of the loans follow, one row each."""

WAITING = (
    Column("packet_fen", "fen", "in red packets that wait to be opened"),
    Column("piece_fen", "fen", "what each contact was passed on today, to whom anything was"),
)
PACKET_FEN, PIECE_FEN = range(2)

OPENINGS = (
    Column("packets", "packets", "red packets that wait to be opened"),
    Column("opened_day", "tick", "tick of the last opening of a red packet, -1 never"),
)
PACKETS, OPENED_DAY = range(2)

Group = tuple[str, tuple[Column, ...]]


def accounts_of(lenders: int) -> Group:
    """Amounts of a user's credit with so many lenders."""
    owed = tuple(Column(f"owed_{j + 1}", "fen", f"owed to lender {j + 1}, price included") for j in range(lenders))
    return ("int32", (*ACCOUNTS, *owed))


def standings_of(lenders: int) -> Group:
    """States of a user's credit with so many lenders."""
    loans = tuple(Column(f"loan_{j + 1}", "code", f"state of the loan from lender {j + 1}") for j in range(lenders))
    return ("uint8", (*STANDINGS, *loans))


def lender_count(scenario: "Scenario") -> int:
    """How many lenders there are."""
    return len(scenario.world.lending.lenders) if scenario.switches.lenders else 0


def groups_of_people(scenario: "Scenario") -> dict[str, Group]:
    """Groups of columns that the people of only some worlds have, by name: lessons where somebody learns, accounts where credit is a business."""
    groups: dict[str, Group] = {}
    if scenario.world.population.learned_share > 0.0:
        groups["lessons"] = ("float32", LESSONS)
    if scenario.switches.finance:
        lenders = lender_count(scenario)
        groups |= {"accounts": accounts_of(lenders), "standings": standings_of(lenders)}
    return groups


def further_groups(scenario: "Scenario") -> dict[str, Group]:
    """Groups of columns that only some runs have, by name: those of the people, and what waits for them where packets are given.

    The latter are no part of the people on day 0, so that these are the same with packets and without.
    """
    packets: dict[str, Group] = {"waiting": ("int32", WAITING), "openings": ("int16", OPENINGS)}
    return groups_of_people(scenario) | (packets if scenario.gives_packets else {})


def groups_of(scenario: "Scenario") -> tuple[Group, ...]:
    """(type, columns) that the users of a scenario have."""
    return (*GROUPS, *further_groups(scenario).values())


NAMES = tuple(column.name for _, columns in GROUPS for column in columns)
