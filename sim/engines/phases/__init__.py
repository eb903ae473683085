"""The compiled phases of a tick: each a loop over the users low to high (excluded), calling the rules of the model.

Every phase has the same shape, `phase(desk, p, today, low, high)`: see `sim.engines.memory`. Sub-score arithmetic is in
double precision; columns are stored in single. Loops are short and over few arrays each, so that the compiler can rule out
overlap and work out several users at once; where a phase concerns few users, their places are listed first without a
branch, which no processor could foresee.
"""

import importlib
import pkgutil


def load_all() -> None:
    """Import every module of phases, so that each phase is marked."""
    for module in pkgutil.iter_modules(__path__, f"{__name__}."):
        importlib.import_module(module.name)
