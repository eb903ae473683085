"""The command that fits the market: what it prints, what it draws, what it refuses."""

import re
import sys
from pathlib import Path

import numpy as np
import pytest

from sim.experiments.fit_market import FIGURES, main
from sim.model.market import CURVES
from sim.report.market import draw


@pytest.mark.parametrize(("suffix", "begins"), [(".png", b"\x89PNG"), (".svg", b"<?xml")])
def test_the_figure_is_drawn(tmp_path, suffix, begins):
    path, years = tmp_path / "new" / f"market{suffix}", np.linspace(-5.0, 2.0, 5)
    draw(path, FIGURES, list(CURVES.values()), "exponential", years, (np.exp(years) * 0.9, np.exp(years) * 1.1))
    assert path.read_bytes().startswith(begins)


def test_the_figure_is_drawn_whole_or_not_at_all_and_the_same_each_time(tmp_path, monkeypatch):
    years = np.linspace(-5.0, 2.0, 5)
    given = (FIGURES, list(CURVES.values()), "exponential", years, (np.exp(years) * 0.9, np.exp(years) * 1.1))
    first, second = tmp_path / "first.svg", tmp_path / "second.svg"
    for path in (first, second):
        draw(path, *given)
    assert first.read_bytes() == second.read_bytes()

    def half(figure, file, **_):
        Path(file).write_bytes(b"<?xml")
        raise OSError("as tested: disk full")

    monkeypatch.setattr("matplotlib.figure.Figure.savefig", half)
    before = first.read_bytes()
    for path in (first, tmp_path / "third.svg"):
        with pytest.raises(OSError, match="as tested"):
            draw(path, *given)
    assert first.read_bytes() == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["first.svg", "second.svg"]


def test_a_figure_of_another_kind_is_refused(monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["fit_market", "--figure", "market.pdf"])
    with pytest.raises(SystemExit) as stopped:
        main()
    assert stopped.value.code == 2
    assert "market.pdf: a name that ends in .png or .svg is needed" in capsys.readouterr().err


@pytest.mark.slow
def test_the_command_prints_the_fits_and_draws_them(monkeypatch, capsys, tmp_path):
    path = tmp_path / "market.svg"
    monkeypatch.setattr(sys, "argv", ["fit_market", "--figure", str(path)])
    main()
    shown = capsys.readouterr().out
    for kind, curve in CURVES.items():
        level, rate = re.search(rf"^{kind}: level (\S+) .*?rate (\S+) ", shown, re.MULTILINE).groups()
        assert (float(level), float(rate)) == pytest.approx((curve.level, curve.rate), rel=1e-4)
    assert "Lowest AICc: exponential; lowest AIC: logistic." in shown
    for label in ("3,398 forecast", "100 at least", "its 95% band"):
        assert label in path.read_text(encoding="utf-8")
