"""The score that a gate asks of a user, whatever its kind: what distance, crossing and bunching are counted from."""

import numpy as np
from numpy.typing import NDArray

from sim.engines.columns import Columns
from sim.model.gates.ranking import NOBODY, last_place
from sim.model.score import HIGHEST, LOWEST
from sim.scenario.gate import GateSettings
from sim.scenario.schema import Scenario

REFERENCE_SCORE = 750
"""Score from which distance is counted where a gate names none that is the same for all."""


def goal_of(gate: GateSettings, starting_score: int, last: tuple[float, float] = (NOBODY, 0.0)) -> int:
    """Lowest published score (points) that opens all that a gate covers, on its first day, with half the chance of the highest.

    starting_score: the user's own of day 0; last: score of the last place and the luck that has it, at a gate that ranks. 951
    if no score does. As `goal_score` of a review, a bisection: chances do not fall as the score rises.
    """
    numbers = gate.levels()[-1].numbers

    def chance(score: int) -> float:
        return float(gate.admission(float(score), float(starting_score), 0.0, 0.0, 0.0, *last, *numbers))

    half = 0.5 * chance(HIGHEST)
    if half <= 0.0:
        return HIGHEST + 1
    below, goal = LOWEST - 1, HIGHEST
    while goal - below > 1:
        middle = (below + goal) // 2
        below, goal = (below, middle) if chance(middle) >= half else (middle, goal)
    return goal


def _asks_for_one(scenario: Scenario) -> bool:
    """Whether the gate asks the same score of everybody, whoever else there is."""
    gate = scenario.policy.gate
    ranks = gate.places(scenario.run.users) is not None
    return gate.rewards_score and not ranks and goal_of(gate, LOWEST) == goal_of(gate, HIGHEST)


def reference_score(scenario: Scenario) -> int:
    """The one score (points) that distance is counted from: what the gate asks of everybody, or 750 if it asks no such thing."""
    return goal_of(scenario.policy.gate, LOWEST) if _asks_for_one(scenario) else REFERENCE_SCORE


def goals_of(scenario: Scenario, columns: Columns, seed: int) -> NDArray[np.int64]:
    """What the gate asks of each user (points), shape (users,): 750 at one that does not ask for a score; at one that ranks the
    score of the last place on day 0.

    columns: the users on day 0; seed: of the run's luck.
    """
    gate, places = scenario.policy.gate, scenario.policy.gate.places(columns.users)
    if not gate.rewards_score:
        return np.full(columns.users, REFERENCE_SCORE, np.int64)
    last = (NOBODY, 0.0) if places is None else last_place(seed, columns["id"], columns["score"], places)
    starts, which = np.unique(columns["starting_score"], return_inverse=True)
    return np.array([goal_of(gate, int(start), last) for start in starts.tolist()], np.int64)[which]


def goal_sentence(scenario: Scenario) -> str:
    """What is meant by the gate's score, in a sentence with a blank before it."""
    gate = scenario.policy.gate
    if not gate.rewards_score:
        return f" This gate asks for no score: reaching it, bunching and being just below are counted at {REFERENCE_SCORE}, for comparison."
    if gate.places(scenario.run.users) is not None:
        return " The gate's score is taken to be that of the last place on day 0."
    if not _asks_for_one(scenario):
        return (
            " The gate's score is each user's own: what it asks on its first day of one who started there. Where all start as far "
            "from it, no smooth histogram says how many to expect: read bunching_paired, not bunching."
        )
    return f" The gate's score is {reference_score(scenario)}."
