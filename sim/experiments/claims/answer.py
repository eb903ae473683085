"""What a study of claims found, in words."""

from typing import TYPE_CHECKING, Any

from sim.experiments.claims.judge import FAILS, HOLDS, UNDECIDED

if TYPE_CHECKING:
    from sim.experiments.claims.study import ClaimsResult


def hinge(row: dict[str, Any]) -> str:
    """What a claim hinges on, as part of a sentence; says so where nothing that was tried turns it, and where it gets unsure."""
    unsure = f"; undecided at {row['unsure_at']}" if row.get("unsure_at") else ""
    return _turning(row) + unsure


def _turning(row: dict[str, Any]) -> str:
    if row["hinge"]:
        also = f"; also on {row['others']}" if row["others"] else ""
        told = "it holds" if row["turns_to"] == HOLDS else "it does not hold"
        return f"{row['hinge']}: at {row['turns_at']} instead of {row['usual']} {told}{also}"
    return f"nothing tried turns it ({row['tried']})" if row["tried"] else "nothing was tried"


def rows_of_claims(result: "ClaimsResult") -> list[dict[str, Any]]:
    """A dict per claim."""
    table = result.tables["claims"]
    return [dict(zip(table, values, strict=True)) for values in zip(*(c.tolist() for c in table.values()), strict=True)]


def answer(result: "ClaimsResult") -> str:
    """How many claims hold, which do not, and how many hang on one assumption."""
    rows = rows_of_claims(result)
    named = {kind: [row["claim"] for row in rows if row["verdict"] == kind] for kind in (HOLDS, FAILS, UNDECIDED)}
    parts = [f"Of {len(rows)} claims {len(named[HOLDS])} hold in the model"]
    if named[FAILS]:
        parts.append(f"{len(named[FAILS])} do not ({', '.join(named[FAILS])})")
    if named[UNDECIDED]:
        parts.append(f"{len(named[UNDECIDED])} are undecided ({', '.join(named[UNDECIDED])})")
    turned = [row["claim"] for row in rows if row["hinge"] and row["verdict"] != UNDECIDED]
    told = (
        f" One assumption alone turns {len(turned)}: {', '.join(turned)}."
        if turned
        else " Nothing tried turns one that holds or does not."
    )
    return "; ".join(parts) + "." + told
