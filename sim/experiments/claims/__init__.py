"""Claims: does what somebody says hold in the model, and on which assumption does that hang?

A claim is a contrast of two arms on the same seeds, a measure, and a direction. With the paired difference d, its 95% t interval and
the margin m (0 if none is given) a claim that the measure *rises* holds where the interval lies above m, does not hold where it lies
below m (or every difference is exactly zero), and is undecided otherwise; *falls* is the mirror image; *unchanged* holds where the
interval lies within -m to m, and does not where it lies outside.

**Hinges.** Every setting named under `hinges` is tried at the values given, the others as they are. A claim *hinges* on a setting if
at one of the values the verdict is the contrary one: it holds there and does not as the file has it, or the other way round (or
there is a verdict there, and none as the file has it). Told first is the one that turns it with the smallest step, counted in ranks among the values given and the file's own. With one
setting moved at a time, what only two together would turn is not seen. Values at which a verdict is lost, and none takes its place, are told
besides.

As many verdicts are given at once, a few of the intervals (one in twenty) miss by luck alone; a verdict near its margin is to
be read with that in mind.
"""
