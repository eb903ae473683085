"""Sweep files: a scenario file with a few keys more, which say what is varied, in which design, and what is measured."""

import difflib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from sim.model.measures import CHANNELS, MEASURES, USER_MEASURES
from sim.scenario.files import find_in, related
from sim.scenario.load import Draft, draft
from sim.scenario.reader import Fault, ScenarioError
from sim.scenario.schema import Scenario
from sim.scenario.strict import Strict
from sim.scenario.vary import Parameter, parameters

SWEEP_KEYS = ("vary", "design", "zip", "measures", "primary", "replicates")
"""What a sweep file holds beside the keys of a scenario."""

MOST_POINTS = 100_000

KEPT = (
    "visits",
    *(f"visits_{channel}" for channel in CHANNELS),
    "visits_rival",
    "knowing",
    "admitted",
    "plan_spend",
    "plan_repay",
    "plan_upload",
    "share_750",
    "debt",
    "missed_bills",
)
"""Measures kept where a sweep names none."""


class Design(Strict):
    """Which points of the space of parameters are run.

    grid: every combination; list: the k-th value of every parameter together makes point k; latin_hypercube, sobol: `points`
    points spread over the whole space by a generator with this `seed` (not the seed of the runs, which all points share).
    A name alone stands for the kind.
    """

    kind: Literal["grid", "latin_hypercube", "sobol", "list"] = "grid"
    points: int | None = Field(None, ge=2, le=MOST_POINTS)
    seed: int | None = Field(None, ge=0, lt=2**63)

    @model_validator(mode="before")
    @classmethod
    def _a_name_is_the_kind(cls, given: Any) -> Any:
        return {"kind": given} if isinstance(given, str) else given

    @property
    def is_sampled(self) -> bool:
        """Whether points are drawn from the space instead of being listed."""
        return self.kind in ("latin_hypercube", "sobol")

    @model_validator(mode="after")
    def _size_where_sampled(self) -> "Design":
        if self.is_sampled and (self.points is None or self.seed is None):
            raise ValueError(
                f"a {self.kind} design needs points (how many) and a seed, such as {{kind: {self.kind}, points: 64, seed: 1}}"
            )
        if not self.is_sampled and (self.points is not None or self.seed is not None):
            raise ValueError(
                f"points and seed are of latin_hypercube and sobol; a {self.kind} design has the points of its lists"
            )
        return self


class SweepKeys(Strict):
    """The keys that a sweep file has beside those of a scenario."""

    vary: dict[str, Any] = Field(min_length=1)
    design: Design = Design()
    zip: tuple[Annotated[tuple[str, ...], Field(strict=False)], ...] = Field((), strict=False)
    measures: tuple[str, ...] = Field(KEPT, strict=False, min_length=1)
    primary: str = "visits"


@dataclass(frozen=True)
class SweepFile:
    """A sweep file as read and checked; its points are not yet made.

    draft: the scenario that all points start from; base: the same, checked; baseline: file to compare with, or None;
    parameters: in the order of the file; groups: places of the parameters that move together, every parameter in one;
    keys: the sweep's own as written, without `replicates`, which the scenario has; faults: of measures, which do not keep
    the points from being made and are told with theirs.
    """

    draft: Draft
    base: Scenario
    baseline: Path | None
    parameters: tuple[Parameter, ...]
    groups: tuple[tuple[int, ...], ...]
    design: Design
    measures: tuple[str, ...]
    primary: str
    keys: Mapping[str, Any]
    faults: tuple[Fault, ...] = ()


def find_sweep(given: str | Path) -> Path:
    """The sweep file meant by `given`: that path, or else a shipped sweep of that name."""
    return find_in("sweeps", given)


def is_sweep(file: str | Path) -> bool:
    """Whether a file, or one that it extends, says what to vary. Raises ScenarioError if it cannot be read."""
    return "vary" in draft(file).data


def _known_measures() -> list[str]:
    return [measure.name for measure in MEASURES] + list(USER_MEASURES)


def _guess(given: str, known: Sequence[str]) -> str:
    close = difflib.get_close_matches(given, known, n=1, cutoff=0.6)
    return f" Did you mean {close[0]}?" if close else f" Known: {', '.join(known[:12])}, ..."


def _split(whole: Draft) -> tuple[Draft, Draft]:
    """The draft of a scenario and that of the sweep's own keys; `replicates` becomes the scenario's, unless `--set` gave that."""
    own = {key: value for key, value in whole.data.items() if key in SWEEP_KEYS}
    data = {key: value for key, value in whole.data.items() if key not in SWEEP_KEYS}
    places = dict(whole.places)
    if "replicates" in own:
        count, path = own.pop("replicates"), ("run", "replicates")
        if not places.get(path, ("",))[0].startswith("--set"):
            run = data.get("run", {})
            data["run"] = {**run, "replicates": count} if isinstance(run, dict) else run
            places[path] = places[("replicates",)]
    return Draft(data, places, whole.where), Draft(own, places, whole.where)


def _checked(check: Callable[[], Any], faults: list[Fault]) -> Any:
    """What `check` gives, or None with its faults added to `faults`."""
    try:
        return check()
    except ScenarioError as error:
        faults += error.faults
        return None


def _plain(value: Any) -> Any:
    """A value given from Python as a file would have it: arrays as lists, their numbers as plain ones."""
    if isinstance(value, Mapping):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if hasattr(value, "tolist"):
        return value.tolist()
    return [_plain(inner) for inner in value] if isinstance(value, (list, tuple)) else value


def read_sweep(file: str | Path, settings: Sequence[str] = (), keys: Mapping[str, Any] | None = None) -> SweepFile:
    """Read a sweep file (or shipped sweep), with `--set` style changes on top. Raises ScenarioError with all faults found.

    keys: `vary` and the others of a sweep, instead of those in the file, which may then be any scenario.
    """
    whole = draft(find_sweep(file), settings)
    if keys:
        places = {path: place for path, place in whole.places.items() if not path or path[0] not in keys}
        places |= {(key,): (f"{key} as given", 0, 0) for key in keys}
        whole = Draft(whole.data | _plain(keys), places, whole.where)
    return sweep_of(whole)


def sweep_of(whole: Draft) -> SweepFile:
    """The sweep that a draft holds (a scenario's keys and a sweep's). Raises ScenarioError with all faults found."""
    scenario, own = _split(whole)
    faults: list[Fault] = []
    if "vary" not in own.data:
        raise ScenarioError(
            [
                Fault(
                    whole.where,
                    0,
                    0,
                    "vary",
                    "missing; say what is varied, such as vary: {policy.gate.threshold: [700, 750]}",
                )
            ]
        )
    base: Scenario | None = _checked(lambda: scenario.checked(Scenario), faults)
    given: SweepKeys | None = _checked(lambda: own.checked(SweepKeys), faults)
    if given is None:
        raise ScenarioError(faults)
    varied, more = parameters(given.vary, own, base, given.design.kind)
    groups, of_groups = _groups(varied, given, own) if not more else ((), [])
    faults += [*more, *of_groups]
    of_measures = _unknown_measures(given, own)
    baseline = None
    if base is not None and base.baseline is not None:
        place = scenario.places[("baseline",)]
        baseline = _checked(lambda: related(Path(place[0]), base.baseline, place, "baseline"), faults)
    if faults or base is None:
        raise ScenarioError(sorted([*faults, *of_measures], key=lambda fault: (fault.where, fault.line)))
    measures = given.measures if given.primary in given.measures else (given.primary, *given.measures)
    return SweepFile(
        scenario, base, baseline, varied, groups, given.design, measures, given.primary, own.data, tuple(of_measures)
    )


def _unknown_measures(keys: SweepKeys, own: Draft) -> list[Fault]:
    """Faults of measures that there are not, or are named twice."""
    known = _known_measures()
    named = [(("measures", str(k)), name) for k, name in enumerate(keys.measures)] + [(("primary",), keys.primary)]
    faults = []
    for path, name in named:
        place = own.places.get(path) or own.places.get(path[:1]) or (own.where, 0, 0)
        if name not in known:
            faults.append(Fault(*place, path[0], f"{name!r} is not a measure.{_guess(name, known)}"))
        elif path[0] == "measures" and keys.measures.count(name) > 1:
            faults.append(Fault(*place, path[0], f"{name!r} is named twice; keep one"))
    return faults


def _groups(
    varied: tuple[Parameter, ...], keys: SweepKeys, own: Draft
) -> tuple[tuple[tuple[int, ...], ...], list[Fault]]:
    """Places of parameters that move together, in the order of the file, and what is wrong with `zip`."""
    names = [parameter.path for parameter in varied]
    faults: list[Fault] = []
    together: dict[int, tuple[int, ...]] = {}
    for number, members in enumerate(keys.zip):
        place = own.places.get(("zip", str(number))) or own.places[("zip",)]
        unknown = [name for name in members if name not in names]
        faults += [Fault(*place, "zip", f"{name!r} is not under vary.{_guess(name, names)}") for name in unknown]
        if unknown:
            continue
        group = tuple(names.index(name) for name in members)
        if len(group) < 2 or len(set(group)) < len(group) or any(k in together for k in group):
            faults.append(
                Fault(*place, "zip", "a group names two or more parameters, each of them once and in no other")
            )
            continue
        together |= dict.fromkeys(group, group)
        faults += _uneven(varied, group, place, "zip")
    if keys.design.kind == "list":
        if keys.zip:
            faults.append(
                Fault(*own.places[("zip",)], "zip", "in a list design all parameters move together; leave zip out")
            )
        faults += _uneven(varied, tuple(range(len(varied))), own.places[("vary",)], "vary")
    ordered: dict[tuple[int, ...], None] = {}
    for k in range(len(varied)):
        ordered[together.get(k, (k,))] = None
    if keys.design.kind == "grid":
        faults += [fault for k, parameter in enumerate(varied) if k not in together for fault in _repeated(parameter)]
    return tuple(ordered), faults


def _repeated(parameter: Parameter) -> list[Fault]:
    """A fault where a value of a grid is given twice."""
    values = [str(level.value) for level in parameter.levels]
    twice = next((value for value in values if values.count(value) > 1), None)
    return [] if twice is None else [Fault(*parameter.place, parameter.path, f"{twice} is given twice; keep one")]


def _uneven(
    varied: tuple[Parameter, ...], group: tuple[int, ...], place: tuple[str, int, int], key: str
) -> list[Fault]:
    """A fault where parameters that move together have lists of different lengths."""
    sizes = {varied[k].path: len(varied[k].levels) for k in group if varied[k].levels}
    if len(set(sizes.values())) <= 1:
        return []
    told = ", ".join(f"{name} has {size}" for name, size in sizes.items())
    return [Fault(*place, key, f"what moves together needs as many values each: {told}")]
