"""A study of sensitivity in words: how far the effect spreads, on what it hangs, how much of it is luck."""

from typing import TYPE_CHECKING

import numpy as np

from sim.experiments.sensitivity.designs import SEED
from sim.results.table import Table, where

if TYPE_CHECKING:
    from sim.experiments.sensitivity.study import SensitivityResult

MOST_NAMED = 3
"""Inputs that the answer names."""


def ranked(indices: Table) -> list[int]:
    """Rows of the inputs (the seed left out), the largest total index first."""
    rows = [row for row, name in enumerate(indices["input"].tolist()) if name != SEED]
    return sorted(rows, key=lambda row: -float(indices["total"][row]))


def answer(result: "SensitivityResult") -> str:
    """What a study found, in a few sentences."""
    manifest, indices = result.manifest, result.tables["indices"]
    spread, unit = manifest["spread"], manifest["unit"]
    what = f"the effect on {manifest['primary']}" if manifest["paired"] else str(manifest["primary"])
    if spread["deviation"] == 0.0:
        return f"{what[0].upper()}{what[1:]} is {spread['mean']:+.4g} ({unit}) at every point: it hangs on none of the inputs."
    told = [
        f"Over the ranges given, {what} is {spread['mean']:+.4f} on average and from {spread['low']:+.4f} to "
        f"{spread['high']:+.4f} in 95% of {spread['points']:,.0f} worlds ({unit})"
    ]
    told[0] += f"; below zero in {100 * spread['below_zero']:.0f}% of them." if manifest["paired"] else "."
    first = [_of(result, row) for row in ranked(indices)[:MOST_NAMED] if indices["total"][row] > 0.0]
    if first:
        told.append(f"It hangs most on {'; '.join(first)}.")
    luck = where(indices, input=SEED)
    told.append(
        f"Luck (the seed) makes {100 * float(luck['total'][0]):.1f}% of the variance "
        f"(95% interval {100 * float(luck['total_low'][0]):.1f} to {100 * float(luck['total_high'][0]):.1f}%)."
    )
    screening = result.tables.get("screening")
    if screening:
        inputs = len(manifest["inputs"])
        still = [name for name, size in _sizes(screening) if size == 0.0 and name != SEED]
        left = inputs - len(manifest["kept"])
        told.append(
            f"The screening of {inputs} inputs left out {left} that move it less"
            + (f", of which {len(still)} change nothing at all" if still else "")
            + "; they stay as the scenario has them."
        )
        if manifest["paired"] and "turns_up" in screening:  # which results of earlier versions lack
            told.append(_turn(result))
    dropped = sum(manifest["dropped_blocks"].values())
    if dropped:
        told.append(f"{manifest['failed_cells']} cells failed, so {dropped} blocks of the designs are left out whole.")
    return " ".join(told)


def _turn(result: "SensitivityResult") -> str:
    """Whether the effect changes sign where all inputs move, and by which of their moves it did."""
    screening, share = result.tables["screening"], result.manifest["spread"]["screened_above_zero"]
    if share in (0.0, 1.0):
        return f"Where all inputs move at once, it is {'above' if share else 'not above'} zero at every point of the screening."
    up, down = screening["turns_up"], screening["turns_down"]
    blocks = result.manifest["sensitivity"]["trajectories"] - result.manifest["dropped_blocks"]["screening"]
    first = f"Where all inputs move at once, it is above zero at {100 * share:.0f}% of the screening's points"
    turns = up + down
    if not turns.any():
        return f"{first}, and no move of a single input turns it."
    most = int(turns.max())
    named = [
        f"{screening['input'][row]} ({_ways(int(up[row]), int(down[row]))})" for row in np.flatnonzero(turns == most)
    ]
    few = ", too few to rank the inputs by it" if most <= 1 or len(named) > MOST_NAMED else ""
    told = (
        f"most often that of {' and of '.join(named)}"
        if len(named) <= MOST_NAMED
        else f"at most {most} by any one input"
    )
    return f"{first}; of {blocks * turns.size:,} moves of one input {int(turns.sum())} turn it, {told} in {blocks} trajectories{few}."


def _ways(up: int, down: int) -> str:
    """How often the sign turned as an input rose."""
    parts = [f"to above zero as it rises, {up}"] if up else []
    return "; ".join(parts + ([f"to below as it rises, {down}"] if down else []))


def _sizes(screening: Table) -> list[tuple[str, float]]:
    return list(zip(screening["input"].tolist(), screening["mu_star"].tolist(), strict=True))


def _of(result: "SensitivityResult", row: int) -> str:
    """One input with its total index and what the effect is at both ends of its range."""
    indices, profile = result.tables["indices"], result.tables["profile"]
    name = str(indices["input"][row])
    here = where(profile, input=name)
    total = f"{indices['total'][row]:.2f}, {indices['total_low'][row]:.2f} to {indices['total_high'][row]:.2f}"
    ends = f"{here['mean'][0]:+.4f} at {here['value'][0]}, {here['mean'][-1]:+.4f} at {here['value'][-1]}"
    return f"{name} (total index {total}; mean {ends})"
