"""The world: everything that no policy decides. One class per mechanism; each field states meaning, unit, source, grade."""

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    PlainSerializer,
    WithJsonSchema,
    model_validator,
)

from sim.model.states import MOST_GROUPS
from sim.scenario.finance import BureauWorld, LendingWorld, LiquidityWorld, MarketWorld, MerchantsWorld
from sim.scenario.incentive import PacketsWorld
from sim.scenario.perks import PerkLevels
from sim.scenario.quantity import Named, Share, quantity
from sim.scenario.strict import Strict

PERSON = 1_000_000.0


def _as_groups(given: dict[str, float]) -> Named:
    """Named of the posting groups, if they make up all posters."""
    total = sum(given.values())
    if given and abs(total - 1.0) > 1e-9:
        raise ValueError(f"the shares sum to {total:g}; they must sum to 1, or leave out all groups")
    return Named(given)


PosterGroups = Annotated[
    dict[Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")], Share],
    AfterValidator(_as_groups),
]


def _as_date(value: Any) -> Any:
    if isinstance(value, str):
        try:
            return date.fromisoformat(value)
        except ValueError:
            raise ValueError("a date is written YYYY-MM-DD") from None
    return value


CalendarDate = Annotated[
    date,
    BeforeValidator(_as_date),
    PlainSerializer(lambda value: value.isoformat(), return_type=str),
    WithJsonSchema({"type": "string", "format": "date"}),
]


Weight = Annotated[float, Field(ge=0, le=1000)]

# Few at night, more at noon, most in the evening.
BUSY_HOURS = (
    *(0.35, 0.18, 0.10, 0.07, 0.07, 0.12, 0.30, 0.65, 0.95, 1.15, 1.25, 1.35),
    *(1.45, 1.35, 1.25, 1.25, 1.25, 1.30, 1.35, 1.45, 1.60, 1.70, 1.45, 0.85),
)


class CalendarWorld(Strict):
    """When things happen."""

    start_date: CalendarDate = Field(
        date(2016, 9, 1),
        description="Date of day 0 [date]",
        json_schema_extra={"unit": "date", "source": "the circles opened on 24 Nov 2016, The Paper", "grade": "B"},
    )
    publication_day: int = quantity(
        6,
        "Day of the month on which scores are published",
        "day of month",
        source="published on the 6th, 8809792.com/technology/108.html",
        grade="C",
        low=1,
        high=28,
    )
    statement_day: int = quantity(
        1, "Day of the month of income, living costs and the bill", "day of month", low=1, high=28
    )
    review_days: int = quantity(
        7, "Days between a user's reviews of the own plan", "days", source="model: weekly", low=1, high=365
    )
    hours: tuple[Weight, ...] = Field(
        BUSY_HOURS,
        strict=False,
        min_length=24,
        max_length=24,
        description="How busy people are from hour to hour, from midnight; only their ratios count, and only with ticks of an hour [relative]",
        json_schema_extra={"unit": "relative", "source": "assumption", "grade": "-"},
    )
    weekdays: tuple[Weight, ...] = Field(
        (1.0,) * 7,
        strict=False,
        min_length=7,
        max_length=7,
        description="How busy people are from weekday to weekday, from Monday; only their ratios count [relative]",
        json_schema_extra={"unit": "relative", "source": "assumption", "grade": "-"},
    )

    @model_validator(mode="after")
    def _somebody_is_awake(self) -> "CalendarWorld":
        for name in ("hours", "weekdays"):
            if not any(getattr(self, name)):
                raise ValueError(f"{name} are all 0; give at least one above 0")
        return self


class PopulationWorld(Strict):
    """Who the users are."""

    file_share: float = quantity(
        0.23,
        "Share of users with a central-bank credit file (the others are thin)",
        "share",
        source="320M of 1.37bn people with central-bank records, chinainternetwatch.com 2014",
        grade="B",
        low=0,
        high=1,
    )
    responsive_share: float = quantity(
        0.20,
        "Share of users who respond to a threshold at all",
        "share",
        source="5-30% respond to a badge, about 20%: Hoernle et al. 2022",
        grade="A",
        low=0,
        high=1,
    )
    folk_share: float = quantity(
        0.50, "Share of users who believe 'use it more' instead of knowing the formula", "share", low=0, high=1
    )
    learned_share: float = quantity(
        0.0, "Share of users who go by what their own efforts have brought so far", "share", low=0, high=1
    )
    income_median: float = quantity(3500.0, "Median income", "CNY/month", above=0, high=100_000)
    income_spread: float = quantity(0.70, "Standard deviation of log income", "log", low=0, high=2)
    outflow_median: float = quantity(
        12_900.0,
        "Median money sent through the platform",
        "CNY/year",
        source="lognormal through two quantiles of the 2016 Alipay bill, zjnews.zjol.com.cn 2017-01-06",
        grade="D",
        above=0,
        high=PERSON,
    )
    outflow_spread: float = quantity(
        1.60,
        "Standard deviation of log outflow",
        "log",
        source="lognormal through two quantiles of the 2016 Alipay bill, zjnews.zjol.com.cn 2017-01-06",
        grade="D",
        low=0,
        high=3,
    )
    shopping_median: float = quantity(
        2_190.0,
        "Median shopping on the platform, the consumed part of the outflow",
        "CNY/year",
        source="lognormal through two quantiles of the 2016 Alipay bill, zjnews.zjol.com.cn 2017-01-06",
        grade="D",
        above=0,
        high=PERSON,
    )
    shopping_spread: float = quantity(
        1.42,
        "Standard deviation of log shopping",
        "log",
        source="lognormal through two quantiles of the 2016 Alipay bill, zjnews.zjol.com.cn 2017-01-06",
        grade="D",
        low=0,
        high=3,
    )
    payments_mean: float = quantity(
        0.38,
        "Mean payments",
        "1/user/day",
        source="170M transactions a day over 450M users, ecns.cn 2016-11-30",
        grade="D",
        above=0,
        high=50,
    )
    payments_spread: float = quantity(1.00, "Standard deviation of log payments", "log", low=0, high=2)
    visits_median: float = quantity(
        1.00,
        "Median habitual opens of the platform, payments apart",
        "1/user/day",
        source="no figure found for 2016; 0.5-3 opens a day with payments are plausible",
        grade="-",
        above=0,
        high=50,
    )
    visits_spread: float = quantity(0.80, "Standard deviation of log habitual opens", "log", low=0, high=2)
    rival_median: float = quantity(
        17.6,
        "Median opens of the rival messenger",
        "1/user/day",
        source="lognormal through four bins of WeChat opens, Tencent Penguin 2016",
        grade="D",
        above=0,
        high=200,
    )
    rival_spread: float = quantity(
        1.29,
        "Standard deviation of log rival opens",
        "log",
        source="lognormal through four bins of WeChat opens, Tencent Penguin 2016",
        grade="D",
        low=0,
        high=2,
    )
    car_share: float = quantity(0.20, "Share of users who own a car", "share", low=0, high=1)
    house_share: float = quantity(0.50, "Share of users who own a house", "share", low=0, high=1)
    fund_share: float = quantity(0.35, "Share of users who pay into a housing fund", "share", low=0, high=1)
    declared_share: float = quantity(
        0.15, "Chance that an owned asset is already declared at the start", "share", low=0, high=1
    )
    homophily: float = quantity(
        0.30, "Share of the variance of log income that close contacts have in common", "share", low=0, high=1
    )
    poster_share: float = quantity(0.03, "Share of users of the group that may post", "share", low=0, high=0.5)
    seeker_share: float = quantity(
        0.25, "Share of users who seek to be noticed (the rest look on)", "share", low=0, high=0.5
    )
    past_months: int = quantity(
        24, "Months of income, bills and savings played out before day 0", "months", low=0, high=120
    )

    poster_groups: PosterGroups = Field(
        default_factory=Named,
        max_length=MOST_GROUPS,
        description="Posting groups, by share of the posters, such as {campus: 0.4, white_collar: 0.6}; one group if none is named [share by group]",
        json_schema_extra={"unit": "share by group", "source": "assumption", "grade": "-"},
    )

    @model_validator(mode="after")
    def _beliefs_leave_room(self) -> "PopulationWorld":
        total = self.folk_share + self.learned_share
        if total > 1.0 + 1e-9:
            raise ValueError(
                f"folk_share and learned_share sum to {total:g}; give at most 1, what is left knows the formula"
            )
        return self


class ContactsWorld(Strict):
    """Who knows whom: close groups (clustering) and far contacts (heavy-tailed)."""

    kind: Literal["groups", "complete", "none"] = Field(
        "groups",
        description="groups: close groups and far contacts; complete: everybody knows everybody (small worlds); none [kind]",
        json_schema_extra={"unit": "kind", "source": "assumption", "grade": "-"},
    )
    group_size: int = quantity(6, "Size of a close group, in which everybody knows everybody", "users", low=1, high=100)
    far_mean: float = quantity(3.0, "Mean far contacts that a user names", "contacts", low=0, high=50)
    far_exponent: float = quantity(
        2.5, "Tail exponent of the number of far contacts named", "exponent", above=1.5, high=10
    )
    far_most: int = quantity(300, "Most far contacts that one user names", "contacts", low=1, high=5000)


class ScoreWorld(Strict):
    """How the bureau scores."""

    history_weight: float = quantity(
        0.35, "Weight of history", "share", source="wodefinance.com and others", grade="C", low=0, high=1
    )
    ability_weight: float = quantity(
        0.25, "Weight of ability to perform", "share", source="wodefinance.com and others", grade="C", low=0, high=1
    )
    behaviour_weight: float = quantity(
        0.20, "Weight of behaviour", "share", source="wodefinance.com and others", grade="C", low=0, high=1
    )
    identity_weight: float = quantity(
        0.15, "Weight of identity", "share", source="wodefinance.com and others", grade="C", low=0, high=1
    )
    relationships_weight: float = quantity(
        0.05, "Weight of relationships", "share", source="wodefinance.com and others", grade="C", low=0, high=1
    )
    half_spend: float = quantity(
        60.0, "Recent spend at which the behaviour sub-score is one half", "CNY/day", above=0, high=10_000
    )
    forgetting_days: float = quantity(
        90.0, "Time in which recent spend forgets 63% of itself", "days", low=1, high=3650
    )
    streak_gain: float = quantity(
        0.02, "Share of the gap to a perfect record that one on-time payment closes", "share", low=0, high=1
    )
    missed_loss: float = quantity(0.15, "Share of the record that one missed payment takes", "share", low=0, high=1)
    default_loss: float = quantity(
        0.50, "Share of the record that a default takes, where credit can end in one", "share", low=0, high=1
    )
    record_forgetting: float = quantity(
        0.01, "Share of the way back to the uninformed record that a month forgets", "share/month", low=0, high=1
    )
    uninformed_record: float = quantity(0.53, "Record of a user of whom nothing is known", "share", low=0, high=1)
    uninformed_relationships: float = quantity(
        0.45, "Relationships sub-score of a user without contacts", "share", low=0, high=1
    )
    utilisation_weight: float = quantity(
        0.35, "Share of the history sub-score lost at a credit limit used in full", "share", low=0, high=1
    )
    ability_middle: float = quantity(0.36, "Ability sub-score of a typical user before assets", "share", low=0, high=1)
    ability_spread: float = quantity(
        0.76, "Spread of the ability sub-score between users, on the logit scale", "logit", low=0, high=5
    )
    ability_per_asset: float = quantity(
        0.10,
        "Rise of the ability sub-score per declared asset (15 points)",
        "share",
        source="one anecdote of 66 points for two assets, not relied on",
        grade="C",
        low=0,
        high=1,
    )
    identity_middle: float = quantity(
        0.45, "Identity sub-score of a typical user before assets", "share", low=0, high=1
    )
    identity_spread: float = quantity(
        0.70, "Spread of the identity sub-score between users, on the logit scale", "logit", low=0, high=5
    )
    identity_per_asset: float = quantity(
        0.08, "Rise of the identity sub-score per declared asset (7 points)", "share", low=0, high=1
    )
    noise: float = quantity(6.0, "Standard deviation of the noise in a published score", "points", low=0, high=100)

    @model_validator(mode="after")
    def _weights_sum_to_one(self) -> "ScoreWorld":
        total = (
            self.history_weight
            + self.ability_weight
            + self.behaviour_weight
            + self.identity_weight
            + self.relationships_weight
        )
        if abs(total - 1.0) > 1e-9:
            raise ValueError(f"the five weights sum to {total:g}; they must sum to 1")
        return self


class MoneyWorld(Strict):
    """Income, costs and the bill."""

    living_share: float = quantity(
        0.70, "Typical living costs off the platform, as a share of income", "share", low=0, high=2
    )
    living_spread: float = quantity(0.40, "Standard deviation of the log shock to living costs", "log", low=0, high=2)
    buffer_median: float = quantity(
        0.60, "Median cash that users keep, in months of income", "months", above=0, high=12
    )
    buffer_spread: float = quantity(
        1.00, "Rise of log cash kept per standard deviation of true ability to repay", "log", low=0, high=3
    )
    limit_months: float = quantity(2.0, "Credit limit in months of income", "months", above=0, high=24)
    minimum_payment: float = quantity(
        0.10, "Minimum payment of the monthly bill, as a share of debt", "share", low=0, high=1
    )
    interest: float = quantity(0.015, "Interest on debt", "share/month", low=0, high=1)


class AwarenessWorld(Strict):
    """How people learn of the circle and its gate. The form is Bass's; the values are defaults until fitted."""

    campaign_rate: float = quantity(
        0.01,
        "Chance per day of learning from the campaign while it runs (p)",
        "1/day",
        source="the form, and q/p about 13: Sultan, Farley & Lehmann 1990",
        grade="B",
        low=0,
        high=10,
    )
    contact_rate: float = quantity(
        0.13,
        "Chance per day of learning if all contacts know (q)",
        "1/day",
        source="the form, and q/p about 13: Sultan, Farley & Lehmann 1990",
        grade="B",
        low=0,
        high=50,
    )
    circle_rate: float = quantity(
        0.002, "Chance per visit of running into the circle, at full appeal of its feed", "1/visit", low=0, high=1
    )


class ChoiceWorld(Strict):
    """What moves people to act for a score, and what holds them back."""

    worth_median: float = quantity(
        3.0, "Median worth of every feature of a lively circle to a seeker", "CNY/day", above=0, high=10_000
    )
    worth_spread: float = quantity(1.00, "Standard deviation of log worth of the circle", "log", low=0, high=3)
    onlooker_worth: float = quantity(
        0.10, "Worth of the circle to an onlooker, relative to a seeker", "share", low=0, high=1
    )
    view_worth: float = quantity(0.40, "Share of the circle's worth that lies in viewing", "share", low=0, high=1)
    like_worth: float = quantity(0.05, "Share of the circle's worth that lies in liking", "share", low=0, high=1)
    tip_worth: float = quantity(0.05, "Share of the circle's worth that lies in tipping", "share", low=0, high=1)
    comment_worth: float = quantity(0.50, "Share of the circle's worth that lies in commenting", "share", low=0, high=1)
    perk_worth: float = quantity(
        15.0,
        "Worth of a high score's other perks (deposits, visas, credit), once a gate has made the user look",
        "CNY/month",
        source="perks at 600-750 (deposits, visas), China Daily 2017, jingdaily.com; no money value known",
        grade="B",
        low=0,
        high=10_000,
    )
    perk_levels: PerkLevels = Field(
        (),
        strict=False,
        description="Scores from which perks are had, 4 at most, each with score [points] and share of perk_worth [share]; none: perks come with what the gate opens, whatever it asks; a list given replaces this one whole [list]",
        json_schema_extra={
            "unit": "list",
            "source": "600, 650, 700 and 750 are published; which part of the worth lies in each is not",
            "grade": "-",
        },
    )
    discount: float = quantity(0.003, "Impatience", "1/day", above=0, high=1)
    noise: float = quantity(20.0, "Scale of the logit noise in a choice of plan", "CNY", above=0, high=100_000)
    horizon: int = quantity(6, "Publications that a user looks ahead", "publications", low=1, high=24)
    spend_boost: float = quantity(
        1.00,
        "Extra payments on the spending plan, relative to usual",
        "share",
        source="a 20% minority near +100% is one reading of Kivetz et al. 2006",
        grade="D",
        low=0,
        high=10,
    )
    spend_waste: float = quantity(0.05, "Share of extra spending that buys nothing of use", "share", low=0, high=1)
    spend_hassle: float = quantity(0.50, "Hassle of the spending plan", "CNY/day", low=0, high=1000)
    repay_errands: float = quantity(0.15, "Errands to repay on the repaying plan", "1/day", low=0, high=10)
    repay_share: float = quantity(0.25, "Share of cash repaid per errand", "share", low=0, high=1)
    repay_cost: float = quantity(0.02, "Worth of keeping cash at hand, per CNY repaid early", "CNY/CNY", low=0, high=1)
    repay_hassle: float = quantity(0.30, "Hassle of the repaying plan", "CNY/day", low=0, high=1000)
    privacy_median: float = quantity(
        60.0, "Median cost of privacy and hassle per asset uploaded", "CNY", low=0, high=100_000
    )
    privacy_spread: float = quantity(1.00, "Standard deviation of log cost of privacy", "log", low=0, high=3)
    folk_points: float = quantity(
        6.5,
        "Points a month that folk belief expects of using the app more",
        "points/month",
        source="5-8 points a month, gold.caiding5.cn",
        grade="C",
        low=0,
        high=600,
    )
    learning_rate: float = quantity(
        0.30,
        "Part of a surprise in the own score that users who learn put down to what they did",
        "share",
        source="form only: Rescorla & Wagner 1972, Evans & Honkapohja 2001",
        grade="M",
        low=0,
        high=1,
    )
    prior_points: float = quantity(
        6.5,
        "Points a month that users who learn expect at first of spending or of repaying",
        "points/month",
        source="5-8 points a month, gold.caiding5.cn",
        grade="C",
        low=0,
        high=100,
    )
    prior_upload_points: float = quantity(
        15.0, "Points that users who learn expect at first of proving an asset", "points/asset", low=0, high=100
    )
    goal_gradient: float = quantity(
        3.0,
        "Rule goal_gradient: extra draw of the prize with the whole distance to the gate behind one",
        "share",
        source="form only: Kivetz, Urminsky & Zheng 2006",
        grade="A",
        low=0,
        high=100,
    )
    reward_pause: float = quantity(
        30.0,
        "Rule goal_gradient: pause in effort after first being admitted",
        "days",
        source="form only: Kivetz, Urminsky & Zheng 2006",
        grade="A",
        low=0,
        high=3650,
    )
    myopic_days: float = quantity(
        14.0,
        "Rule myopic: the farthest publication that is seen",
        "days",
        source="form only: a push just before the deadline, Behrens, de Jong & van Ommeren 2021",
        grade="A",
        low=0,
        high=31,
    )
    present_bias: float = quantity(
        0.70,
        "Rule myopic: weight of what comes after the publication (beta)",
        "share",
        source="Laibson 1997, O'Donoghue & Rabin 1999; about 0.7",
        grade="M",
        low=0,
        high=1,
    )
    improvement: float = quantity(
        0.0,
        "Rise of the true ability to repay for a month of effort; at 0 effort moves the score alone",
        "sd/month",
        source="assumption: a world that games, and by this one that improves (Goodhart's law)",
        low=0,
        high=10,
    )


class CircleWorld(Strict):
    """The two-sided circle."""

    feeds: Literal["one", "each"] = Field(
        "one",
        description="one: all posting groups share a circle; each: every group has a circle of its own, with its own feed, motivation and tips, and visitors choose between them [kind]",
        json_schema_extra={"unit": "kind", "source": "the form; 2016 had two circles", "grade": "-"},
    )
    onlooker_visits: float = quantity(
        0.10, "Circle visits of an onlooker per habitual open, at full appeal and novelty", "1/visit", low=0, high=10
    )
    seeker_visits: float = quantity(
        0.40, "Circle visits of a seeker per habitual open, at full appeal and novelty", "1/visit", low=0, high=10
    )
    poster_visits: float = quantity(
        0.60, "Circle visits of a poster per habitual open, at full appeal and novelty", "1/visit", low=0, high=10
    )
    comment_pull: float = quantity(
        1.00, "Extra visits of a seeker whose every comment would be answered", "share", low=0, high=10
    )
    exclusivity: float = quantity(
        0.50, "Rise in a comment's worth when hardly anybody may comment", "share", low=0, high=10
    )
    attention_pull: float = quantity(
        1.00, "Extra visits of a poster whose posts get many reactions", "share", low=0, high=10
    )
    reply_low: float = quantity(
        0.05,
        "Chance that a low-scoring seeker's comment is answered",
        "share",
        source="ratio 3-10, Ong & Wang 2015",
        grade="A",
        low=0,
        high=1,
    )
    reply_high: float = quantity(
        0.35,
        "Chance that a high-scoring seeker's comment is answered",
        "share",
        source="ratio 3-10, Ong & Wang 2015",
        grade="A",
        low=0,
        high=1,
    )
    reply_middle: float = quantity(
        700.0, "Score at which the chance of an answer is half-way", "points", low=350, high=950
    )
    reply_width: float = quantity(20.0, "Width of the rise in the chance of an answer", "points", above=0, high=1000)
    post_rate: float = quantity(0.50, "Posts of a fully motivated poster", "1/day", low=0, high=50)
    half_posts: float = quantity(
        0.005,
        "Posts per day and person who knows at which the feed has half its appeal",
        "1/user/day",
        above=0,
        high=10,
    )
    half_reactions: float = quantity(
        3.0,
        "Reactions per post at which posters keep half their motivation (the critical mass)",
        "1/post",
        above=0,
        high=1000,
    )
    motivation_days: float = quantity(
        7.0, "Time in which poster motivation moves 63% of the way", "days", above=0, high=365
    )
    first_motivation: float = quantity(1.00, "Poster motivation on the day the circle opens", "share", low=0, high=1)
    novelty_days: float = quantity(30.0, "Time in which the pull of the new fades by 63%", "days", above=0, high=3650)
    novelty_floor: float = quantity(0.40, "Part of the pull that stays", "share", low=0, high=1)
    like_rate: float = quantity(0.50, "Likes per circle visit", "1/visit", low=0, high=50)
    comment_rate: float = quantity(0.20, "Comments per circle visit of one who may comment", "1/visit", low=0, high=50)
    tip_rate: float = quantity(0.002, "Tips per circle visit", "1/visit", low=0, high=10)
    tip_most: float = quantity(200.0, "Largest tip", "CNY", source="CGTN 2016", grade="B", low=0, high=10_000)
    tip_skew: int = quantity(
        6, "Power of the uniform in a tip (6: mean one seventh of the largest)", "power", low=1, high=50
    )


class UsageWorld(Strict):
    """Visits and habit."""

    habit_weight: float = quantity(
        0.30, "Part of habitual opens that follows the habit stock", "share", low=0, high=0.9
    )
    habit_days: float = quantity(
        45.0, "Time in which the habit stock moves 63% of the way to today's visits", "days", low=1, high=3650
    )
    check_rate: float = quantity(0.03, "Visits to look at the own score", "1/user/day", low=0, high=50)
    striving_checks: float = quantity(6.0, "Factor on score checks while on a plan", "factor", low=1, high=1000)
    publication_checks: float = quantity(
        3.0,
        "Factor on score checks on a publication day, for responsive users who know of a gate on the score",
        "factor",
        low=1,
        high=1000,
    )
    circle_minutes: float = quantity(3.0, "Minutes that a circle visit takes", "minutes", low=0, high=600)
    attention_minutes: float = quantity(
        90.0,
        "Minutes of attention a day that platform circle and rival compete for",
        "minutes/day",
        source="half of users spend 90 minutes a day or more on the rival, caixinglobal.com",
        grade="B",
        above=0,
        high=1440,
    )


class World(Strict):
    """Everything that no policy decides."""

    calendar: CalendarWorld = CalendarWorld()
    population: PopulationWorld = PopulationWorld()
    contacts: ContactsWorld = ContactsWorld()
    score: ScoreWorld = ScoreWorld()
    money: MoneyWorld = MoneyWorld()
    liquidity: LiquidityWorld = LiquidityWorld()
    lending: LendingWorld = LendingWorld()
    awareness: AwarenessWorld = AwarenessWorld()
    choice: ChoiceWorld = ChoiceWorld()
    circle: CircleWorld = CircleWorld()
    usage: UsageWorld = UsageWorld()
    packets: PacketsWorld = PacketsWorld()
    market: MarketWorld = MarketWorld()
    bureau: BureauWorld = BureauWorld()
    merchants: MerchantsWorld = MerchantsWorld()
