"""scoregate results: list, show, diff, verify and prune, over runs and cells."""

import json
import os
import sqlite3
import time

import pytest
from typer.testing import CliRunner

import sim
from sim.cli import app
from sim.experiments.cells import work
from sim.experiments.cells.evaluate import evaluate
from sim.experiments.verify import DIFFERS, SAME, verify
from sim.results.cells.ledger import FILE
from sim.results.cells.store import CellStore
from tests.experiments.cells.stand_ins import tiny_jobs


@pytest.fixture(scope="module")
def stored(tmp_path_factory):
    """A folder with a run and six cells, of which nothing is to be changed."""
    out = tmp_path_factory.mktemp("results")
    sim.run("tiny.yaml", out=out)
    evaluate(tiny_jobs(6), store=out / "cells")
    return out


def told(*arguments):
    """What a command prints, which must go well."""
    shown = CliRunner().invoke(app, ["results", *map(str, arguments)])
    assert shown.exit_code == 0, shown.output
    return shown.output


def keys_in(out):
    with CellStore(out / "cells") as store:
        return [kept.key for kept in store.cells()]


def test_list_names_runs_and_cells(stored):
    rows = json.loads(told("list", "--out", stored, "--json"))
    assert [(row["kind"], row["name"], row["cells"], row["failed"]) for row in rows] == [
        ("run", "tiny", 2, 0),
        ("cells", "unnamed", 6, 0),
    ]
    sizes = sum(file.stat().st_size for file in (stored / "cells").rglob("*") if file.is_file())
    assert rows[1]["size"] == sizes
    assert "tiny" in told("list", "--out", stored)


def test_show_finds_a_cell_by_the_start_of_its_key_and_a_run_by_folder_or_id(stored):
    key = keys_in(stored)[0]
    cell = json.loads(told("show", key[:12], "--out", stored, "--json"))
    assert cell["title"] == key
    with CellStore(stored / "cells") as store:
        assert cell["measures"]["visits"] == store.outcome(key).measures["visits"]
    (folder,) = (stored / "tiny").iterdir()
    for name in (folder, folder.name, f"tiny/{folder.name}"):
        run = json.loads(told("show", name, "--out", stored, "--json"))
        assert run["facts"]["kind"] == "run"
        assert "policy.visits" in run["measures"]
    assert "visits" in told("show", key, "--out", stored)


def test_diff_says_what_differs_and_nothing_else(stored):
    cells = {job.key: job for job in tiny_jobs(6)}
    one, other = list(cells)[:2]  # thresholds 600 and 620 on one seed
    found = json.loads(told("diff", one, other, "--out", stored, "--json"))
    assert found["scenario"] == [{"path": "policy.gate.threshold", "one": 600.0, "other": 620.0}]
    assert {row["measure"] for row in found["measures"]} >= {"admitted"}
    assert "policy.gate.threshold" in told("diff", one, other, "--out", stored)
    same = told("diff", one, one, "--out", stored)
    assert "The scenarios are the same." in same
    assert "All measures are the same." in same


@pytest.mark.parametrize("command", ["show", "diff", "list", "verify", "prune"])
def test_what_is_not_there_is_told(tmp_path, stored, command):
    given = {"show": ["nowhere"], "diff": ["nowhere", keys_in(stored)[0]]}.get(command, [])
    out = stored if given else tmp_path / "none"
    shown = CliRunner().invoke(app, ["results", command, *given, "--out", str(out)])
    assert shown.exit_code == 1
    assert "no stored result" in shown.output or "no such folder" in shown.output


def test_a_key_that_two_results_share_is_told(tmp_path):
    evaluate(tiny_jobs(2), store=tmp_path / "cells")
    with sqlite3.connect(tmp_path / "cells" / FILE) as ledger:
        keys = [key for (key,) in ledger.execute("SELECT key FROM cells")]
        for number, key in enumerate(keys):
            ledger.execute("UPDATE cells SET key = ? WHERE key = ?", (f"abcd{number}{key[5:]}", key))
    shown = CliRunner().invoke(app, ["results", "show", "abcd", "--out", str(tmp_path)])
    assert shown.exit_code == 1
    assert "names 2 results" in shown.output


def test_verify_makes_runs_and_cells_again_to_the_bit(stored):
    verdicts = verify(stored, sample=3)
    assert [(verdict.kind, verdict.verdict) for verdict in verdicts] == [("run", SAME), *[("cell", SAME)] * 3]
    assert "4 of 4 came out the same to the bit" in told("verify", "--sample", 3, "--out", stored)


def test_verify_finds_one_changed_bit_and_says_whose_code_it_was(tmp_path, monkeypatch):
    sim.run("tiny.yaml", out=tmp_path)
    honest = work.reduced

    def other(cells):
        return [(measures | {"visits": measures["visits"] + 2**-50}, tables) for measures, tables in honest(cells)]

    with monkeypatch.context() as patch:
        patch.setattr(work, "reduced", other)
        evaluate(tiny_jobs(1), store=tmp_path / "cells", executor="threads")
    verdicts = {verdict.kind: verdict for verdict in verify(tmp_path)}
    assert verdicts["run"].verdict == SAME
    assert (verdicts["cell"].verdict, verdicts["cell"].note) == (DIFFERS, "measures visits")
    with sqlite3.connect(tmp_path / "cells" / FILE) as ledger:
        ledger.execute("UPDATE cells SET code = 'feedbeef'")
    shown = CliRunner().invoke(app, ["results", "verify", "--out", str(tmp_path), "--json"])
    assert shown.exit_code == 1
    assert "made by other code (feedbeef" in shown.output


def test_verify_says_when_a_scenario_is_not_of_this_version(tmp_path):
    sim.run("tiny.yaml", out=tmp_path)
    (file,) = (tmp_path / "tiny").glob("*/manifest.json")
    manifest = json.loads(file.read_text(encoding="utf-8"))
    manifest["scenarios"]["policy"]["from_the_future"] = 1
    file.write_text(json.dumps(manifest), encoding="utf-8")
    (verdict,) = verify(tmp_path)
    assert verdict.verdict == "not made again"


def test_prune_removes_what_is_asked_for_and_only_with_leave(tmp_path, monkeypatch):
    sim.run("tiny.yaml", out=tmp_path)
    with monkeypatch.context() as patch:
        patch.setattr(work, "reduced", lambda *given: 1 / 0)
        evaluate(tiny_jobs(2), store=tmp_path / "cells", executor="threads")
    evaluate(tiny_jobs(5), store=tmp_path / "cells")
    being_written, left_behind = tmp_path / "tiny" / ".partial-new", tmp_path / "tiny" / ".partial-old"
    for folder in (being_written, left_behind):
        folder.mkdir()
    os.utime(left_behind, (0, 0))
    everything = set(tmp_path.rglob("*"))
    for arguments in (["--failed"], ["--failed", "--yes", "--dry-run"]):
        assert "Would remove: 1 folders (0 B), 2 cells" in told("prune", *arguments, "--out", tmp_path)
        assert set(tmp_path.rglob("*")) == everything
    assert "Removed: 1 folders (0 B), 2 cells" in told("prune", "--failed", "--yes", "--out", tmp_path)
    assert being_written.exists()
    assert not left_behind.exists()
    assert len(keys_in(tmp_path)) == 3
    assert evaluate(tiny_jobs(5), store=tmp_path / "cells").reused == 3
    assert "nothing to remove" in told("prune", "--older-than", 1, "--yes", "--out", tmp_path)


def test_prune_by_age_takes_runs_and_cells_that_are_older(tmp_path):
    sim.run("tiny.yaml", out=tmp_path)
    evaluate(tiny_jobs(4), store=tmp_path / "cells")
    aged = time.time() - 3 * 86_400
    with sqlite3.connect(tmp_path / "cells" / FILE) as ledger:
        ledger.execute("UPDATE cells SET recorded = ? WHERE seed = 0 AND row < 2", (aged,))
    (run,) = (tmp_path / "tiny").iterdir()
    os.utime(run / "manifest.json", (aged, aged))
    assert "Removed: 1 folders" in told("prune", "--older-than", 2, "--yes", "--out", tmp_path)
    assert not run.exists()
    assert len(keys_in(tmp_path)) == 2
    assert verify(tmp_path)[0].verdict == SAME


def test_prune_lets_go_of_damaged_cells(tmp_path):
    evaluate(tiny_jobs(4), store=tmp_path / "cells")
    (shard,) = (tmp_path / "cells" / "shards").glob("*-groups.parquet")
    shard.write_bytes(b"")
    assert "4 cells" in told("prune", "--damaged", "--yes", "--out", tmp_path)
    assert keys_in(tmp_path) == []


SMALL = {"users": 100, "ticks": 20, "seed": 3}
THREE = """extends: base.yaml
name: three
baseline: open
policies:
  open: {policy: {gate: {kind: open}}}
  gate: {policy: {gate: {kind: threshold, threshold: 640}}}
worlds: {as is: {}, eager: {world: {population: {responsive_share: 1}}}}
"""


@pytest.fixture(scope="module")
def studies(tmp_path_factory):
    """A folder with two sweeps, two comparisons and a decomposition: by name their results."""
    out = tmp_path_factory.mktemp("studies")
    file = out / "three.yaml"
    file.write_text(THREE, encoding="utf-8")
    found = {
        f"sweep {shares}": sim.sweep(
            "gate_750",
            vary={"policy.gate.threshold": [600, 650], "world.population.responsive_share": shares},
            replicates=2,
            out=out / "results",
            **SMALL,
        )
        for shares in ([0, 0.5], [0, 1])
    }
    found |= {f"compare {n}": sim.compare(file, replicates=n, out=out / "results", **SMALL) for n in (2, 3)}
    found["decompose"] = sim.decompose("gate_750", replicates=2, out=out / "results", **SMALL)
    return out / "results", found


def test_list_counts_the_cells_of_sweeps_comparisons_and_decompositions(studies):
    out, found = studies
    rows = {row["path"]: row for row in json.loads(told("list", "--out", out, "--json"))}
    cells = {name: rows[str(result.path)]["cells"] for name, result in found.items()}
    assert cells == {"sweep [0, 0.5]": 16, "sweep [0, 1]": 16, "compare 2": 8, "compare 3": 12, "decompose": 64}
    failed = found["compare 2"].path.rename(out / "three" / "0123456789ab-compare-failed7")
    try:
        (row,) = (row for row in json.loads(told("list", "--out", out, "--json")) if row["path"] == str(failed))
        assert (row["cells"], row["failed"]) == (8, 7)
    finally:
        failed.rename(found["compare 2"].path)


def test_show_tells_the_effects_of_a_sweep_a_comparison_and_a_decomposition(studies):
    out, found = studies
    for name, expected in (
        ("sweep [0, 0.5]", found["sweep [0, 0.5]"].view("visits").sel(threshold=650, responsive_share=0.5)),
        ("compare 3", found["compare 3"].verdicts.query("world == 'eager' and policy == 'gate'")["difference"].item()),
        ("decompose", float(found["decompose"].parts_mean["feed"])),
    ):
        shown = json.loads(told("show", found[name].path, "--out", out, "--json"))
        label = {
            "sweep": "visits at policy.gate.threshold 650, world.population.responsive_share 0.5",
            "compare": "visits, gate in eager",
            "decompose": "visits, feed",
        }[name.split()[0]]
        assert shown["measures"][label] == pytest.approx(expected, rel=1e-12)
    text = told("show", found["compare 3"].path, "--out", out)
    assert "gate in eager: gate; 100 users, 20 days; gate" in text
    assert "replicates: 3" in text


def test_diff_of_studies_says_what_was_asked_differently(studies):
    out, found = studies
    sweeps = json.loads(told("diff", *(found[f"sweep {s}"].path for s in ([0, 0.5], [0, 1])), "--out", out, "--json"))
    path = "sweep.yaml.vary.world.population.responsive_share"
    assert sweeps["scenario"] == [{"path": path, "one": [0, 0.5], "other": [0, 1]}]
    assert sweeps["common"] == 2  # the points that both have, which are the same
    assert sweeps["measures"] == []
    compared = json.loads(told("diff", *(found[f"compare {n}"].path for n in (2, 3)), "--out", out, "--json"))
    assert [row["path"] for row in compared["scenario"]] == ["comparison.yaml.replicates"]
    assert "visits, gate in all worlds" in {row["measure"] for row in compared["measures"]}
    itself = json.loads(told("diff", *[found["compare 3"].path] * 2, "--out", out, "--json"))
    assert itself == {"scenario": [], "measures": [], "common": 3}


def test_lists_in_brackets_are_shown_as_they_are(studies):
    out, _ = studies
    pair = [
        sim.sweep("gate_750", vary={"switches.habit": v}, replicates=1, out=out, **SMALL).path
        for v in ([True], [True, False])
    ]
    assert "[true, false]" in told("diff", *pair, "--out", out)
