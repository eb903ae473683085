"""Figures of stored results through the command: every kind, both formats, and what is not there told with what is."""

import warnings
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from typer.testing import CliRunner

from sim.cli import app
from sim.report import glyphs
from sim.report.plot import DRAWERS
from sim.report.stored import READERS, WITHOUT_PAGE
from sim.report.style import save
from tests.report.hostile import HOSTILE, comparison

OF_PAGES = [(of, kind) for of, (kinds, _) in DRAWERS.items() if of in READERS for kind in kinds]
"""Figures of results that have a page too; those of other studies are drawn where their commands are tested."""


def shell(*arguments):
    return CliRunner().invoke(app, ["plot", *map(str, arguments)])


@pytest.mark.parametrize(("of", "kind"), OF_PAGES)
def test_every_kind_is_drawn_with_its_n_in_the_caption(stored, tmp_path, of, kind):
    out, folders = stored
    shown = shell(folders[of], "--kind", kind, "--format", "svg", "--to", tmp_path, "--out", out)
    assert shown.exit_code == 0, shown.output
    (file,) = tmp_path.iterdir()
    assert file.name == f"{kind}.svg"
    text = " ".join(ET.parse(file).getroot().itertext())
    assert "n = 2 replicates" in text


@pytest.mark.parametrize(("of", "kind"), OF_PAGES)
def test_the_caption_is_in_the_picture_whole_and_tells_size_and_interval(stored, tmp_path, monkeypatch, of, kind):
    from matplotlib.figure import Figure

    out, folders = stored
    seen, savefig = [], Figure.savefig

    def looked_at(figure, *arguments, **more):
        figure.draw_without_rendering()
        for text in figure.texts:
            place = text.get_window_extent()
            assert figure.bbox.x0 <= place.x0
            assert place.x1 <= figure.bbox.x1 - 2, text.get_text()
            seen.append(text.get_text())
        savefig(figure, *arguments, **more)

    monkeypatch.setattr(Figure, "savefig", looked_at)
    assert shell(folders[of], "--kind", kind, "--to", tmp_path, "--out", out).exit_code == 0
    told = " ".join(seen)
    assert " users, " in told
    assert " days, n = 2 replicates" in told
    assert "interval" in told


def test_every_result_that_is_read_has_figures_but_the_facts():
    assert set(DRAWERS) == {*READERS, *WITHOUT_PAGE} - {"facts"}


def test_the_curve_of_viewers_tells_its_seeds_and_that_no_interval_is_drawn(tmp_path):
    from types import SimpleNamespace

    import numpy as np

    from sim.report.facts_figures import draw_viewers

    hours, share = np.arange(670.0), np.linspace(0, 0.03, 670)
    curves = SimpleNamespace(hours=hours, fitted=np.tile(share, (3, 1)), refitted=np.tile(share / 2, (3, 1)))
    (file,) = draw_viewers(curves, tmp_path, ("svg",))
    text = " ".join(ET.parse(file).getroot().itertext())
    assert "n = 3 seeds" in text
    assert "no 95% interval is drawn" in text


def test_png_and_svg_of_one_kind(stored, tmp_path):
    out, folders = stored
    assert shell(folders["decompose"], "--to", tmp_path, "--out", out).exit_code == 0
    assert {path.name for path in tmp_path.iterdir()} == {"waterfall.png", "waterfall.svg"}
    assert (tmp_path / "waterfall.png").read_bytes().startswith(b"\x89PNG")


def test_the_help_names_every_kind():
    told = " ".join(shell("--help").output.replace("│", " ").split())
    for kinds, _ in DRAWERS.values():
        for kind in kinds:
            assert kind in told


def test_wrong_kinds_and_formats_are_told_at_once_with_what_is_allowed(stored, tmp_path):
    out, folders = stored
    shown = shell(
        folders["run"], "--kind", "forest", "--kind", "pie", "--format", "pdf", "--to", tmp_path / "x", "--out", out
    )
    assert shown.exit_code == 1
    assert "--kind forest: not a figure of this run; allowed: visits, channels" in shown.output
    assert "--kind pie" in shown.output
    assert "--format pdf: not a format; allowed: png, svg" in shown.output
    assert not (tmp_path / "x").exists()
    assert "no figure to draw" in shell(folders["facts"], "--out", out).output
    (tmp_path / "file").write_text("", encoding="utf-8")
    shown = shell(folders["run"], "--kind", "visits", "--to", tmp_path / "file" / "in", "--out", out)
    assert shown.exit_code == 1
    assert "cannot be written" in shown.output


def test_a_dollar_in_a_name_is_no_formula(stored, tmp_path):
    from sim.report.plot import plot
    from sim.report.stored import load

    out, folders = stored
    whole = load(out, str(folders["run"]))
    whole.result.manifest["scenarios"]["policy"]["name"] = "$\\frac{1$ <b>"
    (file,) = plot(whole, ["channels"], tmp_path, ["svg"])
    assert "$\\frac{1$ <b>" in " ".join(ET.parse(file).getroot().itertext())


@pytest.mark.parametrize("kind", ["forest", "groups"])
def test_fifty_hostile_names_are_drawn_without_a_warning(stored, tmp_path, kind):
    from sim.report.plot import plot

    out, folders = stored
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        png, svg = sorted(plot(comparison(out, folders["compare"]), [kind], tmp_path, ["png", "svg"]))
    assert png.stat().st_size > 10_000
    text = "".join(ET.parse(svg).getroot().itertext())
    (chinese,) = [name for name in HOSTILE if "信" in name]
    assert glyphs.drawable(chinese) in text
    assert "<b>bold</b>" in text


def test_what_no_font_can_draw_is_told_by_its_number(monkeypatch):
    monkeypatch.setattr(glyphs, "_signs", lambda: frozenset(map(ord, "abcé信")))
    assert glyphs.drawable("abc") == "abc"
    assert glyphs.drawable("é信用\n\U0001f512") == "é信\\u7528\n\\u1f512"


def test_a_font_with_chinese_signs_is_used_where_there_is_one(monkeypatch):
    from types import SimpleNamespace

    from matplotlib import font_manager

    fonts = [SimpleNamespace(name=name) for name in ("Noto Sans CJK SC", "Comic", "DejaVu Sans")]
    monkeypatch.setattr(font_manager.fontManager, "ttflist", fonts)
    assert glyphs.families.__wrapped__() == ("DejaVu Sans", "Noto Sans CJK SC")


def test_text_is_left_alone_outside_of_our_figures():
    from matplotlib.text import Text

    before = Text.set_text
    with glyphs.only_drawable():
        assert Text.set_text is not before
    assert Text.set_text is before


def test_a_figure_is_written_whole_or_not_at_all(tmp_path):
    class Figure:
        def savefig(self, file, **how):
            file.write_text("half")
            if self.fails:
                raise OSError(28, "No space left on device")

    figure, file = Figure(), tmp_path / "map.svg"
    for before in ([], ["map.svg"]):
        figure.fails = True
        with pytest.raises(OSError, match="No space"):
            save(figure, file)
        assert [path.name for path in tmp_path.iterdir()] == before
        figure.fails = False
        save(figure, file)
        assert [path.name for path in tmp_path.iterdir()] == ["map.svg"]


@pytest.mark.parametrize(
    "command", ["run gate_750", "sweep threshold", "compare gate_vs_red_packet", "decompose gate_750"]
)
def test_where_figures_cannot_be_drawn_the_answer_is_told_all_the_same(command, workspace):
    given = [*command.split(), "--users", "50", "--ticks", "5", "--replicates", "2"]
    assert CliRunner().invoke(app, [*given, "--no-figures"]).exit_code == 0
    (manifest,) = Path("results").glob("*/*/manifest.json")
    (manifest.parent / "figures").write_text("in the way", encoding="utf-8")
    shown = CliRunner().invoke(app, given)
    assert shown.exit_code == 0, shown.output
    assert "the result is whole, but its figures cannot be drawn here (File exists)" in shown.stderr
    assert "read back" in shown.stdout
