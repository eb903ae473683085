"""Who owes what, counted on the days on which it can have changed."""

from numpy import int64

from sim.engines.compiled import phase, use_rules
from sim.engines.memory import account_column, own_totals, standing_column
from sim.model import columns as c
from sim.model import totals as n
from sim.model.credit import CLOSED
from sim.model.lenders import times_late

use_rules()


@phase
def accounts_phase(desk, p, today, low, high):
    """The totals that count borrowers, arrears, limits and debts."""
    total, lenders = own_totals(desk, 0, 0, n.COUNT), p.lender_count
    limits, misses = account_column(desk, c.LIMIT, low, high), standing_column(desk, c.MISSED, low, high)
    limit = late = closed = 0
    for k in range(high - low):
        limit += int64(limits[k])
        closed += misses[k] == CLOSED
        late += (misses[k] > 0) & (misses[k] < CLOSED)
    borrowers = several = late_one = late_several = 0
    for k in range(high - low if lenders > 0 else 0):
        loans = arrears = 0
        for j in range(lenders):
            loans += account_column(desk, c.OWED + j, low, high)[k] > 0
            arrears += times_late(int64(standing_column(desk, c.LOAN + j, low, high)[k])) > 0
        borrowers += loans > 0
        several += loans > 1
        late_one += (loans == 1) & (arrears > 0)
        late_several += (loans > 1) & (arrears > 0)
    for j in range(lenders):
        owed, debts = 0, account_column(desk, c.OWED + j, low, high)
        for k in range(high - low):
            owed += int64(debts[k])
        total[n.OWED_FEN + j] += owed
    total[n.LIMIT_FEN] += limit
    total[n.LINE_LATE] += late
    total[n.LINE_CLOSED] += closed
    total[n.BORROWERS] += borrowers
    total[n.BORROWERS_2] += several
    total[n.LATE_1] += late_one
    total[n.LATE_2] += late_several
    return 0
