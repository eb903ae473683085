"""The readable engine: a Mesa model, one agent per user, the rules called as plain Python.

Use it as any Mesa model: `GateModel(threshold=700).step()`, `mesa.batch_run(GateModel, {...})`, `model.datacollector`,
`model.agents`. It is slow and exists to be read, extended and compared: it agrees with the fast engine to the last bit.
"""

from sim.engines.readable.engine import ReadableEngine, users_of
from sim.engines.readable.model import GateModel
from sim.engines.readable.user import User

__all__ = ["GateModel", "ReadableEngine", "User", "users_of"]
