"""The whole scenario: world, policy, switches and run, with the rules that cross them."""

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from sim.model.clock import TICKS_PER_DAY, between_ticks, tick_of
from sim.scenario.choice import MOST_RULES, DecisionRuleName, Named, Share, as_shares
from sim.scenario.moment import LAST_DAY
from sim.scenario.policy import Policy
from sim.scenario.quantity import quantity
from sim.scenario.strict import BrokenRules, Strict
from sim.scenario.world import World

FORMAT = 1


class Switches(Strict):
    """Each mechanism alone can be turned off."""

    score: bool = Field(True, description="off: scores stay as first published, whatever anybody does [on/off]")
    gate: bool = Field(True, description="off: the circle is open to all [on/off]")
    awareness: bool = Field(True, description="off: everybody knows from the day of the announcement [on/off]")
    choice: bool = Field(True, description="off: nobody plans; everybody rests [on/off]")
    circle: bool = Field(
        True, description="off: nobody visits, posts or reacts; a gate then guards only its perks [on/off]"
    )
    feed: bool = Field(
        True,
        description="off: visits to the circle count for nothing (no visit, no habit, nothing taken from the rival), while the circle and its worth stay as they are [on/off]",
    )
    habit: bool = Field(True, description="off: today's visits do not move tomorrow's [on/off]")
    attention: bool = Field(True, description="off: the circle takes nothing from the rival [on/off]")
    coverage: bool = Field(True, description="off: everybody has a central-bank file [on/off]")
    credit_line: bool = Field(
        False, description="on: the platform's credit line has limits by payment flow, arrears and default [on/off]"
    )
    lenders: bool = Field(False, description="on: users short of cash go to several lenders [on/off]")
    market: bool = Field(
        False, description="on: the demand for loans grows with the market of 2011-2019, by the date [on/off]"
    )
    incentive: bool = Field(True, description="off: no red packets are given [on/off]")
    bureau: bool = Field(
        False,
        description="on: the bureau learns a score from the outcomes that lenders report, quarter by quarter [on/off]",
    )
    merchants: bool = Field(
        False,
        description="on: merchants join the better the score tells and the more users carry it, and a high score's perks are worth more [on/off]",
    )

    @property
    def finance(self) -> bool:
        """Whether credit is a business at all: then income can be lost, and the month has paydays."""
        return self.credit_line or self.lenders


class Run(Strict):
    """Size and luck of a run."""

    users: int = quantity(100_000, "How many people are simulated", "users", low=1, high=20_000_000)
    ticks: int = quantity(
        180, "Length of the run, in ticks: days, or hours where `tick` is hour", "ticks", low=1, high=32_760
    )
    tick: Literal["day", "hour"] = Field(
        "day",
        description="Length of a tick: day or hour [kind]",
        json_schema_extra={"unit": "kind", "source": "model: a day; an hour for the four days of 2016", "grade": "-"},
    )
    seed: int = quantity(
        20161124, "Seed of the first replicate; the others count up from it", "number", low=0, high=2**63 - 1
    )
    replicates: int = quantity(3, "Replicates, each with its own people and luck", "runs", low=1, high=10_000)

    @model_validator(mode="after")
    def _not_too_long(self) -> "Run":
        if self.tick == "day" and self.ticks > LAST_DAY:
            raise ValueError(f"{self.ticks} ticks of a day are too many; give at most {LAST_DAY}")
        return self


class Scenario(Strict):
    """A scenario file after `extends` and `--set`: everything a run needs."""

    format: Literal[1] = Field(1, description="Version of the scenario format [number]")
    name: str = Field("unnamed", min_length=1, max_length=80, pattern=r"^[^\x00-\x1f\x7f]+$", description="Name [text]")
    note: str = Field("", max_length=2000, description="What it is for [text]")
    baseline: str | None = Field(
        None, max_length=300, description="Scenario file that this one is compared with [file]"
    )
    rule: DecisionRuleName = Field(
        "forward_looking",
        description="How responsive users choose a plan [kind]",
        json_schema_extra={"unit": "kind", "source": "model: choice", "grade": "-"},
    )
    mixture: Annotated[dict[DecisionRuleName, Share], AfterValidator(as_shares)] = Field(
        default_factory=Named,
        max_length=MOST_RULES - 1,
        description="Share of users by other rule of choice, such as {none: 0.2}; the rest follow `rule` [share by kind]",
        json_schema_extra={"unit": "share by kind", "source": "assumption", "grade": "-"},
    )
    world: World = World()
    policy: Policy = Field(default_factory=Policy)  # made when asked for: its gate is a class of the model's
    switches: Switches = Switches()
    run: Run = Run()

    @property
    def gives_packets(self) -> bool:
        """Whether the platform gives red packets."""
        return self.switches.incentive and self.policy.incentive.kind == "red_packet"

    @property
    def circles(self) -> int:
        """Number of circles side by side."""
        return len(self.world.population.poster_groups) or 1 if self.world.circle.feeds == "each" else 1

    @model_validator(mode="after")
    def _across(self) -> "Scenario":
        if broken := list(self._broken()):
            raise BrokenRules(broken)
        return self

    def _broken(self) -> Iterator[str]:
        """What each broken rule says, of those that cross the parts of a scenario."""
        if self.policy.gate.rewards_score and not self.switches.circle and self.world.choice.perk_worth == 0:
            yield (
                "a gate on a score with no circle and no perks guards nothing; set switches.circle to true or policy.gate.kind to none"
            )
        if self.switches.market and not self.switches.lenders:
            yield (
                "switches.market scales the demand for loans, and nobody lends; set switches.lenders to true or switches.market to false"
            )
        groups = self.world.population.poster_groups
        strangers = [name for name in self.policy.circle.openings if name not in groups]
        if strangers:
            yield (
                f"policy.circle.openings: {', '.join(strangers)} is no posting group; "
                f"name one of world.population.poster_groups ({', '.join(groups) or 'which has none'})"
            )
        if self.switches.bureau and not self.switches.finance:
            yield (
                "switches.bureau is on, but nobody reports outcomes; set switches.lenders or switches.credit_line to true"
            )
        yield from self._broken_days()
        if self.world.contacts.kind == "complete" and self.run.users > 5000:
            yield (
                f"contacts of kind complete link everybody to everybody: {self.run.users} users are too many; use at most 5000 or kind groups"
            )

    def _days(self) -> dict[str, float]:
        """Every day that the policy names, by the path of its field."""
        gate, circle = self.policy.gate, self.policy.circle
        days = {f"policy.gate.{name}": getattr(gate, name) for name in ("announced", "start", "end", "dropped")}
        days |= {f"policy.circle.{name}": getattr(circle, name) for name in ("opens", "closes", "dissolved")}
        days |= {f"policy.circle.openings.{name}": day for name, day in circle.openings.items()}
        days["policy.campaign.days"] = self.policy.campaign.days
        return {path: day for path, day in days.items() if day is not None}

    def _broken_days(self) -> Iterator[str]:
        """Days must fall on ticks; if all do, what follows one another must not fall on the same (the first that does is told)."""
        per_day, days = TICKS_PER_DAY[self.run.tick], self._days()
        parts = [f"{path} {day:g}" for path, day in days.items() if between_ticks(day, per_day)]
        if parts:
            yield (f"{', '.join(parts)}: part of a day, but a tick is a day; give whole days, or set run.tick to hour")
            return
        circle, gate = self.policy.circle, self.policy.gate
        opens, start = circle.opens, circle.opens if gate.start is None else gate.start
        for path, first in (
            ("policy.circle.closes", opens),
            ("policy.circle.dissolved", opens),
            ("policy.gate.end", start),
            ("policy.gate.dropped", start),
        ):
            if path in days and tick_of(days[path], per_day) <= tick_of(first, per_day):
                yield f"{path}: day {days[path]:g} falls on the same hour as its start; give a later day"
                return
