"""Files of claims: each claim as a contrast of two arms on the same luck, with what it says, and what it may hinge on.

    name: article
    run: {users: 20_000, ticks: 180}
    replicates: 8
    claims:
      gate_brings_visits:
        claim: A gate at 750 makes people use the platform more often.
        arm: {extends: ../gate_750.yaml}
        against: {extends: ../open_circle.yaml}
        measure: visits
        says: rises
        hinges:
          world.choice.worth_median: [0.3, 30]

An arm is a scenario: what it extends, and any part of it changed. A hinge is a setting tried at other values: in both arms, but
for one of the policy, which is tried in `arm` alone.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

from pydantic import AfterValidator, Field

from sim.scenario.arms import fault_at
from sim.scenario.comparison import GroupName, Size
from sim.scenario.files import find_in, related, shown
from sim.scenario.load import Draft, draft
from sim.scenario.quantity import quantity
from sim.scenario.reader import Fault, Place, ScenarioError, read
from sim.scenario.schema import Run, Scenario
from sim.scenario.settings import Places, apply_settings
from sim.scenario.strict import Strict
from sim.scenario.words import brief, suggestion

FOLDER = "claims"
OWN_PARTS = ("run", "name", "note", "baseline")
"""Parts of a scenario that an arm does not change: the file says them for all arms."""
MOST_CLAIMS, MOST_VALUES = 100, 20
Made = TypeVar("Made")


def _mapping(given: Any) -> Any:
    if not isinstance(given, dict):
        raise ValueError(f"{brief(given)} given; must be a mapping, such as extends: ../gate_750.yaml")
    return given


Patch = Annotated[Any, AfterValidator(_mapping)]


class Claim(Strict):
    """One claim as a contrast."""

    claim: str = Field(min_length=1, max_length=400, description="What is claimed [text]")
    source: str = Field("", max_length=200, description="Who says so, and where [text]")
    arm: Patch = Field(description="The arm that the claim is about: what it extends and changes [scenario]")
    against: Patch = Field(description="What it is compared with [scenario]")
    measure: str = Field(description="What is compared [measure]")
    group: GroupName | None = Field(None, description="Of whom; of all users if not given [group]")
    says: Literal["rises", "falls", "unchanged"] = Field(
        description="How the measure differs if the claim holds: rises, falls or unchanged [kind]"
    )
    margin: Size | None = Field(None, description="Largest difference that does not count [size]")
    ticks: int | None = quantity(None, "Length of its runs; the file's if not given", "ticks", low=1, high=200_000)
    hinges: dict[str, list[Any]] = Field(
        default_factory=dict, description="Settings that it may hinge on, and the values to try [values by path]"
    )


class ClaimsKeys(Strict):
    """A file of claims."""

    name: str = Field("unnamed", min_length=1, max_length=80, pattern=r"^[^\x00-\x1f\x7f]+$", description="Name [text]")
    note: str = Field("", max_length=2000, description="What it is for [text]")
    run: Run = Field(default_factory=Run, description="Size and luck of every arm [settings]")
    replicates: int | None = quantity(
        None, "Replicates of every arm; run.replicates if not given", "runs", low=2, high=10_000
    )
    reference: int = quantity(750, "Score from which distance to the gate is counted", "points", low=350, high=951)
    claims: dict[str, Claim] = Field(
        min_length=1, max_length=MOST_CLAIMS, description="The claims by name [claim by name]"
    )


@dataclass(frozen=True)
class Trial:
    """Both arms of a claim: as the file has them (path empty), or with one setting at another value."""

    path: str
    value: Any
    arm: Scenario
    against: Scenario


@dataclass(frozen=True)
class ClaimsFile:
    """A checked file of claims. trials: of every claim by name, the first as the file has it; places: for later faults."""

    keys: ClaimsKeys
    trials: dict[str, tuple[Trial, ...]]
    places: Places

    @property
    def replicates(self) -> int:
        """Replicates of every arm."""
        return self.keys.replicates or self.keys.run.replicates

    def fault(self, path: Place, message: str) -> Fault:
        """A fault of the value at `path` of the file."""
        return fault_at(self.places, path, message)


def find_claims(given: str | Path) -> Path:
    """The file of claims meant: that path, or else the shipped one of that name, with or without its folder."""
    return find_in(FOLDER, given)


def is_claims(file: str | Path) -> bool:
    """Whether a file has claims, and so is no scenario (a file that cannot be read is none)."""
    try:
        return "claims" in read(find_claims(file), str(file)).data
    except ScenarioError:
        return False


def load_claims(given: str | Path, settings: Sequence[str] = ()) -> ClaimsFile:
    """The checked claims of a file (or shipped one), with `--set` style changes of the file's values on top.

    Raises ScenarioError with all faults of the file and of every arm of every claim.
    """
    path = find_claims(given)
    where = shown(path)
    document = read(path, where)
    places: Places = {(): (where, 0, 0)} | document.places
    data = apply_settings(document.data, places, settings)
    return _Maker(path, data, places).made()


class _Maker:
    """Works out the arms of one file, gathering faults on the way."""

    def __init__(self, path: Path, data: dict[str, Any], places: Places) -> None:
        self._path, self._data, self._places = path, data, places
        self._faults: list[Fault] = []

    def made(self) -> ClaimsFile:
        """The claims. Raises ScenarioError."""
        where = self._places[()][0]
        keys = self._gathered(lambda: Draft(self._data, self._places, where).checked(ClaimsKeys))
        trials = {} if keys is None else {name: tuple(self._trials(keys, name)) for name in keys.claims}
        if self._faults or keys is None:
            raise ScenarioError(sorted(dict.fromkeys(self._faults), key=lambda f: (f.where, f.line, f.path)))
        return ClaimsFile(keys, trials, self._places)

    def _gathered(self, work: Callable[[], Made]) -> Made | None:
        try:
            return work()
        except ScenarioError as error:
            self._faults += error.faults
            return None

    def _trials(self, keys: ClaimsKeys, name: str) -> Iterator[Trial]:
        """Both arms as they are, and at every value of every hinge."""
        claim = keys.claims[name]
        arm, against = (self._gathered(partial(self._draft, keys, name, side)) for side in ("arm", "against"))
        if arm is None or against is None:
            return
        for path, values in claim.hinges.items():
            if not 1 <= len(values) <= MOST_VALUES:
                message = f"{len(values)} values given; give 1 to {MOST_VALUES}"
                self._faults.append(fault_at(self._places, ("claims", name, "hinges", path), message))
        for path, value in [("", None), *((p, value) for p, values in claim.hinges.items() for value in values)]:
            owner = ("claims", name, "hinges", path) if path else ("claims", name)
            common = "" if path.startswith("policy.") else path
            changed = self._gathered(partial(self._checked, arm, path, value, owner))
            same = self._gathered(partial(self._checked, against, common, value, owner))
            if changed is not None and same is not None:
                yield Trial(path, value, changed, same)

    def _draft(self, keys: ClaimsKeys, name: str, side: str) -> Draft:
        """One arm, not yet checked. Raises ScenarioError."""
        owner = ("claims", name, side)
        given: dict[str, Any] = getattr(keys.claims[name], side)
        faults = [
            fault_at(self._places, (*owner, part), self._not_allowed(part))
            for part in given
            if part in OWN_PARTS or part not in (*Scenario.model_fields, "extends")
        ]
        if faults:
            raise ScenarioError(faults)
        at = fault_at(self._places, owner, "")
        below = Draft({}, {}, at.where)
        if "extends" in given:
            place = fault_at(self._places, (*owner, "extends"), "")
            file = related(self._path, given["extends"], (place.where, place.line, place.column), place.path)
            below = draft(file)
        patch = {part: value for part, value in given.items() if part != "extends"}
        inner = {place[3:]: at for place, at in self._places.items() if place[:3] == owner and len(place) > 3}
        size = keys.run.model_dump() | ({} if keys.claims[name].ticks is None else {"ticks": keys.claims[name].ticks})
        own = {"name": f"{name} ({side})", "note": "", "baseline": None, "run": size}
        return below.patched(patch, inner).patched(own, {})

    def _not_allowed(self, part: str) -> str:
        if part in OWN_PARTS:
            return "is the same for all arms; give it at the top of the file"
        return f"unknown key.{suggestion(part, [*Scenario.model_fields, 'extends'])}"

    def _checked(self, base: Draft, path: str, value: Any, owner: Place) -> Scenario:
        """An arm as a scenario, one setting at another value (path empty: none). Raises ScenarioError."""
        patch: Any = value
        for part in reversed(path.split(".")):
            patch = {part: patch}
        try:
            return (base.patched(patch, {}) if path else base).checked(Scenario)
        except ScenarioError as error:
            if not path:
                raise
            told = (f"{fault.path}: {fault.message} (at {brief(value)})" for fault in error.faults)
            raise ScenarioError([fault_at(self._places, owner, message) for message in told]) from None
