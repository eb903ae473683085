"""The experiment engine: many cells (a resolved scenario on a seed), each run once and kept, whatever runs them and in what order.

**What a cell is.** The key of a cell is the hash of its resolved scenario (name, note and baseline left out), its seed, the
score that distances count from, the users kept whole, and the code that decides results (model, engines, draws, rules from
outside). The same key is the same result to the bit, so a finished cell is read back wherever it turns up again: in another
sweep, in a comparison, or when replicates are added. A change of the model changes every key.

**What is kept.** Measures of the run, and sketches: groups, the last histogram of scores, the course of a few measures, and
whole users on request. They lie under `<out>/cells` (see `sim.results.cells`); what comes back does not depend on the
executor, the number of workers, the order, or how often the work was interrupted.

**When is a cell finished?** Once its outcome is in the ledger, on the disk, which happens batch by batch. Whatever ends the
process after that, `kill -9` and power cuts included, the cell is neither lost nor run again; batches at hand are.

**What happens on failure.** A failed cell is a row with its reason, and the others go on:

- an exception in a cell: its kind and message;
- a cell that takes longer than the time limit stops at the next pause of the engine; if it does not come to one, its process
  is killed and replaced;
- a worker process that dies takes its batch with it: the cells of the batch are run again one by one, and the one whose
  process dies again is given up.

A cell that failed is not run again unless asked for (`retry_failed`). A full disk or a folder that cannot be written ends the
work with a sentence; the same command goes on from there.

**Who runs the cells.** `auto` takes threads where cells are few and large, worker processes where they are many and small, and
threads where a gate or a rule of choice is from outside the package; `threads`, `processes` or `dask://HOST:PORT` say it. Small
cells travel in batches, those of the same people next to one another, so that the people are made once.
"""
