"""What was worked out of the last few objects, found again by the very object, whatever it costs to compare or hash it."""

from collections import OrderedDict
from collections.abc import Callable
from threading import Lock
from typing import Generic, TypeVar

GivenT = TypeVar("GivenT")
MadeT = TypeVar("MadeT")


class Recent(Generic[GivenT, MadeT]):
    """Calls `make` once for an object and gives what it made as long as the object is among the last `most` asked for.

    The object is held meanwhile, so that its identity belongs to nothing else. For objects that never change.
    """

    def __init__(self, make: Callable[[GivenT], MadeT], most: int) -> None:
        self._make, self._most = make, most
        self._found: OrderedDict[int, tuple[GivenT, MadeT]] = OrderedDict()
        self._lock = Lock()

    def __call__(self, given: GivenT) -> MadeT:
        """What was made of `given`."""
        with self._lock:
            if id(given) in self._found:
                self._found.move_to_end(id(given))
                return self._found[id(given)][1]
        made = self._make(given)
        with self._lock:
            self._found[id(given)] = (given, made)
            while len(self._found) > self._most:
                self._found.popitem(last=False)
        return made
