"""Decompositions: what must vanish vanishes exactly, parts sum to the effect, and the command tells it."""

import json
import re
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

import sim
from sim.cli import app
from sim.experiments.cells.outcome import Cells
from sim.experiments.decompose import study
from sim.experiments.decompose.decomposition import Decomposition, coalition_name
from sim.experiments.decompose.exact import COUNTED, exact
from sim.experiments.decompose.mechanisms import MECHANISMS, NAMES, with_only
from sim.experiments.decompose.reading import UNDECIDED, reading
from sim.experiments.decompose.shapley import coalitions
from sim.experiments.decompose.split import OTHER, TOTAL
from sim.experiments.decompose.study import decompose, part_table
from sim.model.measures import CHANNELS
from sim.results.store import ResultError
from sim.results.table import Table, where
from sim.scenario import ScenarioError, load
from sim.scenario.schema import Switches
from tests.helpers import scenario

BUSY = [
    "policy.gate.threshold=640",
    "world.population.responsive_share=0.8",
    "world.population.poster_share=0.1",
    "world.population.seeker_share=0.4",
    "world.awareness.campaign_rate=0.2",
    "world.choice.perk_worth=150",
]
SMALL = {"users": 300, "ticks": 45, "replicates": 2}
ONE = {**SMALL, "replicates": 1}
NO_VISITS = [f"world.circle.{role}_visits=0" for role in ("onlooker", "seeker", "poster")]


def split_of(name, *settings, size=ONE, **besides):
    gate = BUSY[:1] if name in ("gate_750", "placebo") else []
    return decompose(name, [*gate, *BUSY[1:], *settings], **{**size, **besides})


def carried(result, mechanism):
    """Everything that a mechanism brings in any replicate: as a part, alone, and last; exact."""
    return {
        value for one in result.splits for value in (one.parts[mechanism], one.alone[mechanism], one.last[mechanism])
    }


@pytest.fixture(scope="module")
def gate():
    return split_of("gate_750", size=SMALL)


@pytest.fixture
def placebo(workspace):
    """A file with the same gate, to which nobody responds."""
    path = workspace / "nobody.yaml"
    path.write_text("extends: placebo.yaml\nname: nobody\npolicy: {gate: {threshold: 640}}\n", encoding="utf-8")
    return path


def test_each_mechanism_carries_something_where_all_are_on(gate):
    for mechanism in NAMES:
        parts = {one.parts[mechanism] for one in gate.splits}
        assert parts == {0} if mechanism == "credit" else 0 not in parts, mechanism  # the scenario has credit off


def test_parts_sum_to_the_effect_to_the_last_digit(gate):
    user_days = SMALL["users"] * SMALL["ticks"]
    for number, one in enumerate(gate.splits):
        assert sum(one.parts.values()) == one.total
        assert (one.total * user_days).denominator == 1  # whole visits
        rows = where(gate.tables["parts"], replicate=number)
        exact_parts = dict(zip(rows["part"], map(Fraction, rows["exact"]), strict=True))
        assert exact_parts.pop(TOTAL) == sum(exact_parts.values())
    assert sum(gate.parts_mean.values()) == gate.total_mean


def test_the_total_is_the_effect_that_a_run_finds(gate):
    run = sim.run("gate_750", BUSY, **SMALL)
    ticks = run.tables["ticks"]
    for number, one in enumerate(gate.splits):
        visits = {
            arm: sum(where(ticks, arm=arm, replicate=number)[f"n_visits_{channel}"].sum() for channel in CHANNELS)
            for arm in ("policy", "baseline")
        }
        assert one.total * SMALL["users"] * SMALL["ticks"] == int(visits["policy"] - visits["baseline"])
    assert gate.interval(TOTAL).mean == pytest.approx(run.effects["visits"].interval.mean, abs=1e-12)
    assert gate.interval(TOTAL).low == pytest.approx(run.effects["visits"].interval.low, abs=1e-9)


def test_the_feed_alone_is_the_circle_channel_of_a_run_without_effort(gate):
    still = ["switches.choice=false", "switches.habit=false"]
    channel = sim.run("gate_750", [*BUSY, *still], **SMALL).effects["visits_circle"].interval.mean
    assert gate.interval("feed", "alone").mean == pytest.approx(channel, abs=1e-12)


@pytest.mark.parametrize(
    "worthless", [NO_VISITS, ["world.circle.post_rate=0"], ["switches.feed=false"], ["switches.circle=false"]]
)
def test_where_the_circle_is_worth_nothing_the_feed_carries_exactly_nothing(worthless):
    result = split_of("gate_750", *worthless)
    assert carried(result, "feed") == {0}
    assert any(one.parts["effort"] for one in result.splits)  # perks are still there to be won


def test_where_nothing_is_to_be_won_effort_carries_exactly_nothing():
    worthless = ["world.choice.worth_median=0.000001", "world.choice.perk_worth=0", "world.choice.noise=0.001"]
    result = split_of("gate_750", *worthless, "world.usage.publication_checks=1")
    assert carried(result, "effort") == {0}
    assert any(one.parts["feed"] for one in result.splits)


def test_where_nobody_responds_effort_carries_exactly_nothing():
    result = split_of("placebo")
    assert carried(result, "effort") == {0}
    assert any(one.parts["feed"] for one in result.splits)


def test_with_habit_off_habit_carries_exactly_nothing():
    result = split_of("gate_750", "switches.habit=false")
    assert carried(result, "habit") == {0}
    assert any(one.parts["feed"] for one in result.splits)


def test_of_red_packets_the_incentive_carries_what_they_bring():
    packets = ["policy.incentive.sent=0.05", "policy.incentive.start=2"]
    given = decompose("red_packet", packets, **ONE)
    assert given.mechanisms == (*NAMES, "incentive")
    assert all(one.parts["incentive"] > 0 for one in given.splits)
    assert {one.alone["feed"] for one in given.splits} == {0}
    nothing = decompose("red_packet", [*packets, "policy.incentive.budget=0"], **ONE)
    assert {one.total for one in nothing.splits} == {0}
    assert "incentive" not in split_of("gate_750").mechanisms


def test_against_the_placebo_nothing_happens_without_effort(placebo):
    result = split_of("gate_750", baseline=placebo)
    rows = result.tables["subsets"]
    without = np.array(["effort" not in on.split("+") for on in rows["on"]])
    assert (rows["effect"][without] == 0.0).all()
    assert (rows["effect"][~without] != 0.0).any()
    assert {one.alone["feed"] for one in result.splits} == {0}


def test_an_open_circle_is_the_feeds_alone(gate):
    result = split_of("open_circle", size=SMALL)
    assert carried(result, "effort") == {0}
    assert all(value > 0 for value in carried(result, "feed"))
    assert reading(result).verdict == "H1"
    assert carried(gate, "effort") != {0}


def test_a_policy_against_itself_has_no_effect_to_split(placebo):
    result = split_of("placebo", baseline=placebo)
    assert {value for one in result.splits for value in (*one.parts.values(), one.total)} == {0}
    assert "has no effect on visits per user and day against nobody" in result.summary()


def test_of_a_score_the_feed_and_habit_carry_nothing():
    result = split_of("gate_750", measure="mean_score")
    assert carried(result, "feed") == carried(result, "habit") == {0}
    assert all(one.parts["effort"] > 0 for one in result.splits)
    assert sum(result.splits[0].parts.values()) == result.splits[0].total
    assert "H1" not in result.summary()  # the readings are about visits


def test_where_there_is_no_circle_the_event_is_not_read_from_it():
    result = decompose("finance", users=150, ticks=45, replicates=2)
    assert any(one.parts["credit"] for one in result.splits)
    assert "credit" in result.summary()
    assert "H1" not in result.summary()
    assert "H2" not in result.summary()


def test_a_mechanism_is_a_switch_and_off_is_off_in_both_arms():
    assert {mechanism.switch for mechanism in MECHANISMS} <= set(Switches.model_fields)
    given = load("gate_750")
    assert with_only(frozenset(NAMES), given) == given
    for mechanism in MECHANISMS:
        off = with_only(frozenset(NAMES) - {mechanism.name}, given)
        assert not getattr(off.switches, mechanism.switch)
        assert off.model_copy(update={"switches": given.switches}) == given
    # what the scenario has off itself (credit) makes no cells of its own
    cells = {job.key for job in study.jobs_of(study.make_plan("gate_750", replicates=2))}
    assert len(cells) == 2 * 2 * 2 ** (len(NAMES) - 1)


@given(st.integers(0, 10**13), st.sampled_from([(20_000_000, 7300, "day"), (300, 45, "day"), (7, 32_760, "hour")]))
@settings(deadline=None)
def test_a_count_comes_back_whole_from_its_mean(count, size):
    users, ticks, tick = size
    world = scenario({"run.users": users, "run.ticks": ticks, "run.tick": tick})
    user_days = Fraction(users * ticks, 24 if tick == "hour" else 1)
    assert "visits" in COUNTED
    for error in (-1e-14, 0.0, 1e-14) if count < 10**12 else (0.0,):
        assert exact("visits", float(count / user_days) * (1.0 + error), world) == count / user_days


# The rule that reads H1 or H2, on effects made up.


def made_up(effects):
    """A decomposition of effects given per replicate: of what each mechanism and nothing adds, needing no other."""
    rows: list[Table] = []
    for number, amounts in enumerate(effects):
        kept = list(coalitions(NAMES))
        values = [Fraction(amounts.get(OTHER, 0)) + sum(Fraction(amounts.get(name, 0)) for name in c) for c in kept]
        rows.append(
            {
                "replicate": np.full(len(kept), number),
                "seed": np.full(len(kept), number),
                "on": np.array([coalition_name(c, NAMES) for c in kept]),
                "effect": np.array([float(value) for value in values]),
                "exact": np.array([str(value) for value in values]),
            }
        )
    subsets = {name: np.concatenate([row[name] for row in rows]) for name in rows[0]}
    named = {arm: {"name": arm, "run": {}} for arm in ("policy", "baseline")}
    manifest = {
        "measure": "visits",
        "mechanisms": {mechanism.name: mechanism._asdict() for mechanism in MECHANISMS},
        "scenarios": named,
        "left_out": {},
    }
    return Decomposition(manifest, {"subsets": subsets, "parts": part_table(subsets)})


def around(**amounts):
    """Three replicates, 1% about the amounts."""
    return [{name: value * factor for name, value in amounts.items()} for factor in (99, 100, 101)]


@pytest.mark.parametrize(
    ("amounts", "verdict"),
    [
        (around(feed=5, effort=1, habit=2), "H1"),
        (around(feed=-5, effort=1, habit=-2), "H1"),  # shut out of the feed, in spite of efforts
        (around(feed=1, effort=5, habit=20), "H2"),  # habit carries on what others began
        (around(feed=-1, effort=5), "H2"),
        (around(feed=1, effort=-5), "H2"),
        (around(feed=1, effort=5, other=9), UNDECIDED),  # most is nobody's
        (around(other=9), UNDECIDED),
        (around(habit=9), UNDECIDED),
        (around(feed=1), "H1"),
        ([{"feed": 3, "effort": 2}, {"feed": 2, "effort": 3}, {"feed": 3, "effort": 3}], UNDECIDED),
        ([{"feed": 3, "effort": -3}, {"feed": 3, "effort": -2}, {"feed": 3, "effort": -4}], UNDECIDED),  # they cancel
        ([{"feed": 100}], UNDECIDED),  # one replicate
        ([{"feed": 0}] * 3, UNDECIDED),
    ],
)
def test_the_reading_follows_what_clearly_carries_more(amounts, verdict):
    assert reading(made_up(amounts)).verdict == verdict


def test_the_reading_of_parts_that_are_all_luck_is_hardly_ever_decided():
    # feed and effort drawn alike, 5 replicates: a verdict asks a contrast beyond a 95% interval, so 5% at most are decided;
    # of 100 that is 13 with luck of 1 in 1,000
    rng = np.random.default_rng(20161124)
    drawn = rng.integers(900, 1100, (100, 5, 2))
    decided = [reading(made_up([{"feed": int(f), "effort": int(e)} for f, e in one])).verdict for one in drawn]
    assert sum(verdict != UNDECIDED for verdict in decided) <= 13


def test_the_sentence_tells_parts_that_sum():
    text = made_up(around(feed=Fraction(-1, 30), effort=Fraction(1, 70), habit=Fraction(-1, 90))).summary()
    total, *parts = [Fraction(number) for number in re.findall(r"[+-]?\d+\.\d+", text)]
    assert len(parts) == 3  # and exactly 0 with all of them off
    assert text.startswith("Of the effect of")
    assert "; with all of them off 0 is left." in text
    assert sum(parts) == total
    assert "reads as H1" in text


# Failures, storing, the command.


def spoiled(monkeypatch, *places):
    """Have cells at these places fail."""
    honest = study.evaluate

    def evaluate(jobs, **given):
        outcomes = honest(jobs, **given).outcomes
        return Cells(
            tuple(replace(o, reason="broken", measures={}) if k in places else o for k, o in enumerate(outcomes))
        )

    monkeypatch.setattr(study, "evaluate", evaluate)


def test_a_replicate_with_a_failed_cell_is_left_out_and_told(monkeypatch, tmp_path):
    spoiled(monkeypatch, 5)
    result = split_of("placebo", size=SMALL, out=tmp_path)
    assert result.left_out == {"0": "baseline with effort: broken"}
    assert len(result.splits) == 1
    assert result.manifest["seeds"] == [20161125]
    assert np.isnan(result.interval(TOTAL).low)
    assert result.path is None  # the cell may not fail another time
    assert list(tmp_path.rglob("*-decompose")) == []


def test_with_no_replicate_left_there_is_no_result(monkeypatch):
    spoiled(monkeypatch, 0, 2 * 2 ** len(NAMES))
    with pytest.raises(ResultError, match="replicate 0 cannot be split: policy with none: broken"):
        split_of("placebo", size=SMALL)


def test_a_measure_without_a_value_cannot_be_split():
    with pytest.raises(ResultError, match="days_to_admission has no value there"):
        split_of("open_circle", measure="days_to_admission")


def test_a_stored_decomposition_is_read_back(tmp_path):
    first = split_of("placebo", out=tmp_path)
    again = split_of("placebo", out=tmp_path)
    assert (first.reused, again.reused) == (False, True)
    assert again.path == first.path
    for name, table in first.tables.items():
        for column in table:
            assert np.array_equal(
                table[column], again.tables[name][column], equal_nan=table[column].dtype.kind == "f"
            ), column
    assert again.summary() == first.summary()
    assert len(again.parts) == len(NAMES) + 2
    assert len(again.subsets) == 2 ** len(NAMES)
    assert not split_of("placebo", out=tmp_path, measure="visits_circle").reused


def invoke(*arguments):
    return CliRunner().invoke(app, ["decompose", *arguments])


def test_the_command_tells_parts_that_sum_and_draws(workspace):
    size = [text for name, value in ONE.items() for text in (f"--{name}", str(value))]
    given = ["gate_750", *size, *(text for setting in BUSY for text in ("--set", setting))]
    shown = invoke(*given)
    assert shown.exit_code == 0, shown.output
    rows = dict(re.findall(rf"^({'|'.join((*NAMES, OTHER, TOTAL))}) +(0|[+-]?\d+\.\d+)", shown.stdout, re.MULTILINE))
    total = Fraction(rows.pop(TOTAL))
    assert len(rows) == len(NAMES) + 1
    assert sum(map(Fraction, rows.values())) == total != 0
    assert "The event reads as" in shown.stdout
    assert "Stored: results/gate_750/" in shown.stdout
    drawn = {path.name for path in workspace.rglob("figures/*")}
    assert drawn == {"waterfall.png", "waterfall.svg"}
    record = json.loads(invoke(*given, "--json").stdout)
    assert record["reused"]
    exact_parts = {row["part"]: Fraction(row["exact"]) for row in record["parts"]}
    assert exact_parts.pop(TOTAL) == sum(exact_parts.values())
    assert record["reading"]["verdict"] in ("H1", "H2", UNDECIDED)


def test_stopping_says_what_is_kept(workspace, monkeypatch):
    def stopped(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(study, "evaluate", stopped)
    shown = invoke("gate_750")
    assert shown.exit_code == 130
    assert "finished cells are kept, and the same command goes on from there" in shown.output


def test_the_package_gives_it_by_name():
    assert sim.decompose is decompose
    assert sim.Decomposition is Decomposition


def test_the_command_tells_every_fault():
    shown = invoke("no_circle", "--measure", "vists")
    assert shown.exit_code == 2
    assert "--measure vists: not a measure of a run. Did you mean visits?" in shown.output
    assert "no_circle has no baseline" in shown.output
    assert invoke("nowhere.yaml").exit_code == 2
    with pytest.raises(ScenarioError, match="baseline"):
        decompose("no_circle")
