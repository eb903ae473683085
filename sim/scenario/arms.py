"""The arms of a comparison: every policy in every world as a checked scenario, with all faults of the file told at once.

A later one of these layers lies over an earlier one: the scenario extended; the policy (with rule, mixture and switches) of the
scenario that a policy extends; what the comparison file sets for all; the policy's patch; the world's patch.
"""

from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from sim.scenario.comparison import POLICY_PARTS, WORLD_PARTS, ComparisonKeys
from sim.scenario.files import find_in, related, shown
from sim.scenario.load import Draft, draft
from sim.scenario.reader import Fault, Place, ScenarioError, read
from sim.scenario.schema import Scenario
from sim.scenario.settings import Places, apply_settings
from sim.scenario.words import brief, suggestion

Made = TypeVar("Made")
Check = Callable[[ComparisonKeys, Callable[[Place, str], Fault]], list[Fault]]
"""Faults of what is judged, each made of a place in the file and a message."""
BASELINE = "baseline"
"""Name of the baseline where it is a patch."""


@dataclass(frozen=True)
class Comparison:
    """A checked comparison file.

    keys: what is judged and how; baseline: name of the policy that the others are compared with; arms: the scenario of
    every policy (first) in every world (second), in the order of the file; places: of the file's values, for later faults;
    whole: the file with everything written into it that it extends, so that it needs no other.
    """

    keys: ComparisonKeys
    baseline: str
    arms: Mapping[tuple[str, str], Scenario]
    places: Places
    whole: Mapping[str, Any]

    @property
    def policies(self) -> tuple[str, ...]:
        """Names of the policies, the baseline first and the others in the order of the file."""
        return (self.baseline, *dict.fromkeys(policy for policy, _ in self.arms if policy != self.baseline))

    @property
    def worlds(self) -> tuple[str, ...]:
        """Names of the worlds, in the order of the file."""
        return tuple(dict.fromkeys(world for _, world in self.arms))

    def fault(self, path: Place, message: str) -> Fault:
        """A fault of the value at `path` of the file."""
        return fault_at(self.places, path, message)


@dataclass(frozen=True)
class _Patch:
    """Values of one policy or world, paths within the scenario. owner: where they stand in the file, `at` that place."""

    owner: Place
    at: tuple[str, int, int]
    data: dict[str, Any]
    places: Places
    below: Draft | None = None


def find_comparison(given: str | Path) -> Path:
    """The comparison file meant: that path, or else the shipped one of that name, with or without its folder."""
    return find_in("comparisons", given)


def load_comparison(given: str | Path, settings: Sequence[str] = (), check: Check | None = None) -> Comparison:
    """The checked comparison of a file (or shipped one), with `--set` style changes of the file's values on top.

    check: gives further faults of what is judged. Raises ScenarioError with all faults of the file and of every policy in every
    world that can be looked at in spite of the others.
    """
    path = find_comparison(given)
    where = shown(path)
    document = read(path, where)
    places: Places = {(): (where, 0, 0)} | document.places
    data = apply_settings(document.data, places, settings)
    return _Maker(path, data, places).made(check)


class _Maker:
    """Works out the arms of one file, gathering faults on the way."""

    def __init__(self, path: Path, data: dict[str, Any], places: Places) -> None:
        self._path, self._places = path, places
        self._own = {name: value for name, value in data.items() if name in ComparisonKeys.model_fields}
        self._common = {name: value for name, value in data.items() if name not in ComparisonKeys.model_fields}
        self._faults: list[Fault] = []

    def made(self, check: Check | None = None) -> Comparison:
        """The comparison. Raises ScenarioError."""
        keys = self._gathered(lambda: Draft(self._own, self._places, self._places[()][0]).checked(ComparisonKeys))
        if keys is not None and check is not None:
            self._faults += check(keys, self._fault)
        extended = self._gathered(self._extended)
        self._check_common()
        policies, worlds = self._patches("policies"), self._patches("worlds")
        baseline = self._gathered(lambda: self._baseline(policies))
        if extended is None:
            self._raise()
        assert extended is not None  # or a fault was raised
        arms = {}
        worlds = worlds or {"as is": self._patch({}, ("worlds", "as is"))}
        for policy, patch in policies.items():
            for world, around in worlds.items():
                arm = self._gathered(partial(self._arm, extended, patch, around))
                if arm is not None:
                    arms[policy, world] = arm.model_copy(update={"name": policy, "note": "", "baseline": None})
        self._raise()
        assert keys is not None  # or a fault was raised
        assert baseline is not None
        return Comparison(keys, baseline, arms, self._places, self._whole(extended, policies, worlds, baseline))

    def _whole(
        self, extended: Draft, policies: dict[str, _Patch], worlds: dict[str, _Patch], baseline: str
    ) -> dict[str, Any]:
        """The file with all that it extends written out: what a policy or world takes whole stands there whole."""
        common = self._common_parts()

        def taken(below: Draft | None, parts: tuple[str, ...], data: dict[str, Any]) -> dict[str, Any]:
            whole = _taken(extended, below, parts).patched(common, {}).patched(data, {}).data
            return {name: value for name, value in whole.items() if name in parts}

        by_policy = {name: taken(patch.below, POLICY_PARTS, patch.data) for name, patch in policies.items()}
        shared = {part: extended.patched(common, {}).data.get(part, {}) for part in ("world", "run")}
        by_world = {name: dict(patch.data) for name, patch in worlds.items()}
        if any(
            patch.below is not None for patch in worlds.values()
        ):  # which replaces what all share, so nothing is shared
            del shared["world"]
            for name, patch in worlds.items():
                by_world[name] |= taken(patch.below, ("world",), patch.data)
        return shared | self._own | {"baseline": baseline, "policies": by_policy, "worlds": by_world}

    def _gathered(self, work: Callable[[], Made]) -> Made | None:
        try:
            return work()
        except ScenarioError as error:
            self._faults += error.faults
            return None

    def _raise(self) -> None:
        if self._faults:
            raise ScenarioError(sorted(dict.fromkeys(self._faults), key=lambda f: (f.where, f.line, f.path)))

    def _fault(self, path: Place, message: str) -> Fault:
        return fault_at(self._places, path, message)

    def _check_common(self) -> None:
        """Faults of what the file sets for all: unknown keys, and a gate that would be everybody's."""
        for part in self._common:
            if part not in (*Scenario.model_fields, "extends"):
                allowed = [*ComparisonKeys.model_fields, "extends", *POLICY_PARTS, "world", "run"]
                self._faults.append(self._fault((part,), f"unknown key.{suggestion(part, allowed)}"))
        shared = self._common.get("policy")
        if isinstance(shared, dict) and "gate" in shared:
            message = "a gate here would be every policy's; give it under policies"
            self._faults.append(self._fault(("policy", "gate"), message))

    def _extended(self) -> Draft:
        """The scenario that the file extends; all defaults if it extends none."""
        if "extends" not in self._common:
            return Draft({}, {}, self._places[()][0])
        return draft(related(self._path, self._common["extends"], self._at(("extends",)), "extends"))

    def _at(self, path: Place) -> tuple[str, int, int]:
        fault = self._fault(path, "")
        return fault.where, fault.line, fault.column

    def _patches(self, kind: str) -> dict[str, _Patch]:
        given = self._own.get(kind)
        made = {}
        for name, value in given.items() if isinstance(given, dict) else ():
            patch = self._gathered(partial(self._patch, value, (kind, name)))
            if patch is not None:
                made[name] = patch
        return made

    def _patch(self, given: Any, owner: Place) -> _Patch:
        """The patch of a policy or world, with the scenario that it extends below it. Raises ScenarioError."""
        given = {} if given is None else given
        if not isinstance(given, dict):
            message = f"{brief(given)} given; must be a mapping, such as extends: ../gates/soft.yaml"
            raise ScenarioError([self._fault(owner, message)])
        is_world = owner[0] == "worlds"
        allowed = (*(WORLD_PARTS if is_world else POLICY_PARTS), "extends")
        faults = [
            self._fault((*owner, part), _not_allowed(part, allowed, is_world)) for part in given if part not in allowed
        ]
        below = None
        if "extends" in given:
            place = (*owner, "extends")
            try:
                below = draft(related(self._path, given["extends"], self._at(place), ".".join(place)))
            except ScenarioError as error:
                faults += error.faults
        if faults:
            raise ScenarioError(faults)
        inner = {place[len(owner) :]: at for place, at in self._places.items() if place[: len(owner)] == owner}
        data = {part: value for part, value in given.items() if part != "extends"}
        return _Patch(owner, self._at(owner), data, {place: at for place, at in inner.items() if place}, below)

    def _baseline(self, policies: dict[str, _Patch]) -> str:
        """The name of the baseline among the policies, to which it is added where it is a file or a patch."""
        given = self._own.get("baseline")
        if isinstance(given, dict):
            policies[BASELINE] = self._patch(given, ("baseline",))
            return BASELINE
        named = self._own.get("policies")
        if not isinstance(given, str) or not isinstance(named, dict) or given in named:
            return str(given)  # where this cannot be, the check of the keys tells
        if Path(given).suffix not in (".yaml", ".yml"):
            message = f"{brief(given)} is not one of the policies, nor a file.{suggestion(given, policies)}"
            raise ScenarioError([self._fault(("baseline",), message)])
        at = self._at(("baseline",))
        file = related(self._path, given, at, "baseline")
        if file.stem in policies:
            raise ScenarioError(
                [self._fault(("baseline",), f"there is a policy named {file.stem}; give that name, or rename it")]
            )
        policies[file.stem] = _Patch(("baseline",), at, {}, {}, draft(file))
        return file.stem

    def _arm(self, extended: Draft, policy: _Patch, world: _Patch) -> Scenario:
        """The scenario of one policy in one world; faults are told by their place and path in the comparison file."""
        made = _taken(_taken(extended, policy.below, POLICY_PARTS), world.below, ("world",))
        places = {place: at for place, at in self._places.items() if place and place[0] in self._common}
        made = made.patched(self._common_parts(), places)
        for layer in (policy, world):
            made = made.patched(layer.data, layer.places)
        try:
            return made.checked(Scenario)
        except ScenarioError as error:
            raise ScenarioError(
                [_told(fault, set(made.places.values()), policy, world) for fault in error.faults]
            ) from None

    def _common_parts(self) -> dict[str, Any]:
        return {name: value for name, value in self._common.items() if name in Scenario.model_fields}


def fault_at(places: Places, path: Place, message: str) -> Fault:
    """A fault of the value at `path`, told by its place or that of the nearest value around it."""
    known = path
    while known not in places:
        known = known[:-1]
    return Fault(*places[known], ".".join(path), message)


def _not_allowed(part: str, allowed: Sequence[str], is_world: bool) -> str:
    """Why a key may not stand in the patch of a policy or world."""
    if part not in Scenario.model_fields:
        return f"unknown key.{suggestion(part, allowed)}"
    if part in ("policy", "world"):
        return f"a {'world' if is_world else 'policy'} does not change the {part}; give it under {'policies' if is_world else 'worlds'}"
    return "is the same for all; give it at the top of the file"


def _taken(base: Draft, given: Draft | None, parts: tuple[str, ...]) -> Draft:
    """`base` with some parts replaced by those of another scenario."""
    if given is None:
        return base
    data = {name: value for name, value in base.data.items() if name not in parts}
    places = {place: at for place, at in base.places.items() if not place or place[0] not in parts}
    data |= {name: value for name, value in given.data.items() if name in parts}
    places |= {place: at for place, at in given.places.items() if place and place[0] in parts}
    return Draft(data, places, base.where)


def _told(fault: Fault, known: Container[tuple[str, int, int]], policy: _Patch, world: _Patch) -> Fault:
    """A fault of an arm as one of the comparison file: what a patch holds is told by its path there, the rest by the policy."""
    place = (fault.where, fault.line, fault.column)
    for patch in (world, policy):
        if place in patch.places.values():
            return Fault(*place, ".".join((*patch.owner, fault.path)), fault.message)
    if fault.path and place in known:
        return fault
    both = f"{fault.path}: " if fault.path else ""
    return Fault(*policy.at, ".".join(policy.owner), f"{both}{fault.message} (in world {world.owner[-1]})")
