"""The search: trials asked of optuna, contenders halved, finalists confirmed on fresh seeds. It knows no model."""

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.experiments.optimise.space import Candidate, Space, ask
from sim.experiments.optimise.standing import Measured, best_first, counting, excesses
from sim.results.store import ResultError
from sim.scenario.optimise import SearchKeys

Respond = Callable[[Sequence[Candidate], range], Measured]
"""Outcomes of policies on the seeds of these numbers."""
FRESH = 1_000_000
"""Number of the first seed of the confirmation; the search uses those from 0."""
Stage = Callable[[str], None]


@dataclass(frozen=True)
class Round:
    """One round of halving: the policies in it, and their outcomes on all seeds so far. kept: how many go on."""

    candidates: tuple[Candidate, ...]
    measured: Measured
    kept: int

    @property
    def seeds(self) -> int:
        """Seeds that every policy of the round has had."""
        return int(self.measured.gains.shape[3])


@dataclass(frozen=True)
class Found:
    """All that a search found. trials: every policy tried once, with its outcomes; rounds: of halving; finalists: as the search
    left them, best first; confirmed: the same policies on fresh seeds."""

    trials: tuple[Candidate, ...]
    tried: Measured
    rounds: tuple[Round, ...]
    finalists: tuple[Candidate, ...]
    estimated: Measured
    confirmed: Measured


def need_optuna() -> None:
    """Raises ResultError where optuna is not installed."""
    from importlib.util import find_spec

    if find_spec("optuna") is None:
        raise ResultError("optimise needs optuna: pip install 'scoregate[optimise]'")


def search(
    space: Space, respond: Respond, keys: SearchKeys, objectives: int, guardrails: int, stage: Stage | None = None
) -> Found:
    """Search, narrow down and confirm. Raises ResultError where optuna is missing or no policy can be run."""
    need_optuna()
    tell = stage or (lambda _: None)
    trials, tried = _trials(space, respond, keys, objectives, guardrails, tell)
    order = best_first(tried, keys.over_worlds)[: keys.contenders]
    if not order:
        raise ResultError(
            f"none of the {len(trials)} policies tried could be run: {next(iter(tried.reasons.values()))}"
        )
    candidates, measured = [trials[k] for k in order], tried.of(order)
    rounds = []
    while len(candidates) > keys.finalists:
        seeds = measured.gains.shape[3]
        tell(f"{len(candidates)} contenders on {2 * seeds} seeds")
        measured = measured.joined(respond(candidates, range(seeds, 2 * seeds)))
        order = best_first(measured, keys.over_worlds)
        kept = order[: max(keys.finalists, (len(candidates) + 1) // 2)]
        if not kept:
            raise ResultError(f"none of the contenders could be run: {next(iter(measured.reasons.values()))}")
        rounds.append(Round(tuple(candidates), measured, len(kept)))
        candidates, measured = [candidates[k] for k in kept], measured.of(kept)
    tell(f"{len(candidates)} finalists on {keys.confirm} fresh seeds")
    confirmed = respond(candidates, range(FRESH, FRESH + keys.confirm))
    return Found(tuple(trials), tried, tuple(rounds), tuple(candidates), measured, confirmed)


def _trials(
    space: Space, respond: Respond, keys: SearchKeys, objectives: int, guardrails: int, tell: Stage
) -> tuple[list[Candidate], Measured]:
    """The policies tried, each once, and their outcomes."""
    study = _study(keys, objectives, guardrails)
    places: dict[Candidate, int] = {}
    parts: list[Measured] = []
    asked = 0
    while asked < keys.trials:
        batch = [study.ask() for _ in range(min(keys.batch, keys.trials - asked))]
        asked += len(batch)
        wanted = [ask(trial, space) for trial in batch]
        new = [candidate for candidate in dict.fromkeys(wanted) if candidate not in places]
        if new:
            tell(f"trials {asked - len(batch) + 1} to {asked} of {keys.trials}")
            first = len(places)
            found = respond(new, range(keys.replicates))
            parts.append(Measured(found.gains, found.excess, {first + k: why for k, why in found.reasons.items()}))
            places |= {candidate: first + k for k, candidate in enumerate(new)}
        tried = _together(parts)
        for trial, candidate in zip(batch, wanted, strict=True):
            _tell(study, trial, tried.of([places[candidate]]), keys.over_worlds)
    return list(places), tried


def _together(parts: list[Measured]) -> Measured:
    reasons = {place: why for part in parts for place, why in part.reasons.items()}
    return Measured(
        np.concatenate([part.gains for part in parts]), np.concatenate([part.excess for part in parts]), reasons
    )


def _study(keys: SearchKeys, objectives: int, guardrails: int) -> Any:
    """An optuna study that asks for the same policies whenever it is told the same."""
    import optuna

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # optuna calls spaces by family experimental
        sampler = optuna.samplers.TPESampler(
            seed=keys.seed,
            n_startup_trials=keys.startup,
            multivariate=True,
            group=True,
            constant_liar=True,
            constraints_func=(lambda trial: trial.user_attrs["excess"]) if guardrails else None,
        )
    return optuna.create_study(sampler=sampler, directions=["maximize"] * objectives)


def _tell(study: Any, trial: Any, measured: Measured, over_worlds: str) -> None:
    """Tell optuna what one policy gained, or that it could not be run."""
    from optuna.trial import TrialState

    values = counting(measured.gains, over_worlds).mean(axis=2)[0]
    excess = excesses(measured)[0]
    if np.isnan(values).any() or np.isnan(excess).any():
        trial.set_user_attr("excess", [1.0] * excess.size)
        study.tell(trial, state=TrialState.FAIL)
        return
    trial.set_user_attr("excess", excess.tolist())
    study.tell(trial, values.tolist())
