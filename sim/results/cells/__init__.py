"""Where finished cells are kept: a crash-safe ledger (SQLite) and, cut from it, shards of Parquet files.

    <folder>/ledger.sqlite               which cells there are, what they are cells of, and the newest outcomes
    <folder>/shards/<number>-<table>.parquet   the outcomes of up to 512 cells: `measures` has a row per cell, every
                                               other table the rows of all cells, `cell` being the row in `measures`

A cell counts as finished once its outcome is in the ledger, which one synchronised transaction per batch sees to. Outcomes
move on to shards when there are enough of them: the files are written, synchronised and renamed first, then named in the
ledger by the transaction that takes the outcomes out of it. A file that the ledger does not name is the trace of a process
that was killed, and is removed by the next one that writes.

Several processes may use one store: SQLite lets one write at a time, the others wait for it, and the first outcome recorded
of a cell stays.
"""
