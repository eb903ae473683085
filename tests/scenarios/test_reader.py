"""Reading scenario files: what is allowed is read as written, everything else is one clear fault."""

from datetime import date

import pytest
from typer.testing import CliRunner

from sim.cli import app
from sim.scenario import ScenarioError, load
from sim.scenario.load import baseline_of
from sim.scenario.reader import scalar


def write(folder, text, name="mine.yaml", encoding="utf-8"):
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode(encoding))
    return path


def faults(path, settings=()):
    with pytest.raises(ScenarioError) as caught:
        load(path, settings)
    return [str(fault) for fault in caught.value.faults]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("12", 12),
        ("-3", -3),
        ("1_000", 1000),
        ("1e-3", 0.001),
        (".5", 0.5),
        ("true", True),
        ("on", "on"),
        ("yes", "yes"),
        ("1:30", "1:30"),
        ("null", None),
        ("0x10", "0x10"),
    ],
)
def test_scalar_reads_plain_values_and_none_of_yaml_1_1s_surprises(text, value):
    assert scalar(text) == value
    assert type(scalar(text)) is type(value)


def test_a_misspelt_key_is_told_with_file_line_and_the_right_one(workspace):
    path = write(workspace, "extends: base.yaml\npolicy:\n  gate:\n    kind: threshold\n    treshold: 700\n")
    assert faults(path) == ["mine.yaml:5: policy.gate.treshold: unknown key. Did you mean threshold?"]


def test_all_faults_are_told_at_once(workspace):
    path = write(
        workspace,
        """extends: base.yaml
world:
  population:
    file_share: 1.5
    seeker_share: "0.2"
  circl: {}
run:
  users: 0
  ticks: 3.5
policy:
  gate: {kind: threshold, start: 30, end: 20}
switches: {habit: maybe}
""",
    )
    told = faults(path)
    assert [line.split(": ")[0:2] for line in told] == [
        ["mine.yaml:4", "world.population.file_share"],
        ["mine.yaml:5", "world.population.seeker_share"],
        ["mine.yaml:6", "world.circl"],
        ["mine.yaml:8", "run.users"],
        ["mine.yaml:9", "run.ticks"],
        ["mine.yaml:11", "policy.gate"],
        ["mine.yaml:12", "switches.habit"],
    ]
    assert "must be less than or equal to 1" in told[0].lower()
    assert "drop the quotes" in told[1]
    assert "not after its start" in told[5]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("a: &x [1]\nb: *x\n", "anchors and aliases"),
        ("run: !!python/object:os.system {}\n", "tag"),
        ("run: {users: .nan}\n", "not a finite number"),
        ("run: {users: .inf}\n", "not a finite number"),
        ("run: {seed: " + "9" * 5000 + "}\n", "5000 characters"),
        ("run: {users: 10, users: 20}\n", "given twice"),
        ("- a\n- b\n", "a scenario is a mapping"),
        ("a: 1\n---\nb: 2\n", "second document"),
        ("[" * 200, "nested more than"),
        ("run: {users: 1e999}\n", "too large"),
        ("run: [1, 2\n", "not YAML"),
        ("name: 'a\x07b'\n", "not YAML"),
        (
            "world:\n    score: {noise: 1}\n  choice: {noise: 1}\n",
            "mine.yaml:3: not YAML: this line is not indented as those",
        ),
        (b"name: \xff\xfe\x00\n", "not UTF-8"),
        ("name: x\n" * 200_000, "bytes; a scenario file has at most"),
        ("? [a, b]\n: 1\n", "a key must be a plain word"),
    ],
)
def test_what_a_scenario_must_not_hold_is_one_line(workspace, text, says):
    told = faults(write(workspace, text))
    assert len(told) == 1
    assert says in told[0]
    assert told[0].startswith("mine.yaml")


def test_utf_16_is_refused_and_utf_8_with_mark_is_read(workspace):
    assert "UTF-8" in faults(write(workspace, "name: x\n", encoding="utf-16"))[0]
    assert load(write(workspace, "name: 圈子\n", encoding="utf-8-sig")).name == "圈子"


def test_extends_merges_deeply_and_the_nearest_file_wins(workspace):
    write(workspace, "extends: base.yaml\nworld: {score: {noise: 9.0}, money: {interest: 0.02}}\n", "parent.yaml")
    scenario = load(write(workspace, "extends: parent.yaml\nworld: {score: {noise: 3}}\n"))
    assert scenario.world.score.noise == 3
    assert scenario.world.money.interest == 0.02
    assert scenario.world.calendar.start_date == date(2016, 9, 1)


def test_another_kind_of_gate_replaces_the_one_below(workspace):
    write(workspace, "policy: {gate: {kind: threshold, threshold: 700, start: 20}}\n", "parent.yaml")
    gate = load(write(workspace, "extends: parent.yaml\npolicy: {gate: {kind: lottery, share: 0.2}}\n")).policy.gate
    assert gate.kind == "lottery"
    assert gate.start is None


def test_cycles_and_ways_out_of_the_folder_are_refused(workspace):
    write(workspace, "extends: b.yaml\n", "a.yaml")
    write(workspace, "extends: a.yaml\n", "b.yaml")
    assert "goes in a circle: a.yaml -> b.yaml -> a.yaml" in faults(workspace / "a.yaml")[0]
    (workspace / "scenarios").mkdir()
    write(workspace, "name: secret\n", "secret.yaml")
    for way in ("../secret.yaml", str(workspace / "secret.yaml"), "link.yaml"):
        link = workspace / "scenarios" / "link.yaml"
        if not link.exists():
            link.symlink_to(workspace / "secret.yaml")
        told = faults(write(workspace / "scenarios", f"extends: {way}\n"))
        assert "outside the scenarios' folder" in told[0] or "absolute path" in told[0]
    assert "Did you mean base.yaml?" in faults(write(workspace, "extends: bsae.yaml\n"))[0]


def test_set_changes_one_value_and_its_faults_name_it(workspace):
    path = write(workspace, "extends: gate_750.yaml\n")
    assert load(path, ["policy.gate.threshold=700"]).policy.gate.threshold == 700
    assert load(path, ["policy.gate.covers=[view, comment]"]).policy.gate.covers == ("view", "comment")
    told = faults(path, ["policy.gate.treshold=700", "run.users"])
    assert told == [
        "--set policy.gate.treshold=700: policy.gate.treshold: unknown key. Did you mean threshold?",
        "--set run.users: write it as --set policy.gate.threshold=700",
    ]
    assert faults(path, ["policy.gate.treshold=700"]) == [
        "--set policy.gate.treshold=700: policy.gate.treshold: unknown key. Did you mean threshold?"
    ]


def test_set_takes_lists_and_mappings_as_a_file_has_them(workspace):
    path = write(workspace, "extends: silo.yaml\n")
    few = load(path, ["world.lending.lenders=[{capital: 300}, {capital: 20, term: 6}]"]).world.lending.lenders
    assert [(one.capital, one.term) for one in few] == [(300.0, 3), (20.0, 6)]
    assert load(path, ["policy.gate={kind: threshold, threshold: 640}"]).policy.gate.threshold == 640
    assert load(path, ["mixture={myopic: 0.2, none: 0.1}"]).mixture == {"myopic": 0.2, "none": 0.1}
    assert load(path, ["policy.gate={kind: open}", "policy.gate.covers=[]"]).policy.gate.covers == ()
    assert faults(path, ["world.lending.lenders=[{capital: -1}]"])[0].endswith(
        "world.lending.lenders.0.capital: -1 given; must be greater than or equal to 0"
    )
    for text, says in (
        ("[{capital: 1, capital: 2}]", "world.lending.lenders.0.capital: given twice; keep one"),
        ("[{capital: .inf}]", "world.lending.lenders.0.capital: '.inf' is not a finite number"),
        ("[{capital: 1]", "world.lending.lenders: not YAML"),
        ("[&a {}, *a]", "world.lending.lenders: anchors and aliases are not used here"),
    ):
        (told,) = faults(path, [f"world.lending.lenders={text}"])
        assert f": {says}" in told


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        (["policy.gate.covers=[fish]"], "--set policy.gate.covers=[fish]: policy.gate.covers.0: 'fish' given"),
        (["policy.gate.covers=[like, like]"], "--set policy.gate.covers=[like, like]: policy.gate: covers names"),
        (["policy.gate.kind=fish"], "--set policy.gate.kind=fish: policy.gate: kind 'fish' is not known"),
        (
            ["policy.gate.kind=soft", "policy.gate.lowest=900"],
            "--set policy.gate.lowest=900: policy.gate: the chance is 0",
        ),
        (["policy.gate.end=10"], "--set policy.gate.end=10: policy: the rule ends on day 10"),
        (["mixture.fish=0.3"], "--set mixture.fish=0.3: mixture.fish: 'fish' is not a rule"),
        (["mixture.none=0.7", "mixture.myopic=0.6"], "--set mixture.myopic=0.6: mixture: "),
        (
            ["switches.circle=false", "world.choice.perk_worth=0"],
            "--set switches.circle=false --set world.choice.perk_worth=0: a gate on a score",
        ),
    ],
)
def test_a_fault_that_set_brought_is_told_of_set(workspace, settings, told):
    path = write(workspace, "extends: gate_750.yaml\npolicy: {gate: {covers: [comment]}}\nmixture: {myopic: 0.2}\n")
    found = faults(path, settings)
    assert len(found) == 1
    assert found[0].startswith(told)


def test_a_fault_of_the_file_stays_the_files_whatever_is_set(workspace):
    path = write(workspace, "extends: gate_750.yaml\npolicy:\n  gate:\n    start: 50\n    end: 40\n")
    for settings in ([], ["policy.gate.threshold=700"], ["run.users=10"]):
        (told,) = faults(path, settings)
        assert told.startswith("mine.yaml:3: policy.gate: the rule ends on day 40")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (
            "policy: {gate: {kind: threshold}}\nswitches: {circle: false}\nworld: {choice: {perk_worth: 0}}\n",
            "guards nothing",
        ),
        ("policy: {gate: {kind: threshold, announced: 30, start: 20}}\n", "announced on day 30, after its start"),
        ("policy: {gate: {kind: threshold, start: 50}, circle: {opens: 3, closes: 40}}\n", "when the circle is gone"),
        ("policy: {circle: {opens: 30, closes: 30}}\n", "not after it opens"),
        ("policy: {gate: {kind: threshold, announced: 30}}\n", "after its start with the circle"),
        ("policy: {gate: {kind: threshold, end: 10}}\n", "not after its start with the circle"),
        ("policy: {gate: {kind: lottery, dropped: 10}}\n", "not after its start with the circle"),
        ("policy: {gate: {kind: lottery, start: 20, dropped: 20}}\n", "not after its start on day 20"),
        ("policy: {gate: {kind: lottery, end: 30, dropped: 30}}\n", "not before its end"),
        ("policy: {gate: {kind: soft, lowest: 800, surest: 700}}\n", "give a surest above the lowest"),
        ("policy: {gate: {kind: rising, threshold: 760}}\n", "give a higher highest"),
        ("policy: {gate: {kind: tears}}\n", "Did you mean tiers?"),
        ("policy: {gate: {threshold: 700}}\n", "no kind given"),
        ("world: {score: {history_weight: 0.5}}\n", "must sum to 1"),
        ("world: {contacts: {kind: complete}}\n", "too many"),
        ("policy: {gate: {kind: treshold}}\n", "Did you mean threshold?"),
        ("policy: {gate: {kind: threshold, covers: [comment, comment]}}\n", "twice"),
        ("world: {calendar: {start_date: 2016-13-01}}\n", "YYYY-MM-DD"),
    ],
)
def test_rules_that_cross_fields(workspace, text, says):
    told = faults(write(workspace, text))
    assert len(told) == 1
    assert says in told[0]


def test_faults_of_form_hide_no_others(workspace):
    write(workspace, "extends: base.yaml\nworld: {score: {noise: .nan}}\n", "parent.yaml")
    path = write(
        workspace,
        """extends: parent.yaml
run: {users: 10, users: 20, ticks: .inf}
policy: {gate: {kind: threshold, treshold: 700}}
world: {score: {forgetting_days: -1}}
""",
    )
    assert [told.split(": ")[:2] for told in faults(path)] == [
        ["mine.yaml:2", "run.ticks"],
        ["mine.yaml:2", "run.users"],
        ["mine.yaml:3", "policy.gate.treshold"],
        ["mine.yaml:4", "world.score.forgetting_days"],
        ["parent.yaml:2", "world.score.noise"],
    ]
    assert len(faults(write(workspace, "extends: .nan\nrun: {users: .inf}\n"))) == 2


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        # told: neither a misspelt threshold nor one in quotes can put the end after the start
        ("policy: {gate: {kind: threshold, treshold: 7, start: 40, end: 30}}", "the rule ends on day 30"),
        ("policy: {gate: {kind: threshold, threshold: '7', start: 40, end: 30}}", "the rule ends on day 30"),
        ("policy: {gate: {kind: threshold, covers: [fish], start: 40, end: 30}}", "the rule ends on day 30"),
        ("switches: {circle: false}\nworld: {choice: {perk_worth: 0}}\nrun: {users: 0}", "guards nothing"),
        ("rule: fish\npolicy: {gate: {kind: threshold, end: 10}}", "not after its start with the circle on day 14"),
        # not told: mended, these may be no fault
        ("policy: {gate: {kind: threshold, start: forty, end: 10}}", None),
        ("policy: {gate: {kind: threshold, strat: 5, end: 10}}", None),
        ("policy: {gate: {kind: threshold, end: 10}, circle: {opens: -1}}", None),
        ("policy: {circle: {opens: 50, closes: -1}}", None),
        ("polcy: {gate: {kind: open}}\nswitches: {circle: false}\nworld: {choice: {perk_worth: 0}}", None),
    ],
)
def test_a_rule_that_crosses_fields_is_told_beside_other_faults_if_it_hangs_on_none_of_them(workspace, text, rule):
    told = faults(write(workspace, f"extends: gate_750.yaml\n{text}\n"))
    assert len(told) == (1 if rule is None else 2)
    assert rule is None or any(rule in one for one in told)


NOTHING_GUARDED = "switches: {circle: false}\nworld: {choice: {perk_worth: 0}}\n"


def test_what_cannot_be_read_hides_no_fault_that_stays_whatever_it_says(workspace):
    text = "extends: {}\nrun: {{users: 0}}\npolicy: {{gate: {{threshold: 700}}, circle: {{opens: 30, closes: 20}}}}\npolcy: 1\n"
    path = write(workspace, text.format("bsae.yaml"))
    # not told: that no kind of gate is given, nor the dates of the circle, since the missing file may give others
    assert [told.split(": ")[:2] for told in faults(path)] == [
        ["mine.yaml:1", "extends"],
        ["mine.yaml:2", "run.users"],
        ["mine.yaml:4", "polcy"],
    ]
    for extends in ("mine.yaml", "/etc/base.yaml", "[]", ".nan"):
        told = faults(write(workspace, text.format(extends)))
        assert [one.split(": ")[0] for one in told] == ["mine.yaml:1", "mine.yaml:2", "mine.yaml:4"]
    write(workspace, "extends: nowhere.yaml\nworld: {score: {noise: -1}}\n", "parent.yaml")
    told = faults(write(workspace, text.format("parent.yaml")), ["run.seed=-1"])
    assert [one.split(": ")[1] for one in told] == ["run.seed", "run.users", "polcy", "extends", "world.score.noise"]


@pytest.mark.parametrize(
    ("text", "setting", "told"),
    [
        ("run: {users: 0}", "run.ticks=.inf", ["run.ticks", "run.users"]),
        ("run: {users: 0}", "run.ticks", ["write it as", "run.users"]),
        ("run: {users: 0}", "run.users=.inf", ["run.users"]),
        (NOTHING_GUARDED, "run.users=.inf", ["a gate on", "run.users"]),
        # not told: what is set may have mended it
        ("policy: {gate: {start: 30, end: 20}}", "policy.gate.end=.inf", ["policy.gate.end"]),
        ("policy: {incentive: {every: 10}}", "policy.incentive.end=.inf", ["policy.incentive.end"]),
        (NOTHING_GUARDED, "switches.circle", ["write it as"]),
    ],
)
def test_a_change_whose_form_is_faulty_hides_no_other_fault(workspace, text, setting, told):
    found = faults(write(workspace, f"extends: gate_750.yaml\n{text}\n"), [setting])
    assert len(found) == len(told)
    for one in told:
        assert any(f": {one}" in fault for fault in found)


@pytest.mark.parametrize(
    ("text", "rules"),
    [
        # told: whatever the dates become, a gate on a score with no circle and no perks guards nothing
        ("policy: {gate: {start: 30, end: 20}}\n" + NOTHING_GUARDED, ["ends on day 20", "guards nothing"]),
        ("policy: {gate: {end: 5}}\n" + NOTHING_GUARDED, ["ends on day 5", "guards nothing"]),
        (
            "world: {score: {noise: -1, history_weight: 1}, choice: {perk_worth: 0}}\nswitches: {circle: false}\n",
            ["noise: -1", "weights sum", "guards nothing"],
        ),
        (
            "policy: {gate: {start: 30, end: 20}, circle: {opens: 9, closes: 9}}\n" + NOTHING_GUARDED,
            ["ends on day 20", "closes on day 9", "guards nothing"],
        ),
        (
            "world: {population: {folk_share: 0.8, learned_share: 0.8}}\npolicy: {circle: {openings: {us: 20}}}\n",
            ["folk_share", "us is no posting group"],
        ),
        ("policy: {gate: {covers: [like, like], start: 30, end: 20}}\n", ["ends on day 20", "a feature twice"]),
        # of the scenario as a whole, all
        (
            "switches: {circle: false, market: true, bureau: true}\nworld: {choice: {perk_worth: 0}}\n",
            ["guards nothing", "nobody lends", "nobody reports"],
        ),
        # not told: once its dates are mended, the gate may start while the circle is there
        ("policy: {gate: {start: 30, end: 20}, circle: {closes: 25}}\n", ["ends on day 20"]),
        ("policy: {gate: {start: 30.5, end: 20}}\n", ["ends on day 20"]),
        ("policy: {circle: {closes: 10, dissolved: 10}, gate: {start: 10}}\n", ["closes on day 10"]),
        # both of one section
        ("policy: {incentive: {every: 10, start: 6, end: 5, sent: 1, sent_again: 1}}\n", ["sent 1", "ends on day 5"]),
    ],
)
def test_a_broken_rule_of_a_section_hides_no_rule_that_hangs_on_none_of_its_values(workspace, text, rules):
    told = faults(write(workspace, f"extends: gate_750.yaml\n{text}"))
    assert len(told) == len(rules)
    for rule in rules:
        assert any(rule in one for one in told)


def test_only_a_number_in_quotes_is_told_to_drop_them(workspace):
    for given, said in (("'12'", True), ("on", False), ("1:30", False), ("0x10", False)):
        (told,) = faults(write(workspace, f"run: {{users: {given}}}\n"))
        assert ("drop the quotes" in told) == said


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ("nowhere", "nowhere: no such file"),
        (".", ".: a folder"),
        ("gate_75", "gate_75: no such file; give the path of a scenario file. Did you mean gate_750?"),
        ("a" * 5000, "cannot be read"),
        ("sweeps/treshold.yaml", "Did you mean sweeps/threshold?"),
    ],
)
def test_a_file_that_is_not_there_is_told_by_the_name_given(workspace, given, says):
    for arguments in (["validate", given], ["show", given], ["run", given], ["sweep", given]):
        shown = CliRunner().invoke(app, arguments)
        assert shown.exit_code == 2, shown.output
        assert says in shown.output
        assert "fault of the program" not in shown.output
    with pytest.raises(ScenarioError, match=r"gate_75: no such file.*Did you mean gate_750"):
        load("gate_75")


def test_a_baseline_is_seen_from_the_file_that_names_it(workspace):
    folder = workspace / "scenarios"
    (folder / "below").mkdir(parents=True)
    write(folder / "below", "extends: base.yaml\nname: other\n", "other.yaml")
    write(folder / "below", "extends: base.yaml\n# first\nbaseline: other.yaml\n", "parent.yaml")
    path = write(folder, "extends: below/parent.yaml\n")
    assert baseline_of(path, load(path)) == folder / "below" / "other.yaml"
    for text, told in (
        (
            "extends: gate_750.yaml\nbaseline: open_circl.yaml\n",
            "mine.yaml:2: baseline: 'open_circl.yaml': no such file.",
        ),
        ("extends: below/parent.yaml\n", "below/parent.yaml:3: baseline: 'other.yaml': no such file."),
    ):
        (folder / "below" / "other.yaml").unlink(missing_ok=True)
        path = write(folder, text)
        with pytest.raises(ScenarioError, match="no such file") as caught:
            baseline_of(path, load(path))
        assert told in str(caught.value)


@pytest.mark.parametrize("name", ["gate_750", "threshold", "world", "sweeps/threshold", "policies_2016"])
def test_what_is_shipped_is_validated_by_its_name(workspace, name):
    shown = CliRunner().invoke(app, ["validate", name])
    assert shown.exit_code == 0, shown.output
