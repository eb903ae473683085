"""The committed result of the shipped claims is of these claims, and says what README quotes."""

import pandas as pd
import pytest

from sim.experiments.claims import reference
from sim.experiments.claims.judge import verdict
from sim.experiments.claims.plan import make_claims_plan
from sim.experiments.claims.study import as_text
from tests.conftest import ROOT

FOLDER = ROOT / "results" / "reference" / "claims"
README = " ".join((ROOT / "README.md").read_text(encoding="utf-8").split())


def kept(name):
    return pd.read_csv(FOLDER / f"{name}.csv", keep_default_na=False, na_values={"low": [""], "high": [""]})


def test_it_is_of_the_shipped_claims_and_its_verdicts_follow_from_its_figures():
    plan = make_claims_plan(reference.FILE)
    claims, trials = kept("claims"), kept("trials")
    assert claims["claim"].tolist() == list(plan.file.trials)
    assert trials["claim"].tolist() == [name for name, _ in plan.trials]
    assert trials["value"].tolist() == ["" if trial.value is None else as_text(trial.value) for _, trial in plan.trials]
    assert set(claims["n"]) == {plan.file.replicates}
    says = {name: claim.says for name, claim in plan.file.keys.claims.items()}
    for row in trials.to_dict("records"):
        assert row["verdict"] == verdict(says[row["claim"]], row["low"], row["high"], row["margin"])


def test_readme_says_what_holds_and_what_turns_the_headline():
    claims, trials = kept("claims"), kept("trials")
    counts = claims["verdict"].value_counts()
    assert f"{len(claims)} claims of the article" in README
    assert f"At its shipped size {counts['holds']} hold" in README
    assert f"{counts['does not hold']} do not" in README
    assert f"{counts['undecided']} are undecided" in README
    gate = trials[(trials["claim"] == "gate_brings_visits") & (trials["path"] == "policy.gate.threshold")]
    low, high = gate.set_index("value").loc["650", ["low", "high"]]
    mean = gate.set_index("value")["difference"]
    assert f"at 650 it *brings* {mean['650']:.4f} visits ({low:.4f} to {high:.4f})" in README
    assert f"at 700 it still costs {-mean['700']:.4f}" in README
    turned = claims.set_index("claim")
    assert turned.loc["score_outweighs_feed", ["hinge", "turns_to"]].tolist() == [
        "world.population.responsive_share",
        "holds",
    ]
    for name in ("low_scores_spend_more", "low_scores_prove_assets", "low_scores_repay"):
        assert turned.loc[name, ["verdict", "hinge", "turns_at", "turns_to"]].tolist() == [
            "does not hold",
            "policy.gate.threshold",
            "650",
            "holds",
        ], name
    several = trials[trials["claim"] == "several_lenders_make_overdue"].set_index(["path", "value"])["verdict"]
    assert several["", ""] == "holds"
    assert several["policy.lending.information"].to_dict() == {"shared": "undecided", "score": "does not hold"}
    assert turned.loc["score_opens_credit", ["group", "verdict"]].tolist() == ["file: thin", "holds"]
    for name in ("circle_brings_visits", "circle_brings_frequency", "more_data_tell_more", "social_data_say_little"):
        assert turned.loc[name, "verdict"] == "holds", name
    social = trials[trials["claim"] == "social_data_say_little"].set_index(["path", "value"])["verdict"]
    assert social["world.bureau.social_tells", "1.0"] == "undecided"
    for name, told in claims.set_index("claim")["unsure_at"].items():
        own, *tried = trials[trials["claim"] == name].to_dict("records")
        lost = [f"{one['path']} {one['value']}" for one in tried if one["verdict"] == "undecided" != own["verdict"]]
        assert told == "; ".join(lost), name
    assert turned.loc["high_scores_value_theirs", ["verdict", "hinge"]].tolist() == [
        "undecided",
        "world.circle.exclusivity",
    ]
    for name in ("sharing_ends_double_borrowing", "score_serves_lenders"):
        assert turned.loc[name, ["verdict", "hinge"]].tolist() == ["undecided", "world.lending.lenders"], name


def test_model_says_how_many_more_several_lenders_make_overdue():
    model = " ".join((ROOT / "sim" / "model" / "MODEL.md").read_text(encoding="utf-8").split())
    row = kept("claims").set_index("claim").loc["several_lenders_make_overdue"]
    arm, against, points, low, high = (
        f"{100.0 * float(row[name]):.1f}" for name in ("arm", "against", "difference", "low", "high")
    )
    assert row["measure"] == "late_users"
    assert f"{arm} against {against}% of users are late after a year, {points} points more ({low} to {high};" in model


@pytest.mark.slow
def test_it_is_made_again_to_the_digit(workspace):
    reference.make(workspace, out=None)
    for name in ("claims", "trials"):
        again, before = pd.read_csv(f"{name}.csv"), pd.read_csv(FOLDER / f"{name}.csv")
        pd.testing.assert_frame_equal(again, before, check_exact=False, rtol=1e-5, atol=1e-9)
