"""Sweep files: what they mean, and that every fault of the file and of all its points is told at its line before anything runs."""

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from sim.experiments.goal import reference_score
from sim.experiments.sweep.design import unit_points
from sim.experiments.sweep.plan import OF_REFERENCE, make_sweep_plan
from sim.scenario import ScenarioError, load
from sim.scenario.files import shipped_files
from sim.scenario.sweep import Design, read_sweep


def written(text, name="mine.yaml"):
    Path(name).write_text(text, encoding="utf-8")
    return name


def sweep_of(vary, more=""):
    return written(f"extends: gate_750.yaml\nname: mine\nvary:\n{vary}\nreplicates: 2\n{more}")


def values(plan, k=0):
    return [point.levels[k].value for point in plan.points]


def faults(file, *settings):
    with pytest.raises(ScenarioError) as caught:
        make_sweep_plan(file, list(settings))
    return str(caught.value)


def test_a_grid_has_every_combination(workspace):
    plan = make_sweep_plan(
        sweep_of("  policy.gate.threshold: [650, 700]\n  world.choice.noise: {from: 10, to: 30, step: 10}")
    )
    assert len(plan.points) == 6
    assert plan.shape == (2, 3)
    assert list(zip(values(plan, 0), values(plan, 1), strict=True)) == [
        (t, n) for t in (650, 700) for n in (10, 20, 30)
    ]
    assert len(plan.jobs) == 6 * 2 * 2  # points, replicates, arms
    assert {(p.policy.policy.gate.threshold, p.policy.world.choice.noise) for p in plan.points} == {
        (t, n) for t in (650, 700) for n in (10.0, 20.0, 30.0)
    }


def test_a_baseline_that_does_not_depend_on_what_is_varied_is_run_once(workspace):
    varied = make_sweep_plan(sweep_of("  policy.gate.threshold: [650, 700, 750]"))
    assert len({job.key for job in varied.jobs}) == 3 * 2 + 2
    assert len({id(job) for job in varied.jobs}) == 3 * 2 + 2  # nor is it held more than once
    world = make_sweep_plan(sweep_of("  world.choice.noise: [5, 10, 15]"))
    assert len({job.key for job in world.jobs}) == 3 * 2 * 2
    # two measures count distance from the gate's own score, so there the baselines differ
    matched = make_sweep_plan(sweep_of("  policy.gate.threshold: [650, 700, 750]", "measures: [visits, just_above]"))
    assert len({job.key for job in matched.jobs}) == 3 * 2 * 2


def test_only_the_measures_named_depend_on_the_reference():
    from sim.engines.fast import FastEngine
    from sim.experiments.cell import run_cell
    from tests.helpers import BUSY, scenario

    given = scenario(BUSY, {"world.population.visits_median": 0.02, "world.population.payments_mean": 0.02})
    one, other = (run_cell(given, FastEngine(given, 1), reference=score).measures for score in (600, 650))
    different = {name for name, value in one.items() if not np.array_equal(value, other[name], equal_nan=True)}
    assert different == set(OF_REFERENCE)
    assert reference_score(given) == 640


def test_zipped_parameters_move_together(workspace):
    plan = make_sweep_plan(
        sweep_of(
            "  policy.gate.threshold: [650, 700, 750]\n  run.users: [100, 200]\n  policy.campaign.reach: [1, 2, 3]",
            "zip: [[policy.gate.threshold, policy.campaign.reach]]",
        )
    )
    assert plan.shape == (3, 2)
    assert {(t, r) for t, r in zip(values(plan, 0), values(plan, 2), strict=True)} == {(650, 1), (700, 2), (750, 3)}


def test_a_list_takes_the_values_side_by_side(workspace):
    plan = make_sweep_plan(
        sweep_of("  policy.gate.threshold: [650, 700, 655]\n  world.choice.noise: [5, 50, 7]", "design: {kind: list}")
    )
    assert list(zip(values(plan, 0), values(plan, 1), strict=True)) == [(650, 5), (700, 50), (655, 7)]
    by_name = make_sweep_plan(written(Path("mine.yaml").read_text(encoding="utf-8").replace("{kind: list}", "list")))
    assert by_name.key == plan.key


def test_a_range_in_decimals_and_one_in_the_logarithm(workspace):
    plan = make_sweep_plan(sweep_of("  world.usage.habit_weight: {from: 0, to: 0.7, step: 0.1}"))
    assert values(plan) == [0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7]
    plan = make_sweep_plan(sweep_of("  world.choice.noise: {from: 1, to: 1000, points: 4, scale: log}"))
    assert values(plan) == pytest.approx([1, 10, 100, 1000])
    plan = make_sweep_plan(sweep_of("  policy.gate.threshold: {from: 600, to: 850, points: 4}"))
    assert values(plan) == [600, 683, 767, 850]


def test_a_policy_as_a_whole_is_varied_by_named_patches(workspace):
    vary = """
  policy:
    hard: {gate: {threshold: 700}}
    lottery: {gate: {kind: lottery, share: 0.1}}
    none: {gate: {kind: none}}
  people:
    few: {world: {population: {responsive_share: 0.1}}, rule: myopic}
    all: {world: {population: {responsive_share: 1}}}"""
    plan = make_sweep_plan(sweep_of(vary))
    assert values(plan)[::2] == ["hard", "lottery", "none"]
    assert [p.policy.policy.gate.kind for p in plan.points[::2]] == ["threshold", "lottery", "none"]
    assert [p.policy.rule for p in plan.points[:2]] == ["myopic", "forward_looking"]
    assert [p.role for p in plan.parameters] == ["policy", "world"]
    # the rest of the policy is the unvaried one's
    assert plan.points[0].policy.policy.gate.covers == ("comment",)


def test_a_value_goes_on_top_of_a_named_patch_whatever_the_order(workspace):
    lines = ["  world.choice.noise: [1, 2]", "  calm: {yes: {world: {choice: {noise: 90, discount: 0.5}}}}"]
    for vary in (lines, lines[::-1]):
        plan = make_sweep_plan(sweep_of("\n".join(vary)))
        assert [p.policy.world.choice.noise for p in plan.points] == [1.0, 2.0]
        assert {p.policy.world.choice.discount for p in plan.points} == {0.5}


@pytest.mark.parametrize("n", [7, 32])
def test_a_latin_hypercube_has_one_point_in_every_part_of_every_dimension(n):
    points = unit_points(Design(kind="latin_hypercube", points=n, seed=3), 4)
    for column in points.T:
        assert sorted(np.floor(column * n).astype(int)) == list(range(n))


def test_sobol_is_balanced_at_powers_of_two_and_says_where_it_is_not(workspace):
    points = unit_points(Design(kind="sobol", points=64, seed=3), 5)
    for parts in (2, 8, 64):
        for column in points.T:
            assert (np.bincount(np.floor(column * parts).astype(int), minlength=parts) == 64 // parts).all()
    vary = "  world.choice.noise: {from: 1, to: 10}"
    balanced = make_sweep_plan(sweep_of(vary, "design: {kind: sobol, points: 8, seed: 1}"))
    assert balanced.note == ""
    uneven = make_sweep_plan(sweep_of(vary, "design: {kind: sobol, points: 12, seed: 1}"))
    assert "12 is no power of two" in uneven.note
    assert "8 or 16" in uneven.note


def test_whole_numbers_and_names_are_each_as_likely(workspace):
    vary = "  policy.gate.threshold: {from: 601, to: 604}\n  rule: [myopic, none]\n  world.choice.noise: {from: 1, to: 100, scale: log}"
    plan = make_sweep_plan(sweep_of(vary, "design: {kind: sobol, points: 64, seed: 5}"))
    thresholds, rules, noise = (values(plan, k) for k in range(3))
    assert all(isinstance(value, int) for value in thresholds)
    assert [thresholds.count(t) for t in (601, 602, 603, 604)] == [16] * 4
    assert [rules.count(r) for r in ("myopic", "none")] == [32] * 2
    assert sum(value < 10 for value in noise) == 32  # half of them in the lower decade
    again = make_sweep_plan("mine.yaml")
    assert values(again, 2) == noise
    assert values(make_sweep_plan("mine.yaml", ["design.seed=6"]), 2) != noise


def test_zipped_parameters_of_a_sample_share_their_place(workspace):
    vary = "  world.choice.noise: {from: 1, to: 2}\n  world.score.noise: {from: 10, to: 20}"
    more = "design: {kind: latin_hypercube, points: 9, seed: 2}\nzip: [[world.choice.noise, world.score.noise]]"
    plan = make_sweep_plan(sweep_of(vary, more))
    assert np.array(values(plan, 1)) == pytest.approx(10 * np.array(values(plan, 0)))


def test_size_and_settings_go_on_top(workspace):
    file = sweep_of("  policy.gate.threshold: [650]", "run: {users: 500}")
    assert make_sweep_plan(file).points[0].policy.run.users == 500
    assert make_sweep_plan(file).replicates == 2
    plan = make_sweep_plan(file, ["world.choice.noise=9"], users=200, ticks=20, seed=7, replicates=3)
    run = plan.points[0].policy.run
    assert (run.users, run.ticks, run.seed, plan.replicates) == (200, 20, 7, 3)
    assert plan.points[0].baseline.world.choice.noise == 9.0
    assert [job.seed for job in plan.jobs] == [7, 7, 8, 8, 9, 9]


def test_varied_switches_count_for_both_arms(workspace):
    plan = make_sweep_plan(sweep_of("  switches.habit: [true, false]"))
    assert [(p.policy.switches.habit, p.baseline.switches.habit) for p in plan.points] == [(True, True), (False, False)]


FAULTS = [
    ("  policy.gate.treshold: [650]", "mine.yaml:4: policy.gate.treshold: unknown key. Did you mean threshold?"),
    ("  policy.gate.threshold: [650, 9999]", "mine.yaml:4: policy.gate.threshold: 9999 given; must be less than"),
    (
        "  policy.gate.threshold:\n    - 650\n    - high",
        "mine.yaml:6: policy.gate.threshold: 'high' given; must be a whole",
    ),
    (
        "  polcy.gate.threshold: [650]",
        "mine.yaml:4: polcy.gate.threshold: not a part of the scenario that can be varied",
    ),
    ("  polcy.gate.threshold: [650]", "Did you mean policy?"),
    ("  policy.gate.threshold: []", "mine.yaml:4: policy.gate.threshold: an empty list"),
    ("  policy.gate.threshold: [650, 650]", "650 is given twice"),
    ("  policy.gate.threshold: 650", "650 given; write a list"),
    ("  policy.gate.threshold: {from: 650, to: 600, step: 10}", "to must be greater than from"),
    ("  policy.gate.threshold: {from: 600, to: 650}", "a grid design needs a step or points"),
    ("  policy.gate.threshold: {from: 600, to: 650, step: 0}", "0 given; a step is a number above 0"),
    ("  policy.gate.threshold: {from: 600, to: 602, points: 9}", "do not fall on as many whole numbers"),
    ("  world.choice.noise: {from: 0, to: 650, points: 3, scale: log}", "a log range needs a from above 0"),
    ("  world.choice.noise: {from: 1, to: 650, points: 3, scale: cubic}", "allowed: linear, log"),
    ("  world.choice.noise: {from: 1, to: 5, stop: 3}", "mine.yaml:4: world.choice.noise.stop: unknown key of a range"),
    ("  run.seed: [1, 2]", "all points share their seeds"),
    ("  mine: {a: {run: {replicates: 3}}}", "give replicates beside vary"),
    ("  mine: {a: {wrld: {}}}", "mine.yaml:4: mine.a.wrld: unknown key"),
    (
        "  policy: {a: {gate: {kind: soft, lowst: 600}}}",
        "mine.yaml:4: policy.gate.lowst: unknown key. Did you mean lowest",
    ),
    ("  name: [a, b]", "not a part of the scenario"),
]


@pytest.mark.parametrize(("vary", "says"), FAULTS)
def test_a_wrong_entry_is_told_at_its_line(workspace, vary, says):
    assert says in faults(sweep_of(vary))


MORE_FAULTS = [
    ("measures: [visit]", "mine.yaml:6: measures: 'visit' is not a measure. Did you mean visits?"),
    ("primary: knowin", "mine.yaml:6: primary: 'knowin' is not a measure. Did you mean knowing?"),
    ("design: {kind: sobol}", "a sobol design needs points (how many) and a seed"),
    ("design: latin_hypercube", "mine.yaml:6: design: a latin_hypercube design needs points (how many) and a seed"),
    ("design: gird", "must be 'grid', 'latin_hypercube', 'sobol' or 'list'"),
    ("design: {kind: grid, points: 4}", "points and seed are of latin_hypercube and sobol"),
    ("design: {kind: sobl, points: 4, seed: 1}", "must be 'grid', 'latin_hypercube', 'sobol' or 'list'"),
    ("zip: [[policy.gate.threshold, noise]]", "mine.yaml:6: zip: 'noise' is not under vary"),
    ("zip: [[policy.gate.threshold]]", "a group names two or more parameters"),
    ("zpi: []", "mine.yaml:6: zpi: unknown key"),
    ("policy: {gate: {treshold: 700}}", "mine.yaml:6: policy.gate.treshold: unknown key. Did you mean threshold?"),
    ("baseline: nothing.yaml", "mine.yaml:6: baseline: 'nothing.yaml': no such file"),
]


@pytest.mark.parametrize(("more", "says"), MORE_FAULTS)
def test_a_wrong_key_beside_vary_is_told_at_its_line(workspace, more, says):
    assert says in faults(sweep_of("  policy.gate.threshold: [650]", more))


def test_all_faults_of_all_points_are_told_at_once(workspace):
    told = faults(
        sweep_of(
            "  policy.gate.threshold: [100, 700, 2000]\n  world.choice.noise: [-1, 5]\n  world.contacts.group_size: [5, x]"
        )
    )
    lines = told.splitlines()
    assert len(lines) == 4  # one for each wrong value, however many points it is in
    assert ["100 given" in told, "2000 given" in told, "-1 given" in told, "'x' given" in told] == [True] * 4
    assert [int(line.split(":")[1]) for line in lines] == sorted(int(line.split(":")[1]) for line in lines)


def test_faults_of_values_and_of_measures_are_told_together(workspace):
    told = faults(sweep_of("  policy.gate.threshold: [9999]", "measures: [visit]"))
    assert [line.split(" ")[0] for line in told.splitlines()] == ["mine.yaml:4:", "mine.yaml:6:"]


def test_values_that_do_not_go_together_are_named(workspace):
    told = faults(sweep_of("  policy.gate.start: [20, 40]\n  policy.gate.end: [30, 90]"))
    assert "the rule ends on day 30, not after its start on day 40" in told
    assert "(where policy.gate.start is 40 and policy.gate.end is 30)" in told
    assert len(told.splitlines()) == 1


def test_many_faults_are_cut_short(workspace):
    lines = faults(sweep_of("  policy.gate.threshold: {from: 1000, to: 1100, step: 1}", "")).splitlines()
    assert len(lines) == 21
    assert "81 more faults" in lines[-1]


def test_uneven_groups_and_a_grid_too_large(workspace):
    two = "  policy.gate.threshold: [650, 700]\n  world.choice.noise: [1, 2, 3]"
    told = faults(sweep_of(two, "zip: [[policy.gate.threshold, world.choice.noise]]"))
    assert "policy.gate.threshold has 2, world.choice.noise has 3" in told
    assert "what moves together" in faults(sweep_of(two, "design: {kind: list}"))
    wide = "\n".join(
        f"  world.choice.{name}: {{from: 1, to: 2, points: 100}}" for name in ("noise", "spend_boost", "goal_gradient")
    )
    assert "1,000,000 points" in faults(sweep_of(wide))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("extends: gate_750.yaml\n", "vary: missing"),
        ("extends: gate_750.yaml\nvary: {}\n", "vary"),
        ("extends: gate_750.yaml\nvary: 3\n", "mine.yaml:2: vary: 3 given; must be a mapping"),
        ("extends: nowhere.yaml\nvary: {rule: [none]}\n", "no such file"),
        ("vary: [1\n", "not YAML"),
    ],
)
def test_a_file_that_is_no_sweep_is_a_sentence(workspace, text, says):
    assert says in faults(written(text))


def test_a_sweep_may_extend_a_sweep(workspace):
    written("extends: sweeps/threshold.yaml\nname: wider\nworld: {population: {responsive_share: 1}}\n", "wider.yaml")
    plan = make_sweep_plan("wider.yaml")
    assert len(plan.points) == 26
    assert plan.points[0].policy.world.population.responsive_share == 1.0
    assert plan.points[0].baseline.name == "open_circle"


@pytest.mark.parametrize("path", shipped_files("sweeps"), ids=lambda path: path.stem)
def test_shipped_sweeps_are_valid_documented_and_found_by_name(path, workspace):
    sweep = read_sweep(path)
    assert sweep.base.name == f"sweep_{path.stem}"
    assert sweep.base.note
    assert read_sweep(path.stem).base == read_sweep(f"scenarios/sweeps/{path.name}").base == sweep.base
    plan = make_sweep_plan(path)
    cells = {job.key: job.scenario.run for job in plan.jobs}
    assert sum(run.users * run.ticks for run in cells.values()) < 1.5e9  # minutes, not hours
    for point in plan.points[:3]:
        assert point.baseline.name == {"market_growth": "finance", "social_value": "score_bureau"}.get(
            path.stem, "open_circle"
        )
    # what is varied has a unit and a meaning
    assert all(p.unit and p.meaning and p.role in ("world", "policy") for p in plan.parameters)


def test_shipped_sweeps_are_what_they_say():
    assert values(make_sweep_plan("threshold")) == list(range(600, 851, 10))
    assert make_sweep_plan("responders_x_value").shape == (7, 7)
    world = make_sweep_plan("sobol_world")
    assert len(world.parameters) >= 10
    assert world.note == ""  # a balanced number of points
    base = load("base.yaml")
    for parameter in world.parameters:
        node = base
        for part in parameter.path.split("."):
            node = getattr(node, part)
        assert parameter.span.low <= node <= parameter.span.high, parameter.path  # around the shipped value
    for one, other in pairwise(sorted(p.path for p in world.parameters)):
        assert one != other


def test_from_python_a_sweep_needs_no_file(workspace):
    vary = {"policy.gate.threshold": np.array([600, 650, 600]), "world.choice.noise": (1.5, 2.5, 1.5)}
    plan = make_sweep_plan("gate_750", keys={"vary": vary, "design": {"kind": "list"}})
    assert values(plan, 0) == [600, 650, 600]
    assert len({job.key for job in plan.jobs}) == 2 * 3 * 2  # two points are the same, and so are their cells
    with pytest.raises(
        ScenarioError, match=r"vary as given: policy.gate.treshold: unknown key. Did you mean threshold"
    ):
        make_sweep_plan("gate_750", keys={"vary": {"policy.gate.treshold": [600]}})
    with pytest.raises(ScenarioError, match="600 is given twice"):
        make_sweep_plan("gate_750", keys={"vary": vary})
