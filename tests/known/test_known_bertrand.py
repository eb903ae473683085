"""Lenders alike but for their prices, without friction, against the equilibrium of Bertrand (1883) competition.

In the first round of lending nobody owes anything yet. Every borrower asks all lenders, every lender would cover the whole need and has
money for all, and what is cheapest is taken first. Then the cheaper of two serves the whole market, its profit is price
times what is lent, the best answer to any price above cost is to go just below it, and only at cost, which is zero here, is
there nothing to gain: both at cost is the one equilibrium. Two at the same price share the market evenly.

(J. Bertrand, review of Walras and Cournot, Journal des Savants 67, 1883, 499-508; any textbook of industrial organisation.)
"""

import numpy as np
import pytest

from tests.helpers import FINANCE, HARD_TIMES, finished, scenario, total

ONE_ROUND = {
    **FINANCE,
    **HARD_TIMES,
    "run.users": 3_000,
    "run.ticks": 20,
    "world.lending.shopping": 1_000.0,  # everybody asks all
    "world.money.living_spread": 0.5,  # or a few need more than one lender may lend
}
TERM = 3


def lent_and_earned(*prices: float) -> list[tuple[int, int]]:
    """What each lender lends and asks for it (fen), given the prices of all (share a month)."""
    alike = {"capital": 50_000.0, "cutoff": 100.0, "loan": 300_000.0, "term": TERM}
    market = scenario(ONE_ROUND, {"world.lending.lenders": tuple({**alike, "price": price} for price in prices)})
    run = finished(market)
    names = range(1, len(prices) + 1)
    return [
        (int(total(run, f"lender_{j}_lent_fen").sum()), int(total(run, f"lender_{j}_priced_fen").sum())) for j in names
    ]


@pytest.mark.parametrize("dearer", [0.02, 0.0300001, 0.05])
def test_the_cheaper_serves_the_whole_market(dearer):
    alone, asked = lent_and_earned(0.01)[0]
    cheap, dear = lent_and_earned(0.01, dearer)
    assert alone > 0
    assert cheap == (alone, asked)
    assert dear == (0, 0)
    assert lent_and_earned(dearer, 0.01) == [dear, cheap]  # whoever comes first in the file


def test_profit_is_price_times_what_is_lent():
    lent, earned = lent_and_earned(0.03, 0.04)[0]
    assert earned == pytest.approx(0.03 * TERM * lent, rel=1e-4)  # rounded down to whole fen, loan by loan


def test_equal_prices_share_the_market_evenly():
    (one, _), (other, _) = lent_and_earned(0.03, 0.03)
    assert one > 0
    assert other > 0
    whole = lent_and_earned(0.03)[0][0]
    assert one + other == whole
    # each borrower goes to either by a fair coin; shares of money vary as loans do: 3,000 users leave about 3 points
    assert abs(one / whole - 0.5) < 0.1


def test_undercutting_is_the_best_answer_and_cost_the_one_equilibrium():
    shares = np.array([0.0, 0.5, 0.9, 0.99, 1.0, 1.01, 1.5])  # own price over the rival's
    for rival in (0.01, 0.03):
        profit = [lent_and_earned(float(share * rival), rival)[0][1] for share in shares]
        assert shares[np.argmax(profit)] == 0.99, rival
        assert profit[4] < 0.6 * profit[3]  # to match the rival is to share
        assert profit[5:] == [0, 0]
    at_cost = [lent_and_earned(price, 0.0)[0][1] for price in (0.0, 0.005, 0.03)]
    assert at_cost == [0, 0, 0]  # nothing to gain by leaving cost
