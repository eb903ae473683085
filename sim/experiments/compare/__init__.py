"""Comparisons: several policies in several worlds on the same people and luck, and what can be said of them.

**Difference.** A policy's effect is its value less the baseline's on the same seed, replicate by replicate; its 95% interval is
Student's t over replicates. Beside it stands the BCa bootstrap interval of the same differences (Efron 1987), at the level at which
a bootstrap is as wide as Student's t for so few replicates (Hesterberg 2015); where the two part, the differences are
skewed and replicates too few. A cell that failed takes its pair with it.

**Many at once.** The p-values of one measure over all policies and worlds are one family, and the policies over all worlds together
another; `correction` makes them hold family-wise (holm), for the share of false discoveries (benjamini_hochberg), or not at all
(none). Only the primary measure is a test planned beforehand; of the other measures and of groups each stands alone, and one
in twenty will look different by luck.

**Verdicts**, at 5% after correction, the first that holds:

- *equivalent*: two one-sided tests (Schuirmann 1987) place the difference within the margin, or it is exactly zero in every replicate.
  A difference can be certain and equivalent: certainly too small to matter. Without a margin only exactly zero is equivalent.
- *better*, *worse*: the t test of no difference is rejected; which of the two says the measure's good direction. A measure that has
  none is *higher* or *lower*.
- *undecided*: neither; more replicates may tell.

**Guardrails** are judged by the 95% interval, each alone: *kept* if it lies within the limit, *broken* if it lies beyond, otherwise
*undecided*.

**Choosing.** The probability of being best is the chance that the policy's mean is the best of all, with means drawn from the multivariate t
distribution that the replicates leave (ties are shared): a statement about luck in the replicates, not about which world is true. Regret is what a policy's
mean falls short of the best policy's in the same world; the worst over worlds is what a cautious choice makes small.

**Until a width.** `--until-width W` is Stein's two-stage rule (1945): the first replicates (at least 20) give the variance of each primary
difference, this gives the replicates needed, and the interval in the end keeps that first variance and its degrees of freedom. For
normal differences its coverage is exact, however the number of replicates came about; looking again and again with
the usual interval would stop too early. The widest primary contrast (each policy in each world) decides. All measures
are then judged by the first variance, for the same reason.

**What pairing gave**: the variance of the difference had policy and baseline run on different seeds, over that of the paired difference:
so many times more replicates would unpaired runs need for the same interval. It is itself an estimate from as many replicates.
"""
