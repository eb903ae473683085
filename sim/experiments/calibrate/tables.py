"""The tables of a calibration: parameters with intervals, directions, fit per target, and the points or draws behind them."""

import numpy as np

from sim.experiments.calibrate.identification import QUANTILE, Knowledge
from sim.experiments.calibrate.plan import CalibrationPlan
from sim.experiments.calibrate.simulator import Values
from sim.results.table import Table

END = 0.01
"""An estimate as near to an end of its range as this share of it stands there: the targets ask for more than is allowed."""


def parameter_table(plan: CalibrationPlan, known: Knowledge) -> Table:
    """A row per parameter: estimate, 95% interval (the range, if it is not identified), ends of its range, whether it is identified,
    whether the estimate stands at an end of the range (nearly)."""
    spans = [parameter.span for parameter in plan.file.parameters]
    return {
        "parameter": np.array(plan.names),
        "unit": np.array([parameter.unit for parameter in plan.file.parameters]),
        "estimate": np.array(plan.at(known.place)),
        "low": np.array(plan.at(known.low)),
        "high": np.array(plan.at(known.high)),
        "from": np.array([span.low for span in spans if span is not None], float),
        "to": np.array([span.high for span in spans if span is not None], float),
        "log": np.array([span.log for span in spans if span is not None]),
        "identified": ~known.unknown,
        "at_end": ~known.unknown & (np.abs(known.place - 0.5) >= 0.5 - END),
    }


def direction_table(plan: CalibrationPlan, known: Knowledge) -> Table:
    """A row per direction (from 0, the best known first) and parameter: loading; width of the direction's 95% interval in ranges
    (at most 1, as no more than the range is unknown); whether it is flat."""
    count = len(plan.names)
    information = np.maximum(known.information, 1e-12)
    width = np.minimum(2 * QUANTILE / np.sqrt(information), 1.0)
    return {
        "direction": np.repeat(np.arange(count), count),
        "parameter": np.tile(np.array(plan.names), count),
        "loading": known.directions.T.ravel(),
        "width": np.repeat(width, count),
        "flat": np.repeat(known.flat, count),
    }


def target_table(plan: CalibrationPlan, fresh: Values, unsure: Values) -> Table:
    """A row per moment of every target: observed with its error, the fitted model on fresh seeds with the error of its mean, what the parameters'
    uncertainty adds to a held-out one, the gap in standard errors, whether that is below 1.96.

    fresh: simulated moments, shape (seeds, moments); unsure: standard error from the parameters' uncertainty, by moment. A
    fitted moment is not excused by it, since the parameters were chosen to meet it.
    """
    errors = np.sqrt(np.diag(plan.covariance))
    model = fresh.mean(axis=0)
    luck = fresh.std(axis=0, ddof=1) / np.sqrt(len(fresh))
    unsure = np.where(plan.fitted, 0.0, unsure)
    gap = (model - plan.values) / np.sqrt(errors**2 + luck**2 + unsure**2)
    sizes = [one.values.size for one in plan.moments]
    return {
        "target": np.repeat([one.target for one in plan.moments], sizes),
        "moment": np.array([name for one in plan.moments for name in one.names]),
        "unit": np.repeat([one.unit for one in plan.moments], sizes),
        "held_out": ~plan.fitted.astype(bool),
        "observed": plan.values,
        "error": errors,
        "model": model,
        "model_error": luck,
        "parameter_error": unsure,
        "gap": gap,
        "met": np.abs(gap) <= QUANTILE,
    }


def points_table(plan: CalibrationPlan, places: Values, name: str, figures: Values) -> Table:
    """A row per point: the value of every parameter there, and a figure by name (a loss or a weight)."""
    values = np.array([plan.at(place) for place in places]).reshape(len(places), -1)
    return {path: values[:, k] for k, path in enumerate(plan.names)} | {name: figures}
