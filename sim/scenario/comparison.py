"""The file of a comparison: a scenario that all have in common, a baseline, policies and worlds by name, and what is judged.

A comparison file is a scenario file with more keys: what it extends and what it sets under `world`, `run` and the like holds for
all; `policies` and `worlds` are patches of that. Which arms follow from it is worked out in `sim/scenario/arms.py`.
"""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from sim.scenario.quantity import quantity
from sim.scenario.strict import Strict

POLICY_PARTS = ("policy", "rule", "mixture", "switches")
"""Parts of a scenario that a policy may change, and that it takes from the file it extends."""
WORLD_PARTS = ("world", "rule", "mixture", "switches")
"""Parts of a scenario that a world may change."""
ALL_WORLDS = "all worlds"
"""Name under which results over all worlds together are told, so that no world may have it."""
FIRST_STAGE = 20
"""Fewest replicates of the first stage where a width is wanted. With fewer the t quantile, and with it the number needed, grows fast,
and skewed differences are covered less often (see `tests/known/test_known_coverage.py`)."""
MOST_ARMS = 200
"""Most policies, and most worlds."""


class Amount(Strict):
    """A size: in the unit of a measure, or (relative) as a share of the baseline's mean."""

    value: float = Field(description="How much [unit of the measure, or share]")
    relative: bool = Field(False, description="Whether `value` is a share of the baseline's mean [yes/no]")

    def of(self, baseline: float) -> float:
        """The size in the unit of the measure, where the baseline's mean is `baseline`."""
        return self.value * abs(baseline) if self.relative else self.value

    def __str__(self) -> str:
        return f"{100 * self.value:g}%" if self.relative else f"{self.value:g}"


def _as_amount(given: Any) -> Any:
    if isinstance(given, Amount | dict):
        return given
    try:
        if isinstance(given, str) and given.rstrip().endswith("%"):
            amount = Amount(value=float(given.rstrip()[:-1]) / 100, relative=True)
        elif isinstance(given, bool) or not isinstance(given, int | float):
            raise ValueError
        else:
            amount = Amount(value=float(given))
    except ValueError:
        text = repr(given)[:40]
        raise ValueError(
            f"{text} is no size; give a number in the unit of the measure, or a share such as 1%"
        ) from None
    if amount.value < 0:
        raise ValueError(f"{given} is below zero; give a size of zero or more")
    return amount


def _above_zero(amount: Amount) -> Amount:
    if amount.value == 0:
        raise ValueError("zero is no width or margin; give a size above zero")
    return amount


AnySize = Annotated[Amount, BeforeValidator(_as_amount)]
Size = Annotated[AnySize, AfterValidator(_above_zero)]


class GroupName(Strict):
    """A group of users: a kind of group, and which of that kind."""

    kind: str = Field(description="Kind of group, such as income [kind]")
    group: str = Field(description="Group of that kind, such as lowest third [name]")


class Guardrail(Strict):
    """What no policy may do to a measure, in the whole population or in one group."""

    measure: str = Field(description="What is guarded [measure]")
    group: GroupName | None = Field(None, description="Of whom; of all users if not given [group]")
    may_rise_by: AnySize | None = Field(None, description="Most that it may rise over the baseline [size]")
    may_fall_by: AnySize | None = Field(None, description="Most that it may fall below the baseline [size]")

    @model_validator(mode="after")
    def _one_side(self) -> "Guardrail":
        if (self.may_rise_by is None) == (self.may_fall_by is None):
            raise ValueError("give one of may_rise_by and may_fall_by, such as may_rise_by: 1%")
        return self

    @property
    def limit(self) -> Amount:
        """The most that the measure may change."""
        limit = self.may_fall_by if self.may_rise_by is None else self.may_rise_by
        assert limit is not None  # one of the two is given
        return limit

    def __str__(self) -> str:
        who = "" if self.group is None else f" of {self.group.kind}: {self.group.group}"
        return f"{self.measure}{who} may {'fall' if self.may_rise_by is None else 'rise'} by {self.limit}"


def _names(given: dict[str, Any]) -> dict[str, Any]:
    for name in given:
        if len(name) > 40 or not name.isprintable():
            raise ValueError(f"{name[:40]!r} is no name; give at most 40 letters, digits and the like")
        if name == ALL_WORLDS:
            raise ValueError(f"{name!r} stands for the worlds together; give another name")
    return given


def _name_or_patch(given: Any) -> Any:
    if not isinstance(given, str | dict):
        raise ValueError(f"{given!r:.40} given; must be the name of a policy, a scenario file, or a mapping of changes")
    return given


Patches = Annotated[dict[str, Any], AfterValidator(_names)]


class ComparisonKeys(Strict):
    """The keys of a comparison file beside those of a scenario."""

    name: str = Field("unnamed", min_length=1, max_length=80, pattern=r"^[^\x00-\x1f\x7f]+$", description="Name [text]")
    note: str = Field("", max_length=2000, description="What it is for [text]")
    baseline: Annotated[Any, AfterValidator(_name_or_patch)] = Field(
        description="What the policies are compared with: one of them, a scenario file, or a patch [name, file or patch]"
    )
    policies: Patches = Field(
        min_length=1,
        max_length=MOST_ARMS,
        description="Policies by name: what each changes, or `extends` a scenario to take its policy [patch by name]",
    )
    worlds: Patches = Field(
        default_factory=lambda: {"as is": {}},
        min_length=1,
        max_length=MOST_ARMS,
        description="Worlds by name: what each changes of the world, its switches or how people choose [patch by name]",
    )
    replicates: int | None = quantity(
        None, "Replicates of every policy in every world; run.replicates if not given", "runs", low=1, high=10_000
    )
    primary: str = Field("visits", description="Measure that the verdict is about [measure]")
    measures: tuple[str, ...] | None = Field(
        None, strict=False, description="Other measures to tell of; all that there are if not given [measures]"
    )
    guardrails: tuple[Guardrail, ...] = Field(
        (), strict=False, max_length=50, description="What no policy may do [guardrails]"
    )
    margin: Size | None = Field(
        None, description="Largest difference in the primary measure that does not matter [size]"
    )
    correction: Literal["holm", "benjamini_hochberg", "none"] = Field(
        "holm", description="How p-values allow for there being many: holm, benjamini_hochberg or none [kind]"
    )
    reference: int = quantity(750, "Score from which distance to the gate is counted", "points", low=350, high=951)
    until_width: Size | None = Field(
        None, description="Width of the primary measure's 95% intervals at which replicates are enough [size]"
    )
    most_replicates: int = quantity(
        200, "Most replicates, however wide the intervals", "runs", low=FIRST_STAGE, high=10_000
    )
