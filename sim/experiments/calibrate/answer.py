"""A calibration in words: the estimates, what the targets leave open, how well they are met, and the held-out check."""

from typing import TYPE_CHECKING

import numpy as np

from sim.experiments.calibrate.identification import NAMED
from sim.results.table import Table, rows_of, where

if TYPE_CHECKING:
    from sim.experiments.calibrate.study import CalibrationResult

MOST_NAMED = 6
"""Moments missed that the answer names."""


def answer(result: "CalibrationResult") -> str:
    """What a calibration found, in a few sentences."""
    manifest, parameters = result.manifest, result.tables["parameters"]
    known = where(parameters, identified=True)
    told = []
    columns = ("parameter", "estimate", "low", "high", "at_end")
    cut = (known["low"] <= known["from"]) | (known["high"] >= known["to"])
    found = zip(*(known[column].tolist() for column in columns), cut.tolist(), strict=True)
    for name, estimate, low, high, at_end, is_cut in found:
        edge = "; cut at an end of its range" if is_cut else ""
        edge = "; at an end of its range, so a wider one may fit better" if at_end else edge
        told.append(f"{name} is {estimate:.3g} (95% interval {low:.3g} to {high:.3g}{edge}).")
    told += _flat(result.tables["directions"], parameters)
    for held, what in ((False, "fitted"), (True, "held-out")):
        here = where(result.tables["targets"], held_out=held)
        told += [_met(here, what)] if rows_of(here) else []
    if not where(result.tables["targets"], held_out=True)["met"].size:
        told.append("Nothing was held out, so nothing here tests the fitted model.")
    if manifest.get("temperature", 1.0) > 1.0:
        told.append(
            f"The draws stopped at temperature {manifest['temperature']:.3g}, so intervals are wider than the posterior's; give more "
            "populations or simulations."
        )
    if manifest["failed"]:
        told.append(f"{manifest['failed']} cells failed or were not allowed ({manifest['reasons'][0]}).")
    return " ".join(told)


def _flat(directions: Table, parameters: Table) -> list[str]:
    """What the targets cannot tell, by name: parameters alone, or together along a direction."""
    told = []
    open_ones = set(where(parameters, identified=False)["parameter"].tolist())
    flat = where(directions, flat=True)
    for number in np.unique(flat["direction"]).tolist() if rows_of(flat) else []:
        here = where(flat, direction=number)
        in_it = here["loading"] ** 2 >= NAMED
        names, signs = here["parameter"][in_it].tolist(), np.sign(here["loading"][in_it])
        if len(names) == 1:
            told.append(f"The targets do not identify {names[0]}: its 95% interval is as wide as its range.")
        elif names:
            how = "in the same direction" if (signs == signs[0]).all() else "one against the other"
            told.append(
                f"The targets cannot tell {' and '.join(names)} apart: moved together, {how}, they leave the fit nearly as it is."
            )
        open_ones -= set(names)
    if open_ones:
        told.append(f"Nor are these identified: {', '.join(sorted(open_ones))}.")
    return told


def _met(here: Table, what: str) -> str:
    """How many moments are met, and which are missed most."""
    count, met = rows_of(here), int(here["met"].sum())
    text = f"Of {count} {what} moments {met} are met within 1.96 standard errors on fresh seeds"
    worst = [row for row in np.argsort(-np.abs(here["gap"]), kind="stable") if not here["met"][row]]
    if worst:
        named = "; ".join(_moment(here, row) for row in worst[:MOST_NAMED])
        text += f"; missed {'most ' if len(worst) > MOST_NAMED else ''}are {named}"
    return f"{text}."


def _moment(here: Table, row: int) -> str:
    name = f"{here['target'][row]}, {here['moment'][row]}"
    return f"{name} ({here['model'][row]:.4g}, observed {here['observed'][row]:.4g})"
