"""A price: admission is bought, once, by those to whom it is worth that much and who have the cash."""

from typing import Literal

from pydantic import Field

from sim.model.rule import rule
from sim.scenario.gate import Four, GateSettings
from sim.scenario.quantity import quantity


@rule
def admission_price(score, starting_score, day, invited, offer, cutoff, tie, a, b, c, d):
    """Admitted for an offer of `a` fen or more."""
    return 1.0 if offer >= a else 0.0


class Price(GateSettings):
    """Admission for money, the score ignored."""

    admission = staticmethod(admission_price)
    kind: Literal["price"] = Field("price", description="Kind of gate [kind]")
    price: float = quantity(100.0, "What admission costs, paid once", "CNY", low=0, high=10_000_000)

    def fee(self) -> float:
        """The price (CNY)."""
        return self.price

    def numbers(self) -> Four:
        """a: the price (fen)."""
        return (float(round(self.price * 100.0)), 0.0, 0.0, 0.0)
