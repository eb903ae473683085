"""Whole-number totals of a tick over all users: what a tick leaves behind for the next one and for the measures.

Counts and fen only, so that the order of addition cannot change a result. Those of credit stay 0 where it is no business.
"""

from typing import TYPE_CHECKING

from sim.model.lenders import MOST_LENDERS
from sim.model.states import MOST_GROUPS

if TYPE_CHECKING:
    from sim.scenario.schema import Scenario

PLAIN_TOTALS = (
    "visits_habit",
    "visits_payment",
    "visits_score",
    "visits_credit",
    "visits_circle",
    "visits_rival",
    "active",
    "rival_active",
    "active_30",
    "knowing",
    "learned",
    "admitted",
    "newly_admitted",
    "commenters",
    "rest",
    "spend",
    "repay",
    "upload",
    "uploads",
    "posts",
    "likes",
    "comments",
    "tips",
    "tips_fen",
    "tips_received_fen",
    "payments",
    "outflow_fen",
    "passed_on_fen",
    "cash_fen",
    "charged_fen",
    "repaid_early_fen",
    "income_fen",
    "living_fen",
    "interest_fen",
    "bills",
    "bills_missed",
    "repaid_bill_fen",
    "saved_fen",
    "liquidity_fen",
    "debt_fen",
    "score_points",
    "score_750",
    "escrow_fen",
    "fees_fen",
    "viewers",
)
(
    VISITS_HABIT,
    VISITS_PAYMENT,
    VISITS_SCORE,
    VISITS_CREDIT,
    VISITS_CIRCLE,
    VISITS_RIVAL,
    ACTIVE,
    RIVAL_ACTIVE,
    ACTIVE_30,
    KNOWING,
    LEARNED,
    ADMITTED_USERS,
    NEWLY_ADMITTED,
    COMMENTERS,
    RESTING,
    SPENDING,
    REPAYING,
    UPLOADING,
    UPLOADS,
    POSTED,
    LIKES,
    COMMENTS,
    TIPS,
    TIPS_FEN,
    TIPS_RECEIVED_FEN,
    PAYMENTS,
    OUTFLOW_FEN,
    PASSED_ON_FEN,
    CASH_FEN,
    CHARGED_FEN,
    REPAID_EARLY_FEN,
    INCOME_FEN,
    LIVING_FEN,
    INTEREST_FEN,
    BILLS,
    BILLS_MISSED,
    REPAID_BILL_FEN,
    SAVED_FEN,
    LIQUIDITY_FEN,
    DEBT_FEN,
    SCORE_POINTS,
    SCORE_750,
    ESCROW_FEN,
    FEES_FEN,
    VIEWERS,
) = range(45)

CREDIT_FLOWS = (
    "late_fees_fen",
    "written_off_fen",
    "line_defaults",
    "in_need",
    "unmet_fen",
    "applications",
    "approvals",
    "loans",
    "late_instalments",
    "loan_defaults",
)
(
    LATE_FEES_FEN,
    WRITTEN_OFF_FEN,
    LINE_DEFAULTS,
    IN_NEED,
    UNMET_FEN,
    APPLICATIONS,
    APPROVALS,
    LOANS,
    LATE_INSTALMENTS,
    LOAN_DEFAULTS,
) = range(45, 55)

CREDIT_STOCKS = ("limit_fen", "line_late", "line_closed", "borrowers", "borrowers_2", "late_1", "late_2")
LIMIT_FEN, LINE_LATE, LINE_CLOSED, BORROWERS, BORROWERS_2, LATE_1, LATE_2 = range(55, 62)
"""Counted on the days on which they can change, and carried over to the others."""

LENDER_FLOWS = ("lent", "priced", "repaid", "lost")
LENDER_STOCKS = ("owed", "cash")
"""Of each lender's book (fen). Flows: paid out; added to what is owed as price or late charge; paid back; written off."""
LENT_FEN, PRICED_FEN, BACK_FEN, LOST_FEN, OWED_FEN, CASH_AT_LENDER = range(62, 62 + 6 * MOST_LENDERS, MOST_LENDERS)
"""Place of the first lender's total; the others' follow."""
FIRST_CARRIED, AFTER_CARRIED = LIMIT_FEN, LATE_2 + 1


def of_lenders(name: str, lenders: int = MOST_LENDERS) -> tuple[str, ...]:
    """Names of a total of each lender's book."""
    return tuple(f"lender_{j + 1}_{name}_fen" for j in range(lenders))


PACKET_FLOWS = (
    "visits_packet",
    "packets_opened",
    "packet_kept_fen",
    "packets_given",
    "packets_passed",
    "packets_expired",
    "first_openers",
    "packet_given_fen",
    "packet_returned_fen",
)
(
    VISITS_PACKET,
    PACKETS_OPENED,
    PACKET_KEPT_FEN,
    PACKETS_GIVEN,
    PACKETS_PASSED,
    PACKETS_EXPIRED,
    FIRST_OPENERS,
    PACKET_GIVEN_FEN,
    PACKET_RETURNED_FEN,
) = range(62 + 6 * MOST_LENDERS, 71 + 6 * MOST_LENDERS)
"""Of red packets. The first three are told of every scenario, since giving nothing is a figure too: 0."""
PACKETS_TOLD = PACKET_FLOWS[:3]
BUREAU_STOCKS = (
    "outcomes",
    "outcomes_overdue",
    "score_auc_ppm",
    "score_ks_ppm",
    "learned_auc_ppm",
    "learned_ks_ppm",
)
OUTCOMES, OUTCOMES_OVERDUE, SCORE_AUC, SCORE_KS, LEARNED_AUC, LEARNED_KS = range(
    71 + 6 * MOST_LENDERS, 77 + 6 * MOST_LENDERS
)
"""Of the bureau's last quarter: users with an outcome, those overdue, and in millionths how well the score published at its start
and the formula learned from it tell (0: not known)."""
MERCHANTS = LEARNED_KS + 1
"""Merchants that ask for the score."""
AFTER_FLYWHEEL = MERCHANTS + 1

KEPT_BY_GROUP = (
    "packet_kept_lowest_third_fen",
    "packet_kept_middle_third_fen",
    "packet_kept_highest_third_fen",
    "packet_kept_thin_fen",
    "packet_kept_file_fen",
)
KEPT_BY_THIRD, KEPT_BY_FILE = AFTER_FLYWHEEL, AFTER_FLYWHEEL + 3
"""Places of the first total by income third and by file: who keeps the money of red packets. Of flows, as a column for each
user would take more memory than it is worth; thirds are those of the law of incomes (`income_third`)."""

CIRCLE_FLOWS = ("visits", "posts", "reactions", "tips_fen", "tips_received_fen")
"""Of each circle, where posting groups have one each; a circle for all is the first."""
CIRCLE_VISITS, CIRCLE_POSTS, CIRCLE_REACTIONS, CIRCLE_TIPS_FEN, CIRCLE_TIPS_RECEIVED_FEN = range(
    KEPT_BY_FILE + 2, KEPT_BY_FILE + 2 + 5 * MOST_GROUPS, MOST_GROUPS
)
"""Place of the first circle's total; the others' follow."""
CIRCLE_VIEWERS = CIRCLE_TIPS_RECEIVED_FEN + MOST_GROUPS
"""Users who have ever visited it (0 where there is one circle: all viewers are its)."""


def of_circles(name: str, circles: int = MOST_GROUPS) -> tuple[str, ...]:
    """Names of a total of each circle."""
    return tuple(f"circle_{k + 1}_{name}" for k in range(circles))


TOTALS = (
    *PLAIN_TOTALS,
    *CREDIT_FLOWS,
    *CREDIT_STOCKS,
    *(name for total in (*LENDER_FLOWS, *LENDER_STOCKS) for name in of_lenders(total)),
    *PACKET_FLOWS,
    *BUREAU_STOCKS,
    "merchants",
    *KEPT_BY_GROUP,
    *(name for total in (*CIRCLE_FLOWS, "viewers") for name in of_circles(total)),
)
COUNT = len(TOTALS)


def totals_of(scenario: "Scenario") -> tuple[str, ...]:
    """Names of the totals that mean something in a scenario."""
    names = list(PLAIN_TOTALS)
    if scenario.switches.finance:
        names += [*CREDIT_FLOWS, *CREDIT_STOCKS]
    if scenario.switches.lenders:
        lenders = len(scenario.world.lending.lenders)
        names += [name for total in (*LENDER_FLOWS, *LENDER_STOCKS) for name in of_lenders(total, lenders)]
    names += [*PACKET_FLOWS, *KEPT_BY_GROUP] if scenario.gives_packets else PACKETS_TOLD
    if scenario.switches.bureau:
        names += BUREAU_STOCKS
    if scenario.switches.merchants:
        names.append("merchants")
    if scenario.circles > 1:
        names += [name for total in (*CIRCLE_FLOWS, "viewers") for name in of_circles(total, scenario.circles)]
    return tuple(names)


STOCKS = frozenset(
    (
        "active",
        "active_30",
        "knowing",
        "admitted",
        "commenters",
        "rest",
        "spend",
        "repay",
        "upload",
        "liquidity_fen",
        "debt_fen",
        "score_points",
        "score_750",
        "escrow_fen",
        "viewers",
        *CREDIT_STOCKS,
        *(name for total in LENDER_STOCKS for name in of_lenders(total)),
        *BUREAU_STOCKS,
        "merchants",
        *of_circles("viewers"),
    )
)
"""Totals that count a state at the end of a tick; the others count what happened in it, and grow with its length."""
