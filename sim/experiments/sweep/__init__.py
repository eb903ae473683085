"""Sweeps: a scenario run at many points of a space of parameters, at each against its baseline on the same people and luck.

A sweep file is a scenario file with a few keys more:

    extends: ../gate_750.yaml
    name: threshold
    vary:
      policy.gate.threshold: {from: 600, to: 850, step: 10}
    replicates: 8

Under `vary` stand parameters by their path in the scenario, each with a list, a range ({from, to, step}, or {from, to, points},
or that with scale: log) or named patches ({name: {...}}); patches may also stand under a name of your own, then they change
whatever they name. `design` says which points: grid (every combination, the default), list (the k-th values together),
latin_hypercube or sobol (so many points spread over all ranges, {kind: sobol, points: 64, seed: 1}). `zip` lists groups of parameters that move together.

All points share their seeds, so that two points differ by their parameters alone, and the effect at each is a paired
difference: what `sim.run` finds for that scenario, to the bit.

    import sim
    s = sim.sweep("sweeps/threshold.yaml", users=5_000, replicates=4)
    s.frame()                              # a row per point and measure
    s.view("visits").sel(threshold=700)    # one effect, by its parameters

Without a file, `vary` and `design` are arguments, written as in one; arrays will do. So other programs' samples of points are
run all at once, on all processors, each with its paired effect:

    s = sim.sweep("gate_750.yaml", vary={"world.choice.noise": x, "world.choice.worth_median": y}, design={"kind": "list"})
    s.view("visits").values                # the effect at every point, in order

tests/outside drives the model with SALib that way, and with the EMA Workbench and Mesa's batch_run point by point.
"""
