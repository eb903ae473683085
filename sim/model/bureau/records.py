"""What the bureau holds on its users when a quarter begins, and which of it each set of features may use.

Sets after Berg, Burg, Gombovic & Puri 2020 (RFS 33:7), who compare a central bureau's file with a platform's own traces and
with both; social data are a set of their own because their worth is disputed (Oskarsdottir et al. 2019).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

BUREAU, TRANSACTIONS, SOCIAL, ALL = "bureau", "transactions", "social", "all"
SETS = (BUREAU, TRANSACTIONS, SOCIAL, ALL)


class ByName(Protocol):
    """The columns of a run (`sim/model/columns.py`), by name."""

    def __getitem__(self, name: str, /) -> NDArray[Any]: ...


class Feature(NamedTuple):
    """One thing known of a user: the set that it belongs to, its unit and its meaning."""

    name: str
    belongs_to: str
    unit: str
    meaning: str


FEATURES = (
    Feature("record", BUREAU, "share", "payment record"),
    Feature("utilisation", BUREAU, "share", "share of the credit limit in use"),
    Feature("debt_months", BUREAU, "log months", "debt over monthly income, log(1 + x)"),
    Feature("payment_rate", TRANSACTIONS, "log 1/day", "usual payments"),
    Feature("ticket", TRANSACTIONS, "log fen", "money sent per payment"),
    Feature("shopping_share", TRANSACTIONS, "1/255", "part of a payment that is consumed"),
    Feature("recent_spend", TRANSACTIONS, "log CNY/day", "recent spend, log(1 + x)"),
    Feature("ability", TRANSACTIONS, "share", "ability sub-score before assets, as the platform sees it"),
    Feature("identity", TRANSACTIONS, "share", "identity sub-score before assets"),
    Feature("assets", TRANSACTIONS, "assets", "assets proved to the platform"),
    Feature("relationships", SOCIAL, "share", "mean score of the contacts"),
)
COMPANY_KEPT = Feature(
    "company", SOCIAL, "standard deviations", "sign of the ability to repay in whom a user writes to and calls"
)
"""One feature more, the last, where `world.bureau.social_tells` is above 0."""


@dataclass(frozen=True)
class Records:
    """Users as the bureau knew them at the start of a quarter, and what became of them.

    users: ids, shape (n,); values: (n, k), NaN where the bureau holds nothing; overdue: (n,), whether the user fell overdue
    in the quarter; features: the k columns of `values`.
    """

    users: NDArray[np.int64]
    values: NDArray[np.float32]
    overdue: NDArray[np.bool_]
    features: tuple[Feature, ...] = FEATURES

    def __post_init__(self) -> None:
        n, k = self.users.size, len(self.features)
        if self.values.shape != (n, k) or self.overdue.shape != (n,):
            raise ValueError(
                f"records of {n} users with {k} features need values of shape {(n, k)} and {n} outcomes, "
                f"not {self.values.shape} and {self.overdue.shape}"
            )

    def of(self, users: NDArray[np.bool_]) -> "Records":
        """The records of some of the users; users: a mask of shape (n,)."""
        return Records(self.users[users], self.values[users], self.overdue[users], self.features)


def places_of(feature_set: str, features: tuple[Feature, ...] = FEATURES) -> list[int]:
    """Places of the features of a set (`SETS`) among `features`. ValueError if there is no such set, or nothing in it."""
    if feature_set not in SETS:
        raise ValueError(f"feature set {feature_set!r}: unknown; there are {', '.join(SETS)}")
    places = [place for place, one in enumerate(features) if feature_set in (ALL, one.belongs_to)]
    if not places:
        raise ValueError(f"feature set {feature_set!r}: none of the features belongs to it")
    return places


def changing(users: ByName, limit: NDArray[Any]) -> dict[str, NDArray[Any]]:
    """The features that move within a quarter, by name, float32 or uint8 of shape (n,): what must be kept from its start.

    limit: credit limit (fen) of each user.
    """
    debt = users["debt"]
    declared = np.asarray(users["declared"], np.uint8)
    return {
        "record": np.array(users["record"], np.float32),
        "utilisation": np.minimum(debt / np.maximum(limit, 1), 1.0).astype(np.float32),
        "debt_months": np.log1p(debt / np.maximum(users["income"], 1)).astype(np.float32),
        "recent_spend": np.log1p(users["recent_spend"], dtype=np.float64).astype(np.float32),
        "assets": (declared & 1) + (declared >> 1 & 1) + (declared >> 2 & 1),
        "relationships": np.array(users["relationships"], np.float32),
    }


def features_kept(kept: Mapping[str, NDArray[Any]]) -> tuple[Feature, ...]:
    """The features that there are, in order: `FEATURES`, and the company's sign where one is kept."""
    return (*FEATURES, COMPANY_KEPT) if COMPANY_KEPT.name in kept else FEATURES


def features_with(users: ByName, kept: Mapping[str, NDArray[Any]], chosen: NDArray[np.int64]) -> NDArray[np.float32]:
    """The features of `features_kept`, shape (chosen, 11 or 12), of some users (places), with the changing ones as kept.

    Users without a central-bank file have no bureau features (NaN).
    """
    features = features_kept(kept)
    columns = {
        "payment_rate": np.log(np.maximum(users["payment_rate"][chosen], 1e-6), dtype=np.float64),
        "ticket": np.log(np.maximum(users["ticket"][chosen], 1)),
        "shopping_share": users["shopping_share"][chosen],
        "ability": users["ability_base"][chosen],
        "identity": users["identity_base"][chosen],
        **{name: values[chosen] for name, values in kept.items()},
    }
    values = np.empty((chosen.size, len(features)), np.float32)
    for place, one in enumerate(features):
        values[:, place] = columns[one.name]
    thin = np.asarray(users["has_file"][chosen]) == 0
    values[np.ix_(thin, places_of(BUREAU))] = np.nan
    return values


def features_of(users: ByName, limit: NDArray[Any]) -> NDArray[np.float32]:
    """The features of `FEATURES` as of now, shape (n, 11); users and limit as in `changing`."""
    return features_with(users, changing(users, limit), np.arange(np.size(users["income"])))
