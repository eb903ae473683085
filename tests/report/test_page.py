"""The report page without a browser: what is on it, that names stay text, that nothing is run, and what a user is told."""

import copy
import json
import re
import time
from html.parser import HTMLParser
from itertools import product

import numpy as np
import pytest
from typer.testing import CliRunner

import sim
from sim.cli import app
from sim.report.page.chart import Chart, Ours, as_json, plain
from sim.report.page.of_run import chapter as run_chapter
from sim.report.page.parts import Grid
from sim.report.page.theme import THEMES
from sim.report.page.write import chapter_of, page, write_page
from sim.report.plain import short, visible
from sim.report.plot import plot
from sim.report.series import group_effects, plan_shares, score_shares
from sim.report.stored import READERS, StoredResult, load, load_all
from sim.results.store import ResultError
from tests.report.hostile import ATTACK, HOSTILE, comparison
from tests.report.thousand import thousand

KINDS = tuple(READERS)


class Elements(HTMLParser):
    """Names of all elements with their attributes, all text outside of scripts, and every id."""

    def __init__(self, text):
        super().__init__()
        self.found, self.texts, self.ids, self.inside = [], [], [], ""
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))
        self.inside = tag
        self.ids += [value for name, value in attrs if name == "id"]

    def handle_data(self, data):
        if self.inside not in ("script", "style"):
            self.texts.append(data)


@pytest.fixture
def no_library(monkeypatch):
    """Pages without plotly.js, which is 5 MB of no interest here."""
    monkeypatch.setattr("plotly.offline.get_plotlyjs", lambda: "")


def shell(*arguments):
    return CliRunner().invoke(app, list(map(str, arguments)))


def charts_of(stored, kind):
    out, folders = stored
    chapter = chapter_of(load(out, str(folders[kind])))
    return [block for section in chapter.sections for block in section.blocks if isinstance(block, Chart)]


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_a_page_that_needs_nothing_else(stored, kind, tmp_path):
    out, folders = stored
    file = write_page([load(out, str(folders[kind]))], tmp_path / "deep" / "page.html")
    text = file.read_text(encoding="utf-8")
    assert file.stat().st_size < 8_000_000
    page_ = Elements(text)
    assert not [attrs for _, attrs in page_.found if {"src", "srcset"} & set(attrs)]
    assert all(attrs["href"].startswith("#") for _, attrs in page_.found if "href" in attrs)
    assert "default-src 'none'" in text
    assert len(page_.ids) == len(set(page_.ids))
    assert [tag for tag, _ in page_.found].count("h1") == 1
    assert not [path for path in file.parent.iterdir() if path != file]


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "facts"])
def test_every_chart_is_described_has_n_and_a_table_behind_it(stored, kind):
    charts = charts_of(stored, kind)
    assert charts
    for chart in charts:
        assert chart.about
        assert re.search(r"\bn = [\d,]+ (replicate|point)", chart.caption), chart.caption
        assert "interval" in chart.caption or "band" in chart.caption
        assert chart.rows
        assert {len(row) for row in chart.rows} == {len(chart.head)}


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "facts"])
def test_plotly_itself_accepts_every_chart_in_every_position(stored, kind):
    from plotly.graph_objects import Figure

    def known(value):
        """Without what our own script takes out, colours by name as one that plotly knows."""
        if isinstance(value, dict):
            return {k: known(v) for k, v in value.items() if k not in ("named", "map", "notes", "numbered")}
        if isinstance(value, list):
            return [known(inner) for inner in value]
        return "#000000" if isinstance(value, str) and value.startswith("@") else value

    for chart in charts_of(stored, kind):
        spec = json.loads(as_json([chart]))[0]
        for step in spec["steps"] or [{"patch": {}, "layout": {}}]:
            data = [trace | step["patch"].get(str(k), {}) for k, trace in enumerate(spec["data"])]
            Figure(known(data), known(spec["layout"] | step["layout"]))


def test_a_run_tells_the_figures_that_its_tables_hold(stored):
    out, folders = stored
    result = load(out, str(folders["run"])).result
    chapter = run_chapter(result)
    effect = result.effects["visits"]
    assert chapter.answer == result.summary()
    assert any(card.value == f"{effect.interval.mean:+.4f}" for card in chapter.cards)
    ticks = result.ticks
    last = ticks[(ticks.arm == "policy") & (ticks.day >= ticks.day.max() - 6)].visits.mean()
    visits = next(b for s in chapter.sections for b in s.blocks if isinstance(b, Chart))
    assert visits.rows[-1][1] == f"{last:.4f}"
    measures = next(b for s in chapter.sections for b in s.blocks if isinstance(b, Grid) and "All" in b.caption)
    assert [row[0] for row in measures.rows] == list(result.effects)


def test_after_effects_tell_value_and_interval_in_one_unit_and_nothing_of_what_was_not_seen(stored):
    out, folders = stored
    chapter = chapter_of(load(out, str(folders["after"])))
    (grid,) = [b for s in chapter.sections for b in s.blocks if isinstance(b, Grid) and "95% t" in b.caption]
    rows = {row[0]: row for row in grid.rows}
    assert rows["half_life"][3:] == ("-", "-")  # two replicates, and no end of the gate in either
    seen = [row for row in grid.rows if row[2] == "share" and row[3] not in ("-", "0")]
    assert seen
    for row in seen:
        assert row[3].endswith("%"), row
        assert " pp" not in row[4], row


def test_a_target_that_the_model_was_fitted_to_is_told_apart_from_one_that_it_could_miss(stored):
    out, folders = stored
    chapter = chapter_of(load(out, str(folders["facts"])))
    assert chapter.answer == (
        "2 of 2 targets that can be missed are met, 1 of them by what the model was fitted to or given."
    )
    grid, sources = [b for s in chapter.sections for b in s.blocks if isinstance(b, Grid)]
    assert [row[grid.head.index("verdict")] for row in grid.rows] == ["pass", "pass, fitted"]
    assert [row[sources.head.index("fitted to it")] for row in sources.rows] == ["", "the slope"]
    assert any(card.label == "of them fitted or given" and card.value == "1" for card in chapter.cards)


def test_group_effects_add_up_to_the_effect(stored):
    """Of incomes, whose thirds are as large in every replicate: the mean over groups, by size, is the whole effect."""
    out, folders = stored
    result = load(out, str(folders["run"])).result
    mine = [one for one in group_effects(result) if one.kind == "income"]
    total = sum(one.interval.mean * one.users for one in mine) / sum(one.users for one in mine)
    whole = result.effects["visits"].interval.mean
    assert whole != 0
    assert total == pytest.approx(whole, rel=1e-6)


def test_shares_of_scores_and_plans_are_shares(stored):
    out, folders = stored
    result = load(out, str(folders["run"])).result
    _, share = score_shares(result, "policy", 0.0)
    assert share.sum() == pytest.approx(100.0)
    found = plan_shares(result)
    assert found is not None
    together = sum(found.shares.values())
    assert ((together >= 0) & (together <= 100 + 1e-9)).all()


def test_without_a_baseline_nothing_is_compared(stored, tmp_path, no_library):
    result = sim.run("gate_750.yaml", users=100, ticks=20, replicates=1, baseline="none", out=tmp_path)
    text = page([load(tmp_path, str(result.path))])
    assert "no baseline to compare with" in text
    assert "Through which channel" not in text


def test_hostile_names_stay_text(stored, no_library):
    out, folders = stored
    hostile = comparison(out, folders["compare"])
    text = page([hostile])
    plain_page = Elements(page([load(out, str(folders["compare"]))]))
    found = Elements(text)
    assert {tag for tag, _ in found.found} <= {tag for tag, _ in plain_page.found}
    assert {name for _, attrs in found.found for name in attrs} <= {
        name for _, attrs in plain_page.found for name in attrs
    }
    shown = "".join(found.texts)
    for name in HOSTILE:
        assert visible(name) in shown, name
    assert text.count("<script") == 3
    assert ATTACK in shown


@pytest.mark.slow
def test_hostile_names_and_notes_of_every_kind_of_result_stay_text(stored, no_library):
    """Fifty results on one page, each called and noted as hostile as can be."""
    out, folders = stored
    kinds = [kind for kind in KINDS if kind not in ("facts", "compare")]
    whole = {kind: load(out, str(folders[kind])) for kind in kinds}
    results = []
    names = [re.sub(r"[\x00-\x1f\x7f]", "", name)[:80] for name in HOSTILE]  # what a scenario may be called
    for place, (name, note) in enumerate(zip(names, HOSTILE, strict=True)):
        one = whole[kinds[place % len(kinds)]]
        result = copy.copy(one.result)
        result.manifest = copy.deepcopy(result.manifest) | {"name": name, "note": f"note {note}", "command": name}
        for scenario in result.manifest["scenarios"].values():
            scenario |= {"name": name, "note": f"note {note}"}
        results.append(StoredResult(one.kind, one.folder, result))
    found = Elements(page(results))
    known = Elements(page([*whole.values(), comparison(out, folders["compare"])]))
    assert {tag for tag, _ in found.found} <= {tag for tag, _ in known.found}
    assert {name for _, attrs in found.found for name in attrs} <= {name for _, attrs in known.found for name in attrs}
    shown = "".join(found.texts)
    for name, note in zip(names, HOSTILE, strict=True):
        assert f"note {visible(note)}" in shown, note
        assert visible(name) in shown, name


def test_json_of_charts_cannot_end_its_script():
    text = as_json([Chart("t", "a", "c", tuple({"name": name} for name in HOSTILE), {}, (), ())])
    assert not set("<>&\u2028") & set(text)
    names = [trace["name"] for trace in json.loads(text)[0]["data"]]
    back = [
        name.replace("&lt;", "<").replace("&gt;", ">").replace("&#36;", "$").replace("&amp;", "&") for name in names
    ]
    assert back == [visible(name) for name in HOSTILE]


def test_values_of_charts_become_json():
    given = {"a": np.array([1.0, np.nan]), "b": np.int64(3), "c": float("inf"), "d": Ours("<b>"), "e": "<b>", "f": True}
    assert plain(given) == {"a": [1.0, None], "b": 3, "c": None, "d": "<b>", "e": "&lt;b&gt;", "f": True}


def test_short_names_are_one_line_and_keep_both_ends():
    assert short("a\nb  c") == "a b c"
    assert len(short("x" * 500 + "y")) == 40
    assert short("x" * 500 + "y").endswith("y")
    assert visible("a\u202eb\x07") == "a\\u202eb\\u0007"
    assert visible("信用 بوابة\n") == "信用 بوابة\n"


def luminance(colour):
    """Relative luminance (WCAG 2.1) of #rrggbb."""
    parts = [int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("theme", THEMES)
def test_text_and_marks_stand_out_from_their_ground(theme):
    colours = THEMES[theme]
    for name, ground in product(colours, ("ground", "raised")):
        least = {"text": 4.5, "faint": 4.5, "link": 4.5, "good": 4.5, "bad": 4.5}.get(name)
        least = least or (3.0 if name in ("policy", "baseline", "grey", "third", "fourth") else None)
        if least:
            one, other = sorted((luminance(colours[name]), luminance(colours[ground])))
            assert (other + 0.05) / (one + 0.05) >= least, (name, ground)


def test_reports_run_no_model(stored, tmp_path, monkeypatch, no_library):
    """With engines that cannot even be made, every page and a figure are made from what is stored."""
    from sim.engines.fast import DayZero, FastEngine
    from sim.engines.readable import ReadableEngine

    def refuse(*_, **__):
        raise AssertionError("a model was run")

    for engine in (DayZero, FastEngine, ReadableEngine):
        monkeypatch.setattr(engine, "__init__", refuse)
    with pytest.raises(AssertionError, match="a model was run"):
        sim.run("tiny.yaml")
    out, folders = stored
    results = load_all(out, [str(folder) for folder in folders.values()])
    assert page(results).count("<article") == len(KINDS)
    assert plot(results[0], ["channels"], tmp_path, ["svg"])


def test_the_command_adds_the_facts_and_takes_several_results(stored, tmp_path):
    out, folders = stored
    file = tmp_path / "all.html"
    shown = shell("report", folders["run"], folders["compare"].name[:8], "--out", out, "--to", file)
    assert shown.exit_code == 0, shown.output
    assert str(file) in shown.output
    assert file.read_text(encoding="utf-8").count("<article") == 3
    shown = shell("report", folders["run"], "--out", out, "--to", file, "--no-facts")
    assert file.read_text(encoding="utf-8").count("<article") == 1


def test_what_cannot_be_reported_is_told_at_once(stored, tmp_path):
    out, _ = stored
    shown = shell("report", "nowhere", "nor_this", "gate_750", "--out", out)
    assert shown.exit_code == 1
    assert "nowhere: no stored result" in shown.output
    assert "nor_this: no stored result" in shown.output
    assert "names 4 results" in shown.output
    odd = tmp_path / "odd" / "thing"
    odd.mkdir(parents=True)
    (odd / "manifest.json").write_text('{"kind": "recipe"}', encoding="utf-8")
    assert "of kind recipe, which cannot be shown" in shell("report", odd).output
    (odd / "manifest.json").write_text('{"kind": "run", "name": "x"}', encoding="utf-8")
    shown = shell("report", odd)
    assert shown.exit_code == 1
    assert "not a whole result" in shown.output
    (odd / "manifest.json").write_text("{", encoding="utf-8")
    assert "not a whole result" in shell("report", odd).output
    (tmp_path / "facts.json").write_text("[{}]", encoding="utf-8")
    assert "not a table of facts" in shell("report", tmp_path).output
    shown = shell("report", out / "check_facts", "--to", tmp_path / "facts.json" / "page.html")
    assert "cannot be written" in shown.output


def test_a_page_of_a_thousand_points_is_written_in_ten_seconds(stored, tmp_path):
    """Forty by twenty-five points; allowed: 10 s (0.3 s where it was written)."""
    out, folders = stored
    whole = thousand(out, folders["sweep"])
    begun = time.perf_counter()
    file = write_page([whole], tmp_path / "page.html")
    assert time.perf_counter() - begun < 10
    assert file.stat().st_size < 8_000_000


def test_a_damaged_result_is_an_error_not_a_traceback(stored):
    out, folders = stored
    whole = load(out, str(folders["sweep"]))
    del whole.result.tables["effects"]["low"]
    with pytest.raises(ResultError, match="not a whole result"):
        chapter_of(whole)
    run = load(out, str(folders["run"]))
    run.result.manifest["scenarios"]["policy"]["run"]["users"] = -1
    with pytest.raises(ResultError, match="not a whole result"):
        chapter_of(run)
