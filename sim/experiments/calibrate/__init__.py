"""Calibrate: which values of some parameters make the model come near what was observed, and which the observations leave open?

    extends: open_circle.yaml
    name: mine
    fit:                                       # numbers of the world, and where they are looked for
      world.population.visits_median: {from: 0.5, to: 3, scale: log}
      world.awareness.campaign_rate: {from: 0.005, to: 0.2, scale: log}
    targets:
      - {measure: visits, value: 1.8, error: 0.02}                 # a measure of the run, and its standard error or tolerance
      - {measure: knowing, day: 20, value: 0.2, error: 0.02}       # the same on one day
      - {measure: viewers, curve: viewers.csv, of: 450}            # day (or date), value, error; counts of so many users
      - {scores: histogram.csv}                                    # score (lower edge of a bin), users
    held_out:                                  # not fitted: a test of the model
      - {measure: visits_circle, value: 0.1, error: 0.02}
    calibrate: {method: smm, replicates: 8}

1. *Fit*. By simulated moments (`moments_fit`): all points on the same seeds, a Sobol sequence over the ranges, then least
   squares from its best points. Or a posterior by ABC-SMC (`posterior`, pyABC) with `method: abc`, for a handful of parameters.
2. *What is known* (`identification`). Intervals from the slopes of the moments: errors of the targets and luck of the
   simulations both count. Directions in which the targets say no more than the ranges did are flat, and parameters that lie along them are
   named as not identified; their interval is their range.
3. *Fit per target*, on seeds that the fit never saw: the gap in standard errors. A held-out target's error includes what the
   parameters' own uncertainty brings.

What an interval says: how far the parameter can be off *if the model is right*. Targets that no values meet are the sign that it is not.

**Stopped work goes on** where it was: what is run depends only on the file and on what was found, and finished cells are kept. The
same command asks for the same cells again, finds them, and ends with the same result.

The fitted scenario extends base.yaml. A parameter that is not identified stands there at a value like any other of its range, which the
comment above it says.
"""
