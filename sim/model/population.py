"""Who the users are on day 0, each worked out from the own number and luck alone (so that their order cannot matter).

Wealth, payments, opens and ability share causes: normal factors with the loadings below, all of them assumptions. What is
measured is the distribution of each: the score prior, opens and payments of 2016.
"""

from math import sqrt

from sim.draws import ASSETS, COSTS, DECLARED, HABITS, STATEMENT, TRAITS, WEALTH, luck
from sim.model.money import buffer_months, charged, credit_limit, living_shock, paid_in_cash, statement
from sim.model.numerics import logistic, lognormal, standard_normal
from sim.model.rule import rule, vector_rule
from sim.model.score import record_after_statement
from sim.model.states import FOLK, GROUP_PLACE, KNOWN, LEARNED, ONLOOKER, POSTER, SEEKER

INCOME_IN_OUTFLOW = 0.6
OUTFLOW_IN_SHOPPING = 0.9
OUTFLOW_IN_PAYMENTS = 0.5
PAYMENTS_IN_VISITS = 0.5
VISITS_IN_RIVAL = 0.3
INCOME_IN_TRUE_ABILITY = 0.5
INCOME_IN_ABILITY = 0.7
TRUE_IN_ABILITY = 0.3
INCOME_IN_ASSETS = 0.5
INCOME_IN_FILE = 0.5
LARGEST_INCOME_FEN = 50_000_000.0
LARGEST_TICKET_FEN = 500_000_000.0


@rule
def mixed(one, loading, other):
    """A standard normal made of two: `loading` of the first, and of the other what keeps the variance at 1."""
    return loading * one + sqrt(1.0 - loading * loading) * other


@rule
def wealth_factor(p, who):
    """Normal factor of a user's income, with a part that a close group shares."""
    own, _, _, _ = luck(p.seed_low, p.seed_high, WEALTH, 0, who, 0)
    _, _, _, shared = luck(p.seed_low, p.seed_high, HABITS, 0, who // p.contacts_group_size, 1)
    return mixed(standard_normal(shared), sqrt(p.population_homophily), standard_normal(own))


@rule
def income_third(p, income):
    """Third of the law of incomes in which an income (fen/month) lies: 0 the lowest, 2 the highest."""
    return int(income > p.income_below_middle) + int(income > p.income_above_middle)


@rule
def income_of(p, wealth):
    """Income (fen/month)."""
    return int(
        min(lognormal(p.population_income_median * 100.0, p.population_income_spread, wealth), LARGEST_INCOME_FEN)
    )


@rule
def spending_of(p, wealth, who):
    """Usual payments per day, fen per payment, and the part of it that is shopping (255ths), plus the payments' factor."""
    _, u_outflow, _, u_payments = luck(p.seed_low, p.seed_high, WEALTH, 0, who, 0)
    _, _, _, u_shopping = luck(p.seed_low, p.seed_high, COSTS, 0, who, 0)
    outflow = mixed(wealth, INCOME_IN_OUTFLOW, standard_normal(u_outflow))
    shopping = mixed(outflow, OUTFLOW_IN_SHOPPING, standard_normal(u_shopping))
    payments = mixed(outflow, OUTFLOW_IN_PAYMENTS, standard_normal(u_payments))
    rate = lognormal(p.payments_median, p.population_payments_spread, payments)
    sent = lognormal(p.population_outflow_median, p.population_outflow_spread, outflow)
    consumed = lognormal(p.population_shopping_median, p.population_shopping_spread, shopping)
    ticket = int(min(sent * 100.0 / (365.0 * rate), LARGEST_TICKET_FEN))
    share = int(min(consumed / sent, 1.0) * 255.0 + 0.5)
    return rate, ticket, share, payments


@rule
def visits_of(p, payments, who):
    """Habitual opens of the platform and of the rival per day."""
    u_visits, u_rival, _, _ = luck(p.seed_low, p.seed_high, HABITS, 0, who, 0)
    visits = mixed(payments, PAYMENTS_IN_VISITS, standard_normal(u_visits))
    rival = mixed(visits, VISITS_IN_RIVAL, standard_normal(u_rival))
    return (
        lognormal(p.population_visits_median, p.population_visits_spread, visits),
        lognormal(p.population_rival_median, p.population_rival_spread, rival),
    )


@rule
def true_ability_of(p, wealth, who):
    """True ability to repay (standard normal)."""
    _, _, own, _ = luck(p.seed_low, p.seed_high, HABITS, 0, who, 0)
    return mixed(wealth, INCOME_IN_TRUE_ABILITY, standard_normal(own))


@rule
def seen_of(p, wealth, true_ability, who):
    """Ability and identity sub-scores before assets: what the bureau can see, some of it noise."""
    _, u_ability, u_identity, _ = luck(p.seed_low, p.seed_high, COSTS, 0, who, 0)
    # The rest keeps the variance at 1; income and true ability are correlated themselves.
    both = 2.0 * INCOME_IN_ABILITY * TRUE_IN_ABILITY * INCOME_IN_TRUE_ABILITY
    rest = sqrt(1.0 - INCOME_IN_ABILITY * INCOME_IN_ABILITY - TRUE_IN_ABILITY * TRUE_IN_ABILITY - both)
    seen = INCOME_IN_ABILITY * wealth + TRUE_IN_ABILITY * true_ability + rest * standard_normal(u_ability)
    return (
        logistic(p.ability_logit + p.score_ability_spread * seen),
        logistic(p.identity_logit + p.score_identity_spread * standard_normal(u_identity)),
    )


@rule
def assets_of(p, wealth, who):
    """Assets owned and assets declared (flags), and whether the user has a central-bank file (0 or 1)."""
    u_car, u_house, u_fund, _ = luck(p.seed_low, p.seed_high, ASSETS, 0, who, 0)
    d_car, d_house, d_fund, u_file = luck(p.seed_low, p.seed_high, DECLARED, 0, who, 0)
    owned = 0
    declared = 0
    if mixed(wealth, INCOME_IN_ASSETS, standard_normal(u_car)) > p.car_cut:
        owned = owned | 1
        if d_car < p.population_declared_share:
            declared = declared | 1
    if mixed(wealth, INCOME_IN_ASSETS, standard_normal(u_house)) > p.house_cut:
        owned = owned | 2
        if d_house < p.population_declared_share:
            declared = declared | 2
    if mixed(wealth, INCOME_IN_ASSETS, standard_normal(u_fund)) > p.fund_cut:
        owned = owned | 4
        if d_fund < p.population_declared_share:
            declared = declared | 4
    has_file = 1 if mixed(wealth, INCOME_IN_FILE, standard_normal(u_file)) > p.file_cut else 0
    if p.switch_coverage == 0:
        has_file = 1
    return owned, declared, has_file


@rule
def posting_group(p, point):
    """Number (0 to 3) of the posting group of a poster at a point (0 to 1) among all posters."""
    if point < p.group_below_0:
        return 0
    if point < p.group_below_1:
        return 1
    return 2 if point < p.group_below_2 else 3


@rule
def traits_of(p, who):
    """Responsive (0 or 1), belief (code), role (code with the posting group), worth of the circle (CNY/day), cost of
    privacy (CNY).
    """
    u_responsive, u_belief, u_role, u_worth = luck(p.seed_low, p.seed_high, TRAITS, 0, who, 0)
    u_privacy, _, _, _ = luck(p.seed_low, p.seed_high, COSTS, 0, who, 0)
    responsive = 1 if u_responsive < p.population_responsive_share else 0
    belief = KNOWN
    if u_belief < p.population_folk_share:
        belief = FOLK
    elif u_belief > 1.0 - p.population_learned_share:
        belief = LEARNED
    role = ONLOOKER
    if u_role < p.population_poster_share:
        role = POSTER
    elif u_role < p.population_poster_share + p.population_seeker_share:
        role = SEEKER
    worth = lognormal(p.choice_worth_median, p.choice_worth_spread, standard_normal(u_worth))
    if role == ONLOOKER:
        worth = worth * p.choice_onlooker_worth
    elif role == POSTER:
        worth = 0.0  # posters may post and comment whatever their score
        role = role | posting_group(p, u_role / p.population_poster_share) << GROUP_PLACE
    privacy = lognormal(p.choice_privacy_median, p.choice_privacy_spread, standard_normal(u_privacy))
    return responsive, belief, role, worth, privacy


@vector_rule
def shopping_of_month(ticket, payment_rate, shopping_share):
    """What a user spends in 30 days on shopping (fen), of `ticket` fen a payment and a share of it in 255ths."""
    return int(ticket * payment_rate * 30.0 * shopping_share / 255.0)


@vector_rule
def month_before(p, liquidity, debt, record, income, months, shopping, shock):
    """Cash, debt (fen) and record after one more of the months before day 0, by the rules of the run.

    months: of income that the user keeps; shopping: fen of the month; shock: to its living costs.
    """
    limit = credit_limit(income, p.money_limit_months)
    cash = paid_in_cash(shopping, liquidity)
    liquidity, debt, _, _, due, paid, _ = statement(
        liquidity - cash,
        debt + charged(shopping, cash, debt, limit),
        income,
        months,
        p.money_living_share,
        shock,
        p.money_minimum_payment,
        p.money_interest,
        p.money_limit_months,
    )
    moved = record_after_statement(
        record,
        paid > 0,
        p.score_streak_gain,
        p.score_missed_loss,
        p.score_uninformed_record,
        p.score_record_forgetting,
    )
    return liquidity, debt, moved if due > 0 else record


@rule
def cash_before(income, months):
    """Cash (fen) with which the months before day 0 begin: what the user keeps."""
    return int(income * months)


@rule
def record_known(record, has_file, uninformed):
    """Mechanism 10, coverage: only a user with a central-bank file starts with the record earned before day 0."""
    return record if has_file else uninformed


@rule
def past_of(p, income, ticket, payment_rate, shopping_share, true_ability, has_file, who):
    """Cash, debt (fen) and record after the months before day 0."""
    months = buffer_months(p.money_buffer_median, p.money_buffer_spread, true_ability)
    shopping = shopping_of_month(ticket, payment_rate, shopping_share)
    liquidity = cash_before(income, months)
    debt = 0
    record = p.score_uninformed_record
    for month in range(p.population_past_months):
        uniform, _, _, _ = luck(p.seed_low, p.seed_high, STATEMENT, 0, who, 1 + month)
        shock = living_shock(p.money_living_spread, standard_normal(uniform))
        liquidity, debt, record = month_before(p, liquidity, debt, record, income, months, shopping, shock)
    return liquidity, debt, record_known(record, has_file, p.score_uninformed_record)
