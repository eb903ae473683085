"""What a run says of credit, and the figures of target 4 on inputs made by hand."""

import numpy as np
import pytest

import sim
from sim.experiments.facts.credit import Month, check, elasticity, odds_ratio, rise_per_lender, share_late
from sim.experiments.facts.row import Effort
from sim.experiments.facts.targets import targets
from sim.experiments.summary import table
from sim.model.measures import CREDIT_MEASURES

SMALL = {"users": 600, "ticks": 70, "replicates": 2}


def months(**late_by_loans):
    """Borrowers by number of loans, (in arrears, in all), all with the same need."""
    loans = np.concatenate([np.full(total, int(name[1:])) for name, (_, total) in late_by_loans.items()])
    late = np.concatenate([np.arange(total) < some for some, total in late_by_loans.values()])
    return [Month(loans, late, np.ones(loans.size))]


def test_shares_and_odds_by_hand():
    seen = months(n1=(10, 100), n2=(15, 50))
    assert share_late(seen, 1, 1) == pytest.approx(0.1)
    assert share_late(seen, 2, 9) == pytest.approx(0.3)
    assert odds_ratio(seen) == pytest.approx((15 * 90) / (35 * 10))


def test_odds_within_bands_of_need_are_not_fooled_by_need():
    # in either band one and several lenders are alike; those in need are late more often, and have more lenders
    calm = Month(np.repeat([1, 2], [900, 100]), np.r_[np.arange(900) < 90, np.arange(100) < 10], np.zeros(1000))
    needy = Month(np.repeat([1, 2], [100, 900]), np.r_[np.arange(100) < 50, np.arange(900) < 450], np.ones(1000))
    both = Month(*(np.concatenate(pair) for pair in zip(calm, needy, strict=True)))
    assert odds_ratio([both]) == pytest.approx(1.0)
    raw = share_late([both], 2, 9) / share_late([both], 1, 1)
    assert raw > 3.0


def test_the_rise_per_lender_is_the_slope_from_the_second_on():
    assert rise_per_lender(months(n1=(1, 100), n2=(10, 100), n3=(12, 100))) == pytest.approx(0.2)
    assert np.isnan(rise_per_lender(months(n1=(1, 100), n2=(10, 100))))


def test_an_elasticity_by_hand():
    flow = np.array([0.0, 1.0, 10.0, 100.0])
    assert elasticity(flow, 7.0 * flow**0.41) == pytest.approx(0.41)


def test_a_small_check_gives_every_row_of_lenders_and_limits():
    found = check(Effort(scale=0.05))
    assert set(found) == {target.name for target in targets() if target.name.startswith(("4a", "4b", "4c", "4e"))}
    assert all(np.isfinite(finding.value) for finding in found.values())
    assert found["4a raw"].value > 1.0  # several lenders, more arrears
    assert 0.3 < found["4e elasticity"].value < 0.5


@pytest.fixture(scope="module")
def bureau():
    return sim.run("shared_bureau.yaml", **SMALL)


def test_measures_and_groups_of_credit_are_there_where_credit_is_a_business(bureau):
    names = {measure.name for measure in CREDIT_MEASURES}
    assert names <= set(bureau.effects)
    assert names <= {effect.measure for effect in table(bureau)}
    assert {"owed", "borrowers", "borrowers_several", "overdue", "line_late", "line_closed"} <= set(bureau.groups)
    assert {"n_borrowers", "n_lender_4_cash_fen"} <= set(bureau.ticks)
    assert not {name for name in bureau.ticks if name.startswith("n_lender_5")}
    assert bureau.effects["borrowers"].policy > 0


def test_the_answer_in_words_tells_of_lenders(bureau):
    told, effects = bureau.summary(), bureau.effects
    late, profit = effects["overdue"], effects["lender_profit"]
    assert f"Of borrowers {late.policy:.1%} are in arrears ({100 * late.interval.mean:+.1f} points; " in told
    assert f"{effects['borrowers_several'].policy:.1%} owe two lenders or more (" in told
    assert f"lenders earn {profit.policy:.2f} CNY per user and day ({profit.interval.mean:+.2f}; " in told
    alone = sim.run("silo.yaml", **SMALL).summary()
    assert "no baseline to compare with. Of borrowers " in alone
    assert "points" not in alone
    # without lenders in the baseline there is nothing to hold it against, without any nothing to tell
    beside = sim.run("silo.yaml", baseline="no_circle.yaml", **SMALL).summary()
    assert "are in arrears and" in beside
    assert "AUC" not in beside
    assert "borrowers" not in sim.run("gate_750.yaml", users=200, ticks=20, replicates=2).summary()


def test_the_answer_in_words_tells_how_well_a_score_tells():
    monthly = sim.run("learned_score.yaml", ["world.bureau.months=1"], users=2_000, ticks=70, replicates=2)
    published, learned = (monthly.effects[name].policy for name in ("score_auc", "learned_auc"))
    assert (
        f"with an AUC of {published:.2f} (0.5: not at all), the one learned from it {learned:.2f}." in monthly.summary()
    )


def test_the_group_table_adds_up_to_the_measure(bureau):
    groups = bureau.groups.query("kind == 'income' and arm == 'policy'")
    share = np.average(groups["borrowers"], weights=groups["users"])
    assert share == pytest.approx(bureau.effects["borrowers"].policy)


def test_groups_tell_who_goes_without_who_defaulted_and_who_is_in_debt(bureau):
    by_kind = bureau.groups.query("arm == 'policy'")
    assert {"unmet", "barred", "owed", "openers", "incentives"} - set(by_kind) == {"openers", "incentives"}
    thirds = by_kind.query("kind == 'income'")
    assert (thirds["unmet"] >= 0).all()
    assert thirds["unmet"].sum() > 0


def test_groups_tell_who_keeps_the_money_of_red_packets():
    given = sim.run("red_packet.yaml", ["policy.incentive.start=2"], users=900, ticks=40, replicates=1)
    groups = given.groups.query("arm == 'policy'").set_index(["kind", "group"])
    spent = given.effects["incentives_spent"].policy
    for kind, names in (("income", ("lowest third", "middle third", "highest third")), ("file", ("thin", "file"))):
        rows = groups.loc[[(kind, name) for name in names]]
        assert (rows["incentives"] > 0).all()
        # of thirds by the law of incomes, of which a sample of 900 has not exactly a third each
        assert np.average(rows["incentives"], weights=rows["users"]) == pytest.approx(
            spent, rel=0.05 if kind == "income" else 1e-9
        )
    assert groups["incentives"].drop(["income", "file"], level="kind").isna().all()
    assert 0 < groups.loc[("file", "thin"), "openers"] < 1
    # nobody keeps anything where none is given
    assert "incentives" not in given.groups.query("arm == 'baseline'").dropna(axis=1, how="all")


def test_a_run_without_credit_says_nothing_of_it():
    plain = sim.run("no_circle.yaml", **SMALL)
    assert not {measure.name for measure in CREDIT_MEASURES} & set(plain.effects)
    assert "owed" not in plain.groups
    assert not {name for name in plain.ticks if name.startswith("n_lender")}


def test_an_arm_with_credit_can_be_compared_with_one_without():
    mixed = sim.run("finance.yaml", **SMALL)
    assert mixed.effects["borrowers"].policy > 0
    assert np.isnan(mixed.effects["borrowers"].baseline)
    assert not np.isnan(mixed.effects["visits"].interval.mean)
