"""Optimise: which policy has most of what is wanted, under guardrails, and is that true or luck?

    extends: ../open_circle.yaml
    name: gate
    baseline: open_circle.yaml
    families:                                # policies of one kind each, and what is searched of them
      threshold:
        policy: {gate: {kind: threshold}}
        vary: {policy.gate.threshold: {from: 550, to: 800}}
      stretch:
        policy: {gate: {kind: stretch}}
        vary: {policy.gate.points: {from: 5, to: 100}}
    worlds: {as is: {}, eager: {world: {population: {responsive_share: 0.5}}}}
    objectives:
      - {measure: visits}
      - {measure: debt, group: {kind: income, group: lowest third}}
    guardrails: [{measure: missed_bills, may_rise_by: 1%}]
    search: {trials: 120, replicates: 4, contenders: 16, finalists: 4, confirm: 24}

A policy's *gain* in an objective is its paired difference against the baseline, on the same people and luck, in the wanted
direction: more is better. What counts of several worlds is their mean gain, or that of the worst. Guardrails count in every
world; in the search a policy keeps one if its mean excess over the limit is not above zero.

1. *Trials*. optuna is asked for policies a batch at a time, and told what they gained, all on the same few seeds. Its sampler
   is the multi-objective tree-structured Parzen estimator with constraints (Bergstra et al. 2011; Ozaki et al. 2022), with a
   space for every family. NSGA-II is not used: optuna's evolves only what all families have in common.
2. *Contenders*. The best trials go on in rounds of sequential halving (Karnin, Koren & Somekh 2013): every round doubles the
   seeds, the earlier ones included, and keeps the better half, until the finalists are left. So close contenders get the most
   seeds. Best first means: fewest guardrails broken, then the fronts of non-dominated policies, then the least crowded.
3. *Confirmation*. Finalists are run again on seeds that the search never saw. What the search said of a policy less what these
   say is the *winner's curse* (Thaler 1988): picking the largest of many noisy figures picks noise too. It has a Welch interval,
   and only the confirmed gain should be quoted. Guardrails are judged on the fresh seeds by their intervals.
4. *Regret* (Savage 1951): in every world how much less a finalist gains in the first objective than the best finalist does, or
   doing nothing. The policy whose largest regret is least is told.

**Stopped work goes on** where it was: what is asked depends only on `search.seed` and on what was told, and what was told is
in the finished cells. The same command asks the same again, finds its cells, and ends with the same result to the bit, as if
it had never been stopped. No second store of trials is needed that could disagree with the first.

A policy that the scenario does not allow (dates out of order), or one with a failed cell, is a row with its reason; optuna is
told that it failed.
"""
