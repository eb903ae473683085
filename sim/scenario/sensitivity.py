"""Sensitivity files: a scenario file with `vary`, as in a sweep, and `sensitivity`, which says how the inputs are studied."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from pydantic import Field, ValidationInfo, field_validator

from sim.scenario.files import find_in
from sim.scenario.load import Draft, draft
from sim.scenario.quantity import quantity
from sim.scenario.reader import Fault, ScenarioError
from sim.scenario.strict import Strict
from sim.scenario.sweep import SweepFile, sweep_of

KEY = "sensitivity"
MOST_INPUTS = 200


class SensitivityKeys(Strict):
    """How a study of sensitivity is done."""

    trajectories: int = quantity(
        10, "Trajectories of the Morris screening; 0 leaves it out", "trajectories", low=0, high=10_000
    )
    keep: int = quantity(8, "Inputs that the screening lets through to the Sobol indices", "inputs", low=1, high=100)
    rows: int = quantity(128, "Rows of the Sobol design, a power of two", "rows", low=8, high=2**16)
    seed: int = quantity(1, "Seed of the designs and of the bootstrap (not of the runs)", "number", low=1, high=2**31)
    resamples: int = quantity(1000, "Bootstrap resamples behind an interval", "resamples", low=100, high=100_000)
    least: float = Field(
        0.5, gt=0, le=1, description="Least share of the blocks of a design that must be without a failed cell [share]"
    )

    @field_validator("trajectories")
    @classmethod
    def _none_or_two(cls, given: int) -> int:
        if given == 1:
            raise ValueError("1 given; a spread needs at least 2 trajectories, and 0 leaves the screening out")
        return given

    @field_validator("rows")
    @classmethod
    def _power_of_two(cls, given: int, _info: ValidationInfo) -> int:
        if given & (given - 1):
            below = 1 << (given.bit_length() - 1)
            raise ValueError(f"{given} given; a Sobol design is balanced at powers of two only: {below} or {2 * below}")
        return given


@dataclass(frozen=True)
class SensitivityFile:
    """A sensitivity file as read and checked. sweep: scenario, baseline and inputs; keys: how they are studied."""

    sweep: SweepFile
    keys: SensitivityKeys


def find_sensitivity(given: str | Path) -> Path:
    """The file meant by `given`: that path, or else a shipped sensitivity study of that name."""
    return find_in(KEY, given)


def is_sensitivity(file: str | Path) -> bool:
    """Whether a file, or one that it extends, is of a study of sensitivity. Raises ScenarioError if it cannot be read."""
    return KEY in draft(find_sensitivity(file)).data


def read_sensitivity(file: str | Path, settings: Sequence[str] = ()) -> SensitivityFile:
    """Read a sensitivity file (or shipped one), with `--set` style changes on top.

    Raises ScenarioError with all faults where no scenario can be made of it; otherwise the faults are told with those of the
    first points (`SweepFile.faults`).
    """
    whole = draft(find_sensitivity(file), settings)
    faults: list[Fault] = []
    for key in ("design", "zip"):
        if key in whole.data:
            message = "is of sweeps; here the design follows from the key sensitivity, and inputs move one by one"
            faults.append(Fault(*whole.places[(key,)], key, message))
    if KEY not in whole.data:
        message = "missing; say how the inputs are studied, such as sensitivity: {trajectories: 10, keep: 8, rows: 128}"
        faults.append(Fault(whole.where, 0, 0, KEY, message))
    given = whole.data.get(KEY)
    keys = SensitivityKeys()
    try:
        keys = Draft({} if given is None else given, _below(whole, KEY), whole.where).checked(SensitivityKeys)
    except ScenarioError as error:
        faults += [Fault(f.where, f.line, f.column, f"{KEY}.{f.path}".rstrip("."), f.message) for f in error.faults]
    # Ranges need neither a step nor a number of points where a design is drawn from them.
    drawn = {"kind": "sobol", "points": 2, "seed": 0}
    data = {key: value for key, value in whole.data.items() if key not in (KEY, "zip")} | {"design": drawn}
    sweep = None
    try:
        sweep = sweep_of(Draft(data, whole.places | {("design",): (whole.where, 0, 0)}, whole.where))
    except ScenarioError as error:
        faults += error.faults
    if sweep is None:
        raise ScenarioError(sorted(dict.fromkeys(faults), key=lambda fault: (fault.where, fault.line, fault.path)))
    return SensitivityFile(replace(sweep, faults=(*faults, *sweep.faults, *_of_inputs(sweep))), keys)


def _below(whole: Draft, key: str) -> dict[tuple[str, ...], tuple[str, int, int]]:
    """Places of the values under one key, by their path below it."""
    return {path[1:]: place for path, place in whole.places.items() if path[:1] == (key,)}


def _of_inputs(sweep: SweepFile) -> list[Fault]:
    """Faults of inputs that do not vary, that decide the size of a run, or that are too many or too few."""
    faults = []
    for parameter in sweep.parameters:
        if parameter.role == "run":
            faults.append(
                Fault(*parameter.place, parameter.path, "size is no assumption about the world; set it under run")
            )
        if parameter.span is None and len(parameter.levels) < 2:
            faults.append(Fault(*parameter.place, parameter.path, "one value only; give two or more, or leave it out"))
    if not 1 < len(sweep.parameters) <= MOST_INPUTS:
        message = f"{len(sweep.parameters)} inputs; give 2 to {MOST_INPUTS}"
        faults.append(Fault(*sweep.parameters[0].place, "vary", message))
    return faults
