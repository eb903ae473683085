"""Comparison files: what a policy and a world take from where, and every fault told by its own line before anything runs."""

import random

import pytest

from sim.experiments.compare.plan import make_comparison_plan
from sim.scenario import ScenarioError, load
from sim.scenario.arms import load_comparison
from sim.scenario.load import resolved
from tests.scenarios.test_damaged import damaged

GOOD = """\
extends: base.yaml
name: mine
baseline: open
rule: myopic
world: {score: {noise: 3.0}}
policies:
  open: {policy: {gate: {kind: open}}}
  soft: {extends: gates/soft.yaml, policy: {gate: {lowest: 690}}}
  placebo: {extends: placebo.yaml}
worlds:
  as is: {}
  eager: {world: {population: {responsive_share: 0.7}}, rule: goal_gradient}
run: {users: 500, ticks: 30}
replicates: 4
"""


@pytest.fixture
def written(workspace):
    def write(text):
        (workspace / "mine.yaml").write_text(text, encoding="utf-8")
        return "mine.yaml"

    return write


def faults(file, *settings):
    with pytest.raises(ScenarioError) as caught:
        make_comparison_plan(file, settings)
    return str(caught.value).splitlines()


def test_every_policy_meets_every_world(written):
    found = load_comparison(written(GOOD))
    assert set(found.arms) == {(p, w) for p in ("open", "soft", "placebo") for w in ("as is", "eager")}
    assert found.policies == ("open", "soft", "placebo")
    assert found.worlds == ("as is", "eager")


def test_what_lies_over_what(written):
    arms = load_comparison(written(GOOD)).arms
    soft = arms["soft", "as is"]
    assert (soft.policy.gate.kind, soft.policy.gate.lowest, soft.policy.gate.surest) == ("soft", 690, 800)
    assert soft.rule == "myopic"  # the file's own, for all, over that of the policy's scenario
    assert arms["soft", "eager"].rule == "goal_gradient"  # the world's, over everything
    assert {arm.world.score.noise for arm in arms.values()} == {3.0}
    assert arms["open", "eager"].world.population.responsive_share == 0.7
    assert arms["open", "as is"].world.population.responsive_share == 0.2
    assert {(arm.run.users, arm.run.ticks) for arm in arms.values()} == {(500, 30)}


def test_a_policy_takes_rule_and_switches_of_the_scenario_it_extends(written):
    text = GOOD.replace("rule: myopic\n", "").replace(", rule: goal_gradient", "")
    arms = load_comparison(written(text)).arms
    assert arms["placebo", "eager"].rule == "none"
    assert arms["soft", "eager"].rule == "forward_looking"


def test_a_baseline_may_be_a_file_or_a_patch(written):
    by_file = load_comparison(written(GOOD.replace("baseline: open", "baseline: no_circle.yaml")))
    assert by_file.baseline == "no_circle"
    assert by_file.policies[0] == "no_circle"
    assert by_file.arms["no_circle", "as is"].policy.gate.kind == "none"
    by_patch = load_comparison(written(GOOD.replace("baseline: open", "baseline: {policy: {gate: {kind: none}}}")))
    assert by_patch.arms["baseline", "as is"].policy.gate.kind == "none"


def test_without_worlds_there_is_one_as_it_is(written):
    text = GOOD[: GOOD.index("worlds:")] + GOOD[GOOD.index("run:") :]
    assert load_comparison(written(text)).worlds == ("as is",)


def test_settings_change_the_file(written):
    file = written(GOOD)
    plan = make_comparison_plan(
        file, ["policies.soft.policy.gate.lowest=680", "margin=2%"], users=90, seed=5, replicates=7, until_width="1%"
    )
    assert plan.scenario("soft", "eager").policy.gate.lowest == 680
    assert (plan.run.users, plan.run.seed, plan.keys.replicates) == (90, 5, 7)
    assert (str(plan.keys.margin), str(plan.keys.until_width)) == ("2%", "1%")
    assert make_comparison_plan(file).key != plan.key
    assert make_comparison_plan(file).key == make_comparison_plan(file).key


def test_all_faults_of_form_are_told_at_once(written):
    text = """\
extends: open_circle.yaml
name: bad
baseline: opn
polices: {}
policy: {gate: {kind: open}}
policies:
  open: {}
  a: {world: {}, run: {users: 3}}
  b: {extends: gates/sofft.yaml}
  c: 5
worlds:
  x: {wrld: {}}
margin: -1
guardrails:
  - measur: debt
    may_rise_by: 1%
  - measure: debt
    may_rise_by: much
    group: {kind: income}
  - measure: debt
    may_rise_by: 1%
    may_fall_by: 1%
"""
    assert faults(written(text)) == [
        "mine.yaml:3: baseline: 'opn' is not one of the policies, nor a file. Did you mean open?",
        "mine.yaml:4: polices: unknown key. Did you mean policies?",
        "mine.yaml:5: policy.gate: a gate here would be every policy's; give it under policies",
        "mine.yaml:8: policies.a.run: is the same for all; give it at the top of the file",
        "mine.yaml:8: policies.a.world: a policy does not change the world; give it under worlds",
        "mine.yaml:9: policies.b.extends: 'gates/sofft.yaml': no such file. Did you mean gate_750.yaml?",
        "mine.yaml:10: policies.c: 5 given; must be a mapping, such as extends: ../gates/soft.yaml",
        "mine.yaml:12: worlds.x.wrld: unknown key. Did you mean world?",
        "mine.yaml:13: margin: -1 is below zero; give a size of zero or more",
        "mine.yaml:15: guardrails.0.measur: unknown key. Did you mean measure?",
        "mine.yaml:15: guardrails.0.measure: not given, and needed",
        "mine.yaml:18: guardrails.1.may_rise_by: 'much' is no size; give a number in the unit of the measure, or a share such as 1%",
        "mine.yaml:19: guardrails.1.group.group: not given, and needed",
        "mine.yaml:20: guardrails.2: give one of may_rise_by and may_fall_by, such as may_rise_by: 1%",
    ]


def test_all_faults_of_policies_and_worlds_are_told_by_their_own_lines(written):
    text = """\
extends: open_circle.yaml
baseline: open
policies:
  open:
  a: {policy: {gate: {kind: threshold, treshold: 650}}}
  b: {policy: {gate: {kind: threshold, threshold: 6500}}}
  c: {policy: {gate: {kind: threshold, threshold: 650, start: 3, end: 2}}}
run: {users: 0}
worlds:
  x: {world: {population: {responsive_share: 2}}}
  y: {}
"""
    assert faults(written(text)) == [
        "mine.yaml:5: policies.a.policy.gate.treshold: unknown key. Did you mean threshold?",
        "mine.yaml:6: policies.b.policy.gate.threshold: 6500 given; must be less than or equal to 951",
        "mine.yaml:7: policies.c.policy.gate: the rule ends on day 2, not after its start on day 3; give a later end",
        "mine.yaml:8: run.users: 0 given; must be greater than or equal to 1",
        "mine.yaml:10: worlds.x.world.population.responsive_share: 2 given; must be less than or equal to 1",
    ]


def test_faults_of_form_of_values_and_of_names_are_told_together(written):
    text = """\
extends: open_circle.yaml
baseline: open
policies:
  open: {}
  a: {policy: {gate: {kind: threshold, treshold: 650}}}
  b: {extends: gates/sofft.yaml}
worlds:
  x: {wrld: {}}
  y: {world: {population: {responsive_share: 2}}}
primary: visit
"""
    assert faults(written(text)) == [
        "mine.yaml:5: policies.a.policy.gate.treshold: unknown key. Did you mean threshold?",
        "mine.yaml:6: policies.b.extends: 'gates/sofft.yaml': no such file. Did you mean gate_750.yaml?",
        "mine.yaml:8: worlds.x.wrld: unknown key. Did you mean world?",
        "mine.yaml:9: worlds.y.world.population.responsive_share: 2 given; must be less than or equal to 1",
        "mine.yaml:10: primary: 'visit' is not a measure. Did you mean visits?",
    ]


def test_a_fault_of_policy_and_world_together_names_both(written):
    text = """\
extends: gate_750.yaml
baseline: open
policies:
  open: {policy: {gate: {kind: open}}}
  a: {extends: gate_750.yaml, policy: {circle: {openings: {campus: 20}}}}
"""
    (told,) = faults(written(text))
    assert told.startswith("mine.yaml:5: policies.a: policy.circle.openings: campus is no posting group; ")
    assert told.endswith("(in world as is)")


def test_names_of_measures_and_groups_are_checked(written):
    text = GOOD + (
        "primary: visit\nmeasures: [debts, tips]\nguardrails:\n"
        "  - {measure: missed_bill, may_rise_by: 1}\n"
        "  - {measure: missed_bills, may_rise_by: 1, group: {kind: incme, group: lowest third}}\n"
        "  - {measure: debt, may_rise_by: 1, group: {kind: income, group: lowest thrd}}\n"
    )
    told = faults(written(text))
    assert told == [
        "mine.yaml:15: primary: 'visit' is not a measure. Did you mean visits?",
        "mine.yaml:16: measures.0: 'debts' is not a measure. Did you mean debt?",
        "mine.yaml:18: guardrails.0.measure: 'missed_bill' is not a measure. Did you mean missed_bills?",
        "mine.yaml:19: guardrails.1.group.kind: 'incme' is not a kind of group. Did you mean income?",
        "mine.yaml:19: guardrails.1.measure: 'missed_bills' is not measured of a group. "
        "Known here: visits, score, score_rise, debt, recent_spend, assets, admitted, knowing, unmet, owed, borrowers, "
        "borrowers_several.",
        "mine.yaml:20: guardrails.2.group.group: 'lowest thrd' is not a group of income. Did you mean lowest third?",
    ]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ("baseline=", "baseline: None given; must be the name of a policy, a scenario file, or a mapping of changes"),
        ("until_width=0", "until_width: zero is no width or margin; give a size above zero"),
        ("until_width=wide", "until_width: 'wide' is no size"),
        ("correction=bonferroni", "correction: 'bonferroni' given; must be 'holm', 'benjamini_hochberg' or 'none'"),
        ("worlds.all worlds.rule=none", "worlds: 'all worlds' stands for the worlds together; give another name"),
        ("replicates=0", "replicates: 0 given; must be greater than or equal to 1"),
        ("policies=3", "policies: 3 given; must be a mapping of keys to values"),
    ],
)
def test_a_setting_that_cannot_be_is_a_sentence(written, change, told):
    assert any(f": {told}" in line for line in faults(written(GOOD), change))


def test_a_baseline_alone_is_no_comparison(written):
    text = "extends: base.yaml\nbaseline: open\npolicies:\n  open: {policy: {gate: {kind: open}}}\n"
    assert faults(written(text)) == ["mine.yaml:3: policies: only the baseline open; give a policy to compare with it"]


def test_a_scenario_is_no_comparison():
    assert any(line.endswith("policies: not given, and needed") for line in faults("gate_750.yaml"))


def test_shipped_comparisons_take_their_policies_from_the_shipped_scenarios(shipped):
    files = sorted((shipped / "comparisons").glob("*.yaml"))
    assert [path.stem for path in files] == ["gate_vs_red_packet", "information", "policies_2016", "pricing"]
    found = load_comparison("policies_2016")
    assert found.keys.name == files[-2].stem
    assert found.arms == load_comparison(files[-2]).arms
    for policy, file in (("gate_750", "gate_750"), ("lottery", "lottery"), ("tiers", "gates/tiers")):
        ours, theirs = resolved(found.arms[policy, "as is"]), resolved(load(file))
        assert {part for part in ours if ours[part] != theirs[part]} <= {"name", "note", "baseline", "run"}, policy


def test_what_lenders_see_is_compared_between_the_shipped_scenarios():
    found = load_comparison("information")
    for policy, file in (
        ("silo", "silo"),
        ("shared", "shared_bureau"),
        ("score", "score_bureau"),
        ("learned score", "learned_score"),
    ):
        ours, theirs = resolved(found.arms[policy, "all data"]), resolved(load(file))
        assert {part for part in ours if ours[part] != theirs[part]} <= {"name", "note", "baseline", "run"}, policy
    learned = found.arms["learned score", "social data alone"]
    assert learned.world == load("social_score").world
    assert learned.switches == load("social_score").switches


def test_damaged_files_are_refused_in_words_or_read(written, workspace):
    luck = random.Random(5)
    faults = []
    for _ in range(100):
        (workspace / "mine.yaml").write_bytes(damaged(GOOD, luck))
        try:
            make_comparison_plan("mine.yaml")
        except ScenarioError as error:
            faults.append(error.faults)
    assert len(faults) > 33
    assert all(len(str(fault)) < 1500 for told in faults for fault in told)
