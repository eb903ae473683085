"""What a kept cell is a cell of: enough to run it again."""

import json
import zlib
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Origin:
    """Where an outcome comes from.

    scenario: resolved, as plain values; seed: of the cell; reference: score that distances count from; users: how many
    users were kept whole; code: hash of the code that decided the result.
    """

    scenario: dict[str, Any]
    seed: int
    reference: int
    users: int
    code: str

    @property
    def name(self) -> str:
        """Name of the scenario."""
        return str(self.scenario.get("name", ""))


def as_text(scenario: dict[str, Any]) -> bytes:
    """A resolved scenario as text."""
    return json.dumps(scenario, ensure_ascii=False).encode()


def squeezed(text: bytes, base: bytes) -> bytes:
    """A text as what differs from another: cells of a sweep differ in a value or two, and some hundred bytes say it."""
    squeeze = zlib.compressobj(6, zdict=base)
    return squeeze.compress(text) + squeeze.flush()


def expanded(content: bytes, base: bytes) -> dict[str, Any]:
    """The resolved scenario that was squeezed against `base`."""
    data: dict[str, Any] = json.loads(zlib.decompressobj(zdict=base).decompress(content))
    return data
