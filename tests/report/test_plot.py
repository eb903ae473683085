"""Figures of stored results through the command: every kind, both formats, and what is not there told with what is."""

import xml.etree.ElementTree as ET

import pytest
from typer.testing import CliRunner

from sim.cli import app
from sim.report.plot import DRAWERS


def shell(*arguments):
    return CliRunner().invoke(app, ["plot", *map(str, arguments)])


@pytest.mark.parametrize(("of", "kind"), [(of, kind) for of, (kinds, _) in DRAWERS.items() for kind in kinds])
def test_every_kind_is_drawn_with_its_n_in_the_caption(stored, tmp_path, of, kind):
    out, folders = stored
    shown = shell(folders[of], "--kind", kind, "--format", "svg", "--to", tmp_path, "--out", out)
    assert shown.exit_code == 0, shown.output
    (file,) = tmp_path.iterdir()
    assert file.name == f"{kind}.svg"
    text = " ".join(ET.parse(file).getroot().itertext())
    assert "n = 2 replicates" in text


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
