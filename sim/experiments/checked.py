"""Check a file of whatever kind: a scenario, or a study of scenarios."""

from sim.experiments.calibrate.plan import make_calibration_plan
from sim.experiments.claims.plan import make_claims_plan
from sim.experiments.compare.plan import is_comparison, make_comparison_plan
from sim.experiments.optimise.plan import make_optimise_plan
from sim.experiments.sensitivity.plan import make_sensitivity_plan
from sim.experiments.sweep.plan import make_sweep_plan
from sim.scenario.calibration import is_calibration
from sim.scenario.claims import is_claims
from sim.scenario.doubts import doubts
from sim.scenario.files import STUDIES, find_in
from sim.scenario.load import baseline_of, load
from sim.scenario.optimise import is_optimise
from sim.scenario.sensitivity import is_sensitivity
from sim.scenario.sweep import is_sweep


def checked(file: str) -> str:
    """What there is to say of a file (or shipped scenario or study) without fault; raises ScenarioError with all faults of one that has."""
    named = (find_in(folder, file) for folder in STUDIES)
    file = str(next((path for path in named if path.is_file()), file)) if len(file) < 200 else file
    if is_sensitivity(file):
        return f"ok, {len(make_sensitivity_plan(file).inputs)} inputs"
    if is_calibration(file):
        return f"ok, {len(make_calibration_plan(file).moments)} targets"
    if is_optimise(file):
        return f"ok, {len(make_optimise_plan(file).file.families)} families of policies"
    if is_sweep(file):
        return f"ok, {len(make_sweep_plan(file).points):,} points"
    if is_claims(file):
        return f"ok, {len(make_claims_plan(file).file.trials)} claims"
    if is_comparison(file):
        make_comparison_plan(file)
        return "ok"
    scenario = load(file)
    other = baseline_of(file, scenario)
    if other is not None:
        load(other)
    return "; but ".join(("ok", *doubts(scenario)))
