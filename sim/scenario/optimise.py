"""Optimise files: a scenario file with families of policies to search, worlds, objectives, guardrails, and how to search.

A family is a patch of the policy with `vary` in it: what is searched, written as in a sweep. What the scenario sets holds for
all families.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, model_validator

from sim.scenario.comparison import MOST_ARMS, POLICY_PARTS, WORLD_PARTS, GroupName, Guardrail, Patches
from sim.scenario.files import find_in, related
from sim.scenario.load import Draft, draft
from sim.scenario.quantity import quantity
from sim.scenario.reader import Fault, Place, ScenarioError
from sim.scenario.schema import Scenario
from sim.scenario.strict import Strict
from sim.scenario.vary import Parameter, parameters
from sim.scenario.words import suggestion

OPTIMISE_KEYS = ("families", "worlds", "objectives", "guardrails", "search")
"""What an optimise file holds beside the keys of a scenario."""
FOLDER = "optimise"
SPREAD = "sobol"
"""Ranges need neither a step nor a number of points, as where a design of this kind is drawn from them."""


class Objective(Strict):
    """What is to be had more of, or less."""

    measure: str = Field(description="What is wanted [measure]")
    group: GroupName | None = Field(None, description="Of whom; of all users if not given [group]")
    want: Literal["more", "less"] | None = Field(
        None, description="more or less of it; what is good of the measure if not given [kind]"
    )

    def __str__(self) -> str:
        return self.measure if self.group is None else f"{self.measure} of {self.group.kind}: {self.group.group}"


class SearchKeys(Strict):
    """How policies are searched. The defaults run about 2,000 cells a world."""

    trials: int = quantity(120, "Policies tried", "policies", low=4, high=100_000)
    batch: int = quantity(12, "Policies tried at once, before the next are chosen", "policies", low=1, high=1000)
    startup: int = quantity(36, "Policies drawn at random before the search learns", "policies", low=1, high=10_000)
    replicates: int = quantity(4, "Seeds of every trial", "seeds", low=2, high=1000)
    contenders: int = quantity(16, "Policies that go on from the trials", "policies", low=1, high=1000)
    finalists: int = quantity(4, "Policies confirmed in the end", "policies", low=1, high=100)
    confirm: int = quantity(24, "Fresh seeds of the confirmation", "seeds", low=2, high=10_000)
    over_worlds: Literal["mean", "worst"] = Field(
        "mean", description="What counts of several worlds: their mean, or the worst [kind]"
    )
    seed: int = quantity(1, "Seed of the search (not of the runs)", "number", low=0, high=2**31)

    @model_validator(mode="after")
    def _narrowing(self) -> "SearchKeys":
        if not self.finalists <= self.contenders <= self.trials:
            raise ValueError(
                f"{self.trials} trials, {self.contenders} contenders, {self.finalists} finalists; each may be at most the one before"
            )
        return self


class OptimiseKeys(Strict):
    """The keys of an optimise file beside those of a scenario."""

    families: Patches = Field(min_length=1, max_length=MOST_ARMS)
    worlds: Patches = Field(default_factory=lambda: {"as is": {}}, min_length=1, max_length=MOST_ARMS)
    objectives: Annotated[tuple[Objective, ...], AfterValidator(lambda given: _distinct(given))] = Field(
        strict=False, min_length=1, max_length=4
    )
    guardrails: tuple[Guardrail, ...] = Field((), strict=False, max_length=50)
    search: SearchKeys = SearchKeys()


def _distinct(given: tuple[Objective, ...]) -> tuple[Objective, ...]:
    names = [str(objective) for objective in given]
    for name in names:
        if names.count(name) > 1:
            raise ValueError(f"{name} is named twice; keep one")
    return given


@dataclass(frozen=True)
class Family:
    """Policies of one kind. draft: scenario with what they have in common; parameters: what is searched."""

    name: str
    draft: Draft
    parameters: tuple[Parameter, ...]


@dataclass(frozen=True)
class World:
    """A world by name: what it changes, and where that stands."""

    name: str
    data: dict[str, Any]
    places: dict[Place, tuple[str, int, int]]


@dataclass(frozen=True)
class OptimiseFile:
    """An optimise file as read and checked. base: the scenario that all start from; baseline: what policies are compared with."""

    base: Scenario
    baseline: Draft
    families: tuple[Family, ...]
    worlds: tuple[World, ...]
    keys: OptimiseKeys
    places: Mapping[Place, tuple[str, int, int]]

    def fault(self, path: Place, message: str) -> Fault:
        """A fault of the value at `path` of the file, or of the nearest around it."""
        known = path
        while known and known not in self.places:
            known = known[:-1]
        return Fault(*self.places.get(known, (self.base.name, 0, 0)), ".".join(path), message)


def find_optimise(given: str | Path) -> Path:
    """The file meant by `given`: that path, or else a shipped one of that name."""
    return find_in(FOLDER, given)


def is_optimise(file: str | Path) -> bool:
    """Whether a file, or one that it extends, has families of policies to search. Raises ScenarioError if it cannot be read."""
    return "families" in draft(find_optimise(file)).data


def read_optimise(file: str | Path, settings: Sequence[str] = ()) -> OptimiseFile:
    """Read an optimise file (or shipped one), with `--set` style changes on top. Raises ScenarioError with all faults found."""
    path = find_optimise(file)
    whole = draft(path, settings)
    own = Draft({k: v for k, v in whole.data.items() if k in OPTIMISE_KEYS}, whole.places, whole.where)
    scenario = Draft({k: v for k, v in whole.data.items() if k not in OPTIMISE_KEYS}, whole.places, whole.where)
    faults: list[Fault] = []
    base, keys = _checked(scenario, Scenario, faults), _checked(own, OptimiseKeys, faults)
    baseline = None
    if base is not None and base.baseline is None:
        faults.append(
            Fault(whole.where, 0, 0, "baseline", "missing; name the scenario that policies are compared with")
        )
    elif base is not None:
        place = whole.places[("baseline",)]
        try:
            switches = [setting for setting in settings if setting.startswith("switches.")]
            baseline = draft(related(Path(place[0]), base.baseline, place, "baseline"), switches)
        except ScenarioError as error:
            faults += error.faults
    families, worlds = [], []
    for name, given in keys.families.items() if keys is not None else ():
        family = _family(name, given, scenario, own, faults)
        families += [family] if family is not None else []
    for name, given in keys.worlds.items() if keys is not None else ():
        data = {} if given is None else given
        faults += _wrong_parts(data, WORLD_PARTS, ("worlds", name), own)
        worlds.append(World(name, data if isinstance(data, dict) else {}, _inside(own, ("worlds", name))))
    if faults or base is None or keys is None or baseline is None:
        raise ScenarioError(sorted(dict.fromkeys(faults), key=lambda fault: (fault.where, fault.line, fault.path)))
    return OptimiseFile(base, baseline, tuple(families), tuple(worlds), keys, whole.places)


def _checked(given: Draft, model: Any, faults: list[Fault]) -> Any:
    try:
        return given.checked(model)
    except ScenarioError as error:
        faults += error.faults
        return None


def _inside(own: Draft, owner: Place) -> dict[Place, tuple[str, int, int]]:
    """Places of what stands under one name, by its path there."""
    size = len(owner)
    return {path[size:]: place for path, place in own.places.items() if path[:size] == owner and len(path) > size}


def _wrong_parts(data: Any, allowed: Sequence[str], owner: Place, own: Draft) -> list[Fault]:
    """Faults of a patch that is none, or changes what it may not."""
    if not isinstance(data, dict):
        return [Fault(*own.places[owner], ".".join(owner), "must be a mapping of what it changes")]
    return [
        Fault(
            *own.places.get((*owner, part), own.places[owner]),
            ".".join((*owner, part)),
            f"not to be changed here; allowed: {', '.join(allowed)}.{suggestion(part, allowed)}",
        )
        for part in data
        if part not in allowed
    ]


def _family(name: str, given: Any, scenario: Draft, own: Draft, faults: list[Fault]) -> Family | None:
    """One family, or None with what is wrong in `faults`."""
    owner = ("families", name)
    wrong = _wrong_parts(given, (*POLICY_PARTS, "vary"), owner, own)
    vary = given.get("vary", {}) if isinstance(given, dict) else {}
    if not wrong and not isinstance(vary, dict):
        wrong = [Fault(*own.places[(*owner, "vary")], "vary", "must be a mapping of what is searched")]
    wrong += [
        Fault(
            *own.places[(*owner, "vary", path)],
            ".".join((*owner, "vary", path)),
            f"only the policy is searched; begin with {', '.join(POLICY_PARTS)}",
        )
        for path in (vary if not wrong else ())
        if path.split(".")[0] not in POLICY_PARTS
    ]
    if wrong:
        faults += wrong
        return None
    places = _inside(own, owner)
    fixed = {part: value for part, value in given.items() if part != "vary"}
    made = scenario.patched(fixed, {path: place for path, place in places.items() if path[0] != "vary"})
    found: tuple[Parameter, ...] = ()
    if vary:
        try:
            base = made.checked(Scenario)
        except ScenarioError as error:
            faults += error.faults
            return None
        below = Draft({}, places, own.where)
        found, more = parameters(vary, below, base, SPREAD)
        faults += [Fault(f.where, f.line, f.column, ".".join((*owner, "vary", f.path)), f.message) for f in more]
    return Family(name, made, found)
