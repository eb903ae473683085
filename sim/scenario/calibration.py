"""Calibration files: a scenario file with what is fitted (`fit`), to what (`targets`), what is held back (`held_out`), and how."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, field_validator, model_validator

from sim.scenario.comparison import GroupName
from sim.scenario.files import find_in
from sim.scenario.load import Draft, draft
from sim.scenario.quantity import quantity
from sim.scenario.reader import Fault, Place, ScenarioError
from sim.scenario.schema import Scenario
from sim.scenario.strict import Strict
from sim.scenario.vary import Parameter, parameters

CALIBRATION_KEYS = ("fit", "targets", "held_out", "calibrate")
"""What a calibration file holds beside the keys of a scenario."""
FOLDER = "calibration"
SPREAD = "sobol"
"""Ranges need neither a step nor a number of points, as where a design of this kind is drawn from them."""
MOST_FITTED = 30


class Target(Strict):
    """What the model is to come near: a moment, a curve over time, or a histogram of scores."""

    measure: str | None = Field(None, description="What is measured, of a moment or a curve [measure]")
    value: float | None = Field(None, description="A moment's value [unit of the measure]")
    error: float | None = Field(
        None, gt=0, description="Standard error, or tolerance taken as one, of every value [unit of the measure]"
    )
    day: float | None = Field(
        None, ge=0, description="Day on which the moment was measured; of the whole run if not given [day]"
    )
    group: GroupName | None = Field(None, description="Of whom the moment is; of all users if not given [group]")
    curve: str | None = Field(
        None, description="CSV or Parquet with the columns day or date, value and perhaps error [file]"
    )
    of: float | None = Field(
        None, gt=0, description="The curve's values are counts of so many users: divide them [users]"
    )
    scores: str | None = Field(
        None, description="CSV or Parquet with the columns score (lower edge of a bin) and users [file]"
    )

    @model_validator(mode="after")
    def _one_kind(self) -> "Target":
        kinds = [name for name in ("value", "curve", "scores") if getattr(self, name) is not None]
        if len(kinds) != 1:
            raise ValueError(
                f"{' and '.join(kinds) or 'none'} of value, curve, scores given; a target is a moment {{measure, value, error}}, "
                "a curve {measure, curve: FILE} or a histogram {scores: FILE}"
            )
        kind = kinds[0]
        needed = {"value": ("measure", "error"), "curve": ("measure",), "scores": ()}[kind]
        allowed = {"value": ("day", "group"), "curve": ("error", "of"), "scores": ("error",)}[kind]
        missing = [name for name in needed if getattr(self, name) is None]
        strange = [
            name
            for name in ("measure", "error", "day", "group", "of")
            if getattr(self, name) is not None and name not in (*needed, *allowed)
        ]
        wrong = [f"{name} is missing" for name in missing] + [
            f"{name} is not of a target with {kind}" for name in strange
        ]
        if self.day is not None and self.group is not None:
            wrong.append("day and group do not go together: groups are measured over the whole run")
        if wrong:
            raise ValueError("; ".join(wrong))
        return self

    def __str__(self) -> str:
        if self.scores is not None:
            return f"scores ({Path(self.scores).name})"
        if self.curve is not None:
            return f"{self.measure} ({Path(self.curve).name})"
        day = "" if self.day is None else f" on day {self.day:g}"
        group = "" if self.group is None else f" of {self.group.kind}: {self.group.group}"
        return f"{self.measure}{day}{group}"


class FitKeys(Strict):
    """How the fit is done. The defaults run about 1,000 cells for two parameters."""

    method: Literal["smm", "abc"] = Field(
        "smm", description="smm: simulated method of moments; abc: a posterior by ABC-SMC [kind]"
    )
    replicates: int = quantity(8, "Seeds of every point", "seeds", low=1, high=1000)
    confirm: int = quantity(
        16, "Fresh seeds on which the fitted model is held against the targets", "seeds", low=2, high=10_000
    )
    seed: int = quantity(1, "Seed of the search (not of the runs)", "number", low=0, high=2**31)
    points: int = quantity(32, "smm: points spread over the ranges first, a power of two", "points", low=2, high=2**14)
    starts: int = quantity(2, "smm: best of these points from which least squares sets out", "points", low=1, high=100)
    iterations: int = quantity(12, "smm: most steps of least squares from one start", "steps", low=1, high=1000)
    step: float = quantity(
        0.05, "smm: stretch to either side over which slopes are taken", "share of the range", above=0.0, high=0.5
    )
    population: int = quantity(100, "abc: draws in a population", "draws", low=10, high=100_000)
    populations: int = quantity(6, "abc: most populations", "populations", low=1, high=100)
    simulations: int = quantity(3000, "abc: most points run", "points", low=10, high=10_000_000)

    @field_validator("points")
    @classmethod
    def _power_of_two(cls, given: int) -> int:
        if given & (given - 1):
            below = 1 << (given.bit_length() - 1)
            raise ValueError(
                f"{given} given; a Sobol sequence is balanced at powers of two only: {below} or {2 * below}"
            )
        return given


class CalibrationKeys(Strict):
    """The keys of a calibration file beside those of a scenario."""

    fit: dict[str, Any] = Field(min_length=1, max_length=MOST_FITTED)
    targets: tuple[Target, ...] = Field(strict=False, min_length=1, max_length=200)
    held_out: tuple[Target, ...] = Field((), strict=False, max_length=200)
    calibrate: FitKeys = FitKeys()


@dataclass(frozen=True)
class CalibrationFile:
    """A calibration file as read and checked. base: scenario that is fitted; draft: the same unchecked; parameters: what is fitted."""

    base: Scenario
    draft: Draft
    parameters: tuple[Parameter, ...]
    keys: CalibrationKeys
    places: Mapping[Place, tuple[str, int, int]]

    def fault(self, path: Place, message: str) -> Fault:
        """A fault of the value at `path` of the file, or of the nearest around it."""
        known = path
        while known and known not in self.places:
            known = known[:-1]
        return Fault(*self.places.get(known, (self.draft.where, 0, 0)), ".".join(path), message)

    def beside(self, path: Place, given: str) -> Path:
        """The file `given` at `path`, as seen from the file that names it."""
        return Path(self.places[path][0]).parent / given


def find_calibration(given: str | Path) -> Path:
    """The file meant by `given`: that path, or else a shipped calibration of that name."""
    return find_in(FOLDER, given)


def is_calibration(file: str | Path) -> bool:
    """Whether a file, or one that it extends, has parameters to fit. Raises ScenarioError if it cannot be read."""
    return "fit" in draft(find_calibration(file)).data


def read_calibration(file: str | Path, settings: Sequence[str] = ()) -> CalibrationFile:
    """Read a calibration file (or shipped one), with `--set` style changes on top. Raises ScenarioError with all faults found."""
    whole = draft(find_calibration(file), settings)
    own = Draft({k: v for k, v in whole.data.items() if k in CALIBRATION_KEYS}, whole.places, whole.where)
    scenario = Draft({k: v for k, v in whole.data.items() if k not in CALIBRATION_KEYS}, whole.places, whole.where)
    faults: list[Fault] = []
    base: Scenario | None = None
    keys: CalibrationKeys | None = None
    try:
        base = scenario.checked(Scenario)
    except ScenarioError as error:
        faults += error.faults
    try:
        keys = own.checked(CalibrationKeys)
    except ScenarioError as error:
        faults += error.faults
    given = own.data.get("fit")
    found: tuple[Parameter, ...] = ()
    if isinstance(given, dict) and given:
        found, more = _fitted(given, own, base)
        faults += more
    if faults or base is None or keys is None:
        raise ScenarioError(sorted(dict.fromkeys(faults), key=lambda fault: (fault.where, fault.line, fault.path)))
    return CalibrationFile(base, scenario, found, keys, whole.places)


def _fitted(given: dict[str, Any], own: Draft, base: Scenario | None) -> tuple[tuple[Parameter, ...], list[Fault]]:
    """The parameters under `fit`, which are ranges of numbers of the world, and everything wrong with them."""
    places = {("vary", *path[1:]): place for path, place in own.places.items() if path[:1] == ("fit",)}
    found, more = parameters(given, Draft({}, places, own.where), base, SPREAD)
    faults = [replace(fault, path=f"fit.{fault.path}") for fault in more]
    for parameter in found:
        wrong = ""
        if parameter.role != "world" or not parameter.path.startswith("world."):
            wrong = "only numbers of the world are fitted; begin with world."
        elif parameter.span is None:
            wrong = "a fit needs a range without step or points, such as {from: 0.1, to: 0.5} or with scale: log"
        elif parameter.span.whole:
            wrong = "a whole number, along which there are no slopes; only numbers with fractions can be fitted"
        if wrong:
            faults.append(Fault(*parameter.place, f"fit.{parameter.path}", wrong))
    return found, faults
