"""Mechanism 2, gates. One shape: a rule that gives the chance that a user is admitted.

    admission(score, starting_score, day, invited, offer, cutoff, tie, a, b, c, d) -> 0 to 1

score, starting_score: published now (or believed for later) and on day 0 (points); day: days since the gate's first day;
invited: 1 if a contact has invited the user, else 0; offer: what the user would and could pay to be admitted now (fen; 0 at
a gate that does not sell, and when a plan is weighed); cutoff, tie: score of the last place at a gate that ranks, and the
standing luck below which users of that very score have a place; a, b, c, d: numbers of the gate, or of one of its levels.
A user is admitted whose standing luck (even on 0 to 1, drawn once per user) is below the chance.

A kind of gate is one file: its settings (a frozen class, `sim.scenario.gate.GateSettings`) and its rule. Engines receive the
rule and the numbers of its levels; they know no kind by name. `registry.py` lists where the kinds lie.
"""

from sim.model.gates.registry import find_gate, gate_kinds, register_gate

__all__ = ["find_gate", "gate_kinds", "register_gate"]
