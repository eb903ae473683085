"""Sensitivity: on which assumptions does an effect hang, and how much of its variation is luck?

A sensitivity file is a scenario file with `vary`, as in a sweep, and `sensitivity`:

    extends: ../gate_750.yaml
    name: world
    vary:
      world.population.responsive_share: {from: 0.05, to: 0.3}
      rule: [forward_looking, goal_gradient, myopic]
    sensitivity: {trajectories: 10, keep: 8, rows: 128}

The output is the paired difference of the primary measure against the baseline on the same seeds (the level itself where the
scenario names no baseline). Two designs, both SALib's, each in blocks:

1. *Screening* (Morris 1991; Campolongo, Cariboni & Saltelli 2007). A block is a trajectory: every input moves once, by two
   thirds of its range. mu* is the mean size of these moves' effects over the whole range, sigma their spread, which is large
   where an input acts through others. The `keep` inputs of largest mu* go on; the others stay as the scenario has them, so
   that the indices are shares of the variance that the kept ones make. What leaves the output the same to the bit has mu* = 0.
   Where a move turns the sign of the output it is that input's doing alone; how many do, and which way, is told by input. With a
   few trajectories that is a list of cases, not a ranking.
2. *Indices* (Sobol 1993; estimators of Saltelli et al. 2010 and Jansen 1999). A block is a row of both matrices A and B with
   all their mixtures. The first-order index is the share of the variance that an input carries alone; the total index adds all
   it carries together with others.

**The seed is an input like the others.** Every block has two seeds of its own, one where A has its seed and one where B has
its. So its total index is the share of the variance that is luck, alone or together with the inputs, and it has its own row.
With `replicates` above 1 the output is a mean over as many seeds, and that row the share left in the mean.

**Names** (rules, kinds, switches) are inputs too. In the indices each is as likely as another. In the screening a move always goes to
another name, but its grid has four levels: of three names the last is there twice as often, and of five or more some are left out.

**Failed cells.** Both estimators need whole blocks, so a block with a failed cell is left out whole and counted. Nothing is
made up in its place: a failure may say something of its corner of the space, and any filling would be a guess about it. Where
fewer than `least` of the blocks are left there is no answer.

**Intervals** are 95% bootstrap percentiles over blocks; that of mu* is SALib's, by the bootstrap's standard error.

A study that was stopped goes on from the finished cells: designs are fixed by `sensitivity.seed`.
"""
