"""Credit as a business: what shakes people's cash, the platform's credit line, and the lenders beside it."""

from typing import Literal

from pydantic import Field, model_validator

from sim.model.bureau.scale import POINTS_TO_DOUBLE, SHARE
from sim.model.lenders import LONGEST_TERM, MOST_LENDERS
from sim.scenario.quantity import quantity
from sim.scenario.strict import Strict


class LiquidityWorld(Strict):
    """What shakes people's cash, beyond living costs; only with a credit line or lenders."""

    loss_chance: float = quantity(0.02, "Chance in a month of losing the usual income", "1/month", low=0, high=1)
    recovery_chance: float = quantity(
        0.25, "Chance in a month of finding it again (0.25: four months on average)", "1/month", low=0, high=1
    )
    kept_share: float = quantity(
        0.30, "Share of the usual income that is kept while it is lost", "share", low=0, high=1
    )


class MarketWorld(Strict):
    """The growth of consumer credit over the years; only with `switches.market`."""

    curve: Literal["exponential", "gompertz", "logistic"] = Field(
        "exponential",
        description="Growth curve that the demand for credit follows, 1 on 24 November 2016 [kind]",
        json_schema_extra={"unit": "kind", "source": "fitted to five published figures, fit_market.py", "grade": "D"},
    )
    growth: float = quantity(
        1.0,
        "Factor on the curve's fitted growth rate (its 95% interval: exponential 0.91 to 1.09, gompertz 0.86 to 1.14, logistic 0.83 to 1.17)",
        "factor",
        source="profile likelihood of five published figures, fit_market.py",
        grade="D",
        above=0,
        high=3,
    )


class Lender(Strict):
    """One lender: its capital, whom it serves, its loans."""

    capital: float = quantity(
        145.0,
        "Capital",
        "CNY/user of the platform",
        source="set with targets 4a, 4b and 4c in view (fit_lenders.py)",
        grade="D",
        low=0,
        high=100_000,
    )
    cutoff: float = quantity(
        1.0, "Most debt that it lets a borrower have, of the debt that it sees", "months of income", low=0, high=100
    )
    score_cutoff: float = quantity(
        620.0, "Score from which it lends, where it sees scores and nothing else", "points", low=0, high=951
    )
    price: float = quantity(0.03, "Price of a loan to the best whom it can tell", "share/month", low=0, high=1)
    risk_premium: float = quantity(
        0.0,
        "What the worst whom it would serve pays more, of the risk that it sees (0: one price for all)",
        "share/month",
        low=0,
        high=1,
    )
    loan: float = quantity(3000.0, "Largest loan", "CNY", low=0, high=300_000)
    term: int = quantity(3, "Term of a loan, in equal instalments", "months", low=1, high=LONGEST_TERM)


class LendingWorld(Strict):
    """Several lenders, and how people go to them; only with lenders."""

    lenders: tuple[Lender, ...] = Field(
        (Lender(),) * 4,
        strict=False,
        max_length=MOST_LENDERS,
        description="The lenders, each with capital [CNY/user of the platform], cutoff [months of income], score_cutoff [points], price and risk_premium [share/month], loan [CNY] and term [months]; a list given replaces this one whole [list]",
        json_schema_extra={"unit": "list", "source": "assumption", "grade": "-"},
    )
    shopping: float = quantity(
        4.0, "Applications beyond the first, per month of income needed", "applications/month", low=0, high=1000
    )
    smallest: float = quantity(200.0, "Smallest loan", "CNY", low=0, high=100_000)
    late_charge: float = quantity(0.10, "Charge for an instalment missed, as a share of it", "share", low=0, high=1)

    @model_validator(mode="after")
    def _somebody_lends(self) -> "LendingWorld":
        if not self.lenders:
            raise ValueError("no lender given; give at least one, or set switches.lenders to false")
        return self


class LendingPolicy(Strict):
    """What lenders may know; only with `switches.lenders`."""

    information: Literal["silo", "shared", "score"] = Field(
        "silo",
        description="What a lender sees of an applicant, beside stated income and its own book: silo: nothing; shared: debt and arrears with all lenders; score: the published score [kind]",
        json_schema_extra={"unit": "kind", "source": "model: lenders", "grade": "-"},
    )


class BureauWorld(Strict):
    """How the bureau learns a score from outcomes; only with `switches.bureau`."""

    features: Literal["bureau", "transactions", "social", "all"] = Field(
        "all",
        description="What the learned score may use: bureau: payment record, use of the limit, debt; transactions: the platform's own traces; social: the contacts' scores, and what social_tells adds; all [kind]",
        json_schema_extra={"unit": "kind", "source": "sets after Berg et al. 2020", "grade": "A"},
    )
    social_tells: float = quantity(
        0.0,
        "Correlation of the platform's social data (whom a user writes to and calls) with the true ability to repay; at 0 they hold the contacts' scores alone",
        "share",
        source="form: Oskarsdottir et al. 2019, A; the size is disputed, to be swept",
        low=0,
        high=1,
    )
    joined: int = quantity(
        MOST_LENDERS,
        "Lenders that report outcomes, the first of the list; the platform's credit line always does",
        "lenders",
        low=0,
        high=MOST_LENDERS,
    )
    months: int = quantity(
        3, "Publications from one fit to the next", "months", source="model: quarterly", low=1, high=24
    )
    anchor: Literal["quarterly", "once"] = Field(
        "quarterly",
        description="When learned scores are put on the scale: quarterly: at every fit, so that a score is relative and one user's rise another's fall; once: at the first, so that all may rise or fall together [kind]",
        json_schema_extra={"unit": "kind", "source": "assumption", "grade": "-"},
    )
    anchored_share: float = quantity(
        SHARE,
        "Share of users at 750 or more on that scale, on the day of the fit and before noise",
        "share",
        source="prior between two lender traces",
        grade="C",
        low=0,
        high=1,
    )
    points_to_double: float = quantity(
        POINTS_TO_DOUBLE,
        "Points of a learned score that double the odds of paying",
        "points",
        source="a lender's scorecard of 2019, odds ratios 2.0 and 2.5",
        grade="D",
        above=0,
        high=600,
    )


class MerchantsWorld(Strict):
    """How merchants come to ask for the score; only with `switches.merchants`."""

    first: int = quantity(
        130,
        "Merchants on day 0, with whom perks have the worth of world.choice.perk_worth",
        "merchants",
        source="over 130 firms by mid-July 2016, the source article",
        grade="B",
        low=1,
        high=1_000_000,
    )
    joins_per_month: float = quantity(
        20.0,
        "Merchants that join at first, with the usual Gini and reach",
        "merchants/month",
        source="130 in the first six and a half months of 2016, the source article",
        grade="D",
        low=0,
        high=1_000_000,
    )
    potential: int = quantity(5_000, "Merchants that could ever join", "merchants", low=1, high=1_000_000)
    usual_gini: float = quantity(
        0.40,
        "Gini of the score to which that pace belongs; stands for it until the bureau has measured it",
        "share",
        source="an AUC of .70 from transactions, Berg et al. 2020",
        grade="M",
        above=0,
        high=1,
    )
    usual_reach: float = quantity(
        0.58,
        "Share of users who carry the score to which that pace belongs",
        "share",
        source="members among online respondents, Kostka 2018",
        grade="B",
        above=0,
        high=1,
    )
    half_offer: float = quantity(
        400.0, "Merchants at which half of what perks could ever be worth is on offer", "merchants", above=0, high=1e6
    )

    @model_validator(mode="after")
    def _room_for_all(self) -> "MerchantsWorld":
        if self.potential < self.first:
            raise ValueError(
                f"potential {self.potential} is less than first, the {self.first} merchants of day 0; give {self.first} or more"
            )
        return self


class CreditPolicy(Strict):
    """The platform's credit line; only with `switches.credit_line`."""

    limit_floor: float = quantity(500.0, "Smallest limit, given to all", "CNY", low=0, high=1_000_000)
    limit_flow: float = quantity(
        0.40, "Rise of the limit with the payment flow of a month", "CNY per CNY", low=0, high=100
    )
    limit_most: float = quantity(50_000.0, "Largest limit", "CNY", low=0, high=1_000_000)
    limit_raise: float = quantity(0.20, "Largest rise of a limit at one statement", "share", low=0, high=10)
    limit_cut: float = quantity(0.50, "Share of the limit that a missed bill takes", "share", low=0, high=1)
    from_score: bool = Field(
        False,
        description="on: the limit is scaled by the published score as well [on/off]",
        json_schema_extra={
            "unit": "on/off",
            "source": "contested: never used for lending decisions, FT 2018",
            "grade": "B",
        },
    )
    score_slope: float = quantity(0.50, "With from_score: change of the limit for 100 points", "share", low=0, high=10)
    score_middle: float = quantity(
        620.0, "With from_score: score at which it leaves the limit as it is", "points", low=350, high=950
    )
    grace_days: int = quantity(
        9, "Days from the statement until the bill is due, without interest", "days", low=1, high=27
    )
    late_fee: float = quantity(0.05, "Fee for a missed bill, as a share of the minimum payment", "share", low=0, high=1)
    kept_months: float = quantity(
        0.25, "Cash that users keep back when they pay more than the minimum", "months of income", low=0, high=12
    )

    @model_validator(mode="after")
    def _floor_below_most(self) -> "CreditPolicy":
        if self.limit_floor > self.limit_most:
            raise ValueError(
                f"limit_floor {self.limit_floor:g} is above limit_most {self.limit_most:g}; the smallest limit may be at most the largest"
            )
        return self
