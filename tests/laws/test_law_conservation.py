"""What is conserved on every tick, on both engines: users, money to the last fen, the range of scores, and totals that say
what the columns say."""

import numpy as np
import pytest

from sim.model.states import ENTERED, VIEWED
from sim.model.totals import TOTALS, of_lenders
from tests.helpers import (
    BUSY,
    ENGINES,
    FINANCE,
    GATE_640,
    HARD_TIMES,
    LOTTERY,
    NONE,
    OPEN,
    PACKETS,
    finished,
    gate_of,
    scenario,
    total,
)

HARD_UP = {
    # cash runs out, bills are missed, debt meets its limit, scores swing
    "world.money.living_share": 1.1,
    "world.money.limit_months": 0.5,
    "world.population.shopping_median": 20_000.0,
    "world.score.noise": 100.0,
    "world.circle.tip_rate": 2.0,
}
WORLDS = {
    "none": (BUSY, NONE),
    "open": (BUSY, OPEN),
    "gate": (BUSY, GATE_640),
    "lottery": (BUSY, LOTTERY),
    "price": (BUSY, gate_of("price")),
    "invitation": (BUSY, gate_of("invitation")),
    "tiers": (BUSY, gate_of("tiers")),
    "closing": (BUSY, {"policy.circle.closes": 40, "policy.gate.end": 35}),
    "hard up": (BUSY, HARD_UP),
    "finance": (BUSY, HARD_TIMES, FINANCE),
    "packets": (BUSY, PACKETS),
}
CASES = [(engine, world) for engine in ENGINES for world in WORLDS]


@pytest.fixture(scope="module")
def runs():
    """Each engine and world run once, when first asked for. The fast engine takes more users, in several blocks."""
    made = {}

    def run_of(engine, world):
        if (engine, world) not in made:
            users = 2_500 if engine == "fast" else 80
            given = scenario(*WORLDS[world], {"run.users": users})
            start = ENGINES[engine](given, 11).snapshot()
            made[engine, world] = (finished(given, 11, engine), start)
        return made[engine, world]

    return run_of


@pytest.mark.parametrize(("engine", "world"), CASES)
def test_scores_stay_in_the_range(runs, engine, world):
    run, start = runs(engine, world)
    for columns in (start, run.columns):
        assert columns["score"].min() >= 350
        assert columns["score"].max() <= 950
    points = total(run, "score_points") / start.users
    assert points.min() >= 350
    assert points.max() <= 950


@pytest.mark.parametrize(("engine", "world"), CASES)
def test_every_user_is_on_one_plan(runs, engine, world):
    run, start = runs(engine, world)
    plans = sum(total(run, name) for name in ("rest", "spend", "repay", "upload"))
    assert (plans == start.users).all()


@pytest.mark.parametrize(("engine", "world"), CASES)
def test_nobody_forgets(runs, engine, world):
    run, start = runs(engine, world)
    knowing = total(run, "knowing")
    assert (np.diff(knowing, prepend=0) == total(run, "learned")).all()
    assert (total(run, "learned") >= 0).all()
    assert knowing.max() <= start.users
    assert (knowing[-1] > 0) == (world != "none")


@pytest.mark.parametrize(("engine", "world"), CASES)
def test_cash_is_conserved_to_the_fen(runs, engine, world):
    run, start = runs(engine, world)
    before = np.concatenate([[int(start["liquidity"].astype(np.int64).sum())], total(run, "liquidity_fen")[:-1]])
    lent = sum(total(run, name) for name in of_lenders("lent"))
    given = total(run, "tips_received_fen") + total(run, "packet_kept_fen")
    incoming = total(run, "income_fen") + given + lent
    outgoing = sum(
        total(run, name)
        for name in (
            "living_fen",
            "cash_fen",
            "repaid_bill_fen",
            "repaid_early_fen",
            "saved_fen",
            "tips_fen",
            "fees_fen",
            *of_lenders("repaid"),
        )
    )
    assert (total(run, "liquidity_fen") - before == incoming - outgoing).all()


@pytest.mark.parametrize(("engine", "world"), CASES)
def test_debt_is_conserved_to_the_fen(runs, engine, world):
    run, start = runs(engine, world)
    before = np.concatenate([[int(start["debt"].astype(np.int64).sum())], total(run, "debt_fen")[:-1]])
    lent = total(run, "interest_fen") + total(run, "charged_fen") + total(run, "late_fees_fen")
    repaid = total(run, "repaid_bill_fen") + total(run, "repaid_early_fen") + total(run, "written_off_fen")
    assert (total(run, "debt_fen") - before == lent - repaid).all()


@pytest.mark.parametrize(("engine", "world"), CASES)
def test_tips_wait_in_escrow_until_they_are_received(runs, engine, world):
    run, _ = runs(engine, world)
    waiting = np.cumsum(total(run, "tips_fen") - total(run, "tips_received_fen"))
    assert (total(run, "escrow_fen") == waiting).all()
    assert waiting.min() >= 0
    if world not in ("none", "closing"):
        assert total(run, "tips_received_fen").sum() > 0


@pytest.mark.parametrize(("engine", "world"), CASES)
def test_a_payment_is_passed_on_paid_or_charged(runs, engine, world):
    run, _ = runs(engine, world)
    parts = total(run, "passed_on_fen") + total(run, "cash_fen") + total(run, "charged_fen")
    assert (total(run, "outflow_fen") == parts).all()
    assert (total(run, "payments") == total(run, "visits_payment")).all()


# interest and fees may lift a debt on the credit line over its limit
PLAIN_CASES = [(engine, world) for engine, world in CASES if world != "finance"]


@pytest.mark.parametrize(("engine", "world"), PLAIN_CASES)
def test_nobody_owes_less_than_nothing_or_more_than_the_limit(runs, engine, world):
    run, start = runs(engine, world)
    months = run.scenario.world.money.limit_months
    for columns in (start, run.columns):
        assert columns["liquidity"].min() >= 0
        assert columns["debt"].min() >= 0
        assert (columns["debt"] <= np.maximum((columns["income"] * months).astype(np.int64), 1)).all()
    if world == "hard up":
        assert total(run, "bills_missed").sum() > 0
        assert (run.columns["debt"] > 0.9 * run.columns["income"] * months).any()


@pytest.mark.parametrize(("engine", "world"), CASES)
def test_no_total_is_negative(runs, engine, world):
    run, _ = runs(engine, world)
    assert run.totals.min() >= 0


@pytest.mark.parametrize(("engine", "world"), CASES)
def test_the_last_totals_say_what_the_columns_say(runs, engine, world):
    run, _ = runs(engine, world)
    columns, last = run.columns, {name: int(total(run, name)[-1]) for name in TOTALS}
    tick = run.scenario.run.ticks - 1
    for name, column in (
        ("knowing", "knows"),
        ("posts", "posts"),
        ("score_points", "score"),
        ("liquidity_fen", "liquidity"),
        ("debt_fen", "debt"),
    ):
        assert last[name] == int(columns[column].astype(np.int64).sum()), name
    assert last["viewers"] == int((columns["role"] >= VIEWED).sum())
    assert last["admitted"] == int((columns["admitted"] & ENTERED > 0).sum())
    assert [last[plan] for plan in ("rest", "spend", "repay", "upload")] == np.bincount(
        columns["plan"], minlength=4
    ).tolist()
    assert last["score_750"] == int((columns["score"] >= 750).sum())
    assert last["active"] == int((columns["last_visit_day"] == tick).sum())
    assert last["active_30"] == int((columns["last_visit_day"] > tick - 30).sum())
    assert total(run, "newly_admitted").sum() == int((columns["admitted_day"] >= 0).sum())
    assert total(run, "learned").sum() == int((columns["learned_day"] >= 0).sum())
    channels = [name for name in TOTALS if name.startswith("visits_") and name != "visits_rival"]
    assert sum(total(run, name).sum() for name in channels) == int(columns["visits"].sum())


@pytest.mark.parametrize(("engine", "world"), CASES)
def test_known_contacts_are_the_contacts_who_know(runs, engine, world):
    run, _ = runs(engine, world)
    columns = run.columns
    if engine == "fast":
        contacts = run.contacts
        rows = [contacts.others[contacts.starts[k] : contacts.starts[k + 1]] for k in range(columns.users)]
    else:
        rows = [np.array([other.id for other in user.contacts], np.int64) for user in run.model.people]
    assert columns["known_contacts"].tolist() == [int(columns["knows"][row].sum()) for row in rows]
