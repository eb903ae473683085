"""What a policy brings per CNY: Fieller's interval on a worked case and on many simulated ones, and the table of a comparison."""

import math

import numpy as np
import pytest

from sim.experiments.compare.cost import yield_of


def test_without_spread_the_ratio_is_certain():
    assert yield_of(np.full(4, 0.6), np.full(4, 0.2)) == pytest.approx((3.0, 3.0, 3.0))


def test_a_worked_case():
    # means 3 and 2, variances of the means 1/3 and 0, so the interval is that of the top over 2: t(2) = 4.3027
    found = yield_of(np.array([2.0, 3.0, 4.0]), np.full(3, 2.0))
    half = 4.302653 * math.sqrt(1 / 3) / 2
    assert found == pytest.approx((1.5, 1.5 - half, 1.5 + half), abs=1e-6)


def test_where_nothing_is_spent_there_is_no_ratio():
    assert np.isnan(yield_of(np.ones(5), np.zeros(5))).all()
    assert np.isnan(yield_of(np.full(3, np.nan), np.ones(3))).all()


def test_where_spending_cannot_be_told_from_none_the_interval_has_no_end():
    found = yield_of(np.array([1.0, 2.0, 3.0]), np.array([-1.0, 0.2, 1.0]))
    assert not math.isnan(found.ratio)
    assert math.isnan(found.low)
    assert math.isnan(found.high)


def test_the_interval_covers_as_often_as_it_says():
    rng = np.random.default_rng(20161124)
    worlds, covered = 2_000, 0
    for _ in range(worlds):
        spent = rng.normal(1.0, 0.2, 8)
        gained = 0.5 + 0.5 * (spent - 1.0) + rng.normal(0.0, 0.3, 8)  # true ratio of means 0.5, and correlated
        _, low, high = yield_of(gained, spent)
        covered += low <= 0.5 <= high
    assert abs(covered / worlds - 0.95) < 4 * math.sqrt(0.95 * 0.05 / worlds)


def test_a_comparison_tells_of_money_where_somebody_spends_it(workspace):
    from sim.experiments.compare.compare import compare

    size = {"users": 300, "ticks": 40, "replicates": 3}
    result = compare("comparisons/gate_vs_red_packet", **size)
    rows = {row["policy"]: row for row in _rows(result.tables["costs"]) if row["world"] == "as is"}
    assert rows["gate_750"]["spent"] == 0.0
    assert math.isnan(rows["gate_750"]["per_cny"])
    assert rows["red_packet"]["spent"] > 0.0
    assert rows["red_packet"]["per_cny"] == pytest.approx(
        rows["red_packet"]["difference"] / rows["red_packet"]["spent"]
    )


def test_a_comparison_of_gates_has_no_table_of_money(workspace):
    (workspace / "mine.yaml").write_text(
        "extends: base.yaml\nname: mine\nbaseline: open\n"
        "policies:\n  open: {policy: {gate: {kind: open}}}\n  shut: {policy: {gate: {kind: threshold}}}\n"
        "run: {users: 200, ticks: 20}\nreplicates: 2\n",
        encoding="utf-8",
    )
    from sim.experiments.compare.compare import compare

    assert compare("mine.yaml").tables["costs"] == {}


def _rows(table):
    return [{name: column[k] for name, column in table.items()} for k in range(len(table["policy"]))]
