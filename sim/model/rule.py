"""The mark that makes a function a rule: pure, scalar, callable from Python and from compiled code alike.

A rule takes named numbers and returns a number (or a tuple of numbers). It holds no array, no generator and no I/O, so
that the readable engine can call it as it stands and the fast engine can compile the very same source.
"""

from collections.abc import Callable
from typing import Any, TypeVar

RuleT = TypeVar("RuleT", bound=Callable[..., Any])

RULES: list[Callable[..., Any]] = []
VECTOR_RULES: list[Callable[..., Any]] = []


def rule(function: RuleT) -> RuleT:
    """Mark `function` as a rule of the model and return it unchanged.

    Engines that compile read `RULES`; the model itself imports no compiler.
    """
    RULES.append(function)
    return function


def vector_rule(function: RuleT) -> RuleT:
    """Mark a rule without branches or calls to other libraries, which a compiler can work out for several users at once.

    Compiling engines place such a rule inside the loop that calls it; otherwise it is a rule like any other.
    """
    VECTOR_RULES.append(function)
    return function
