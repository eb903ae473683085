"""The explanation of one user's day, in sentences."""

from sim.experiments.explain.change import Change
from sim.experiments.explain.life import Life
from sim.experiments.explain.reason import Option, Reason, Why, belief_of, is_too_late
from sim.model.calendar import FAR, date_of, gate_dates
from sim.model.choice.review import goal_score, last_publication
from sim.model.outlook import best_conceivable_score
from sim.model.states import FOLK, KNOWN, PLANS

DOING = {
    "rest": "makes no effort for the score",
    "spend": "spends more to raise the score",
    "repay": "repays early to raise the score",
    "upload": "proves an asset to raise the score",
}
BELIEF = {
    KNOWN: "knows what the score is made of",
    FOLK: "believes that using the app more raises the score",
}


def day_text(life: Life, tick: int) -> str:
    """A day of the run with its date."""
    day = life.day_of(tick)
    return f"day {day} ({date_of(life.scenario, day).isoformat()})"


def _chance(value: float) -> str:
    return "less than 0.1%" if 0.0 < value < 0.0005 else f"{value:.1%}"


def state_sentences(life: Life, why: Why) -> list[str]:
    """What the user does, knows and believes, and when scores are published next."""
    row, tick = life.rows[why.tick + 1], why.tick
    told = [f"On {day_text(life, tick)} user {life.user} {DOING[why.plan]} (plan: {why.plan})."]
    gate = life.scenario.policy.gate
    if not gate.has_circle:
        return [*told, "There is no circle in this world."]
    if row["knows"]:
        believes = BELIEF.get(belief_of(row), "goes by what the own efforts have brought so far")
        told.append(f"The user has known of the circle since day {life.day_of(row['learned_day'])}, and {believes}.")
    else:
        told.append(
            f"The user does not know of the circle yet; {row['known_contacts']} of {life.contacts} contacts do."
        )
    told.append(f"The published score is {row['score']}. {_next_publication(life, tick)}")
    return told


def _next_publication(life: Life, tick: int) -> str:
    ahead = int(life.calendar.ticks_to_publication[tick])
    if ahead > FAR // 2:
        return "No score is ever published again."
    return f"The next one is published on {day_text(life, tick + ahead)}."


def reason_sentences(life: Life, why: Why) -> list[str]:
    """Why the user does that."""
    return {
        Reason.NO_GATE: _no_gate,
        Reason.UNRESPONSIVE: _unresponsive,
        Reason.UNAWARE: _unaware,
        Reason.NOT_AHEAD: _not_ahead,
        Reason.NO_EFFORT: _no_effort,
        Reason.OUT_OF_REACH: _out_of_reach,
        Reason.SURE: _sure,
        Reason.NONE_HELPS: _none_helps,
        Reason.WEIGHED: _weighed,
    }[why.reason](life, why)


def _no_gate(life: Life, _: Why) -> list[str]:
    kind = life.scenario.policy.gate.kind  # type: ignore[attr-defined]
    return [f"In this world no gate rewards a higher score (gate: {kind}), so there is nothing to make an effort for."]


def _unresponsive(life: Life, _: Why) -> list[str]:
    share = life.scenario.world.population.responsive_share
    return [
        f"The user does not respond to a threshold at all, as {1 - share:.0%} of people in this world: no gate moves them."
    ]


def _unaware(_: Life, __: Why) -> list[str]:
    return ["Whoever does not know of the circle and its gate cannot want to come in."]


def _not_ahead(life: Life, why: Why) -> list[str]:
    announced, start, end = gate_dates(life.scenario)
    if why.tick >= end:
        return [f"The gate is gone since {day_text(life, end)}: there is nothing left to make an effort for."]
    return [f"The gate is announced on {day_text(life, min(announced, start))}: until then nobody plans for it."]


def _no_effort(_: Life, why: Why) -> list[str]:
    return [f"The user follows the rule of choice {why.rule}, which never makes an effort."]


def _asked(why: Why) -> float:
    """What the gate asks of the user on the next publication (points)."""
    review = why.review
    assert review is not None
    user, days = review.user, review.gate.days_to_publication
    number = review.gate.level_count - 1
    return float(goal_score(user.model.admission, review.gate, number, float(user.starting_score), days))


def _gate_asks(why: Why) -> str:
    asked, perk = _asked(why), _next_perk(why)
    told = "no score is high enough for the gate" if asked > 950.0 else f"the gate asks for {asked:.0f}"
    return told if perk is None else f"{told} and the next perk for {perk:.0f}"


def _next_perk(why: Why) -> float | None:
    """The lowest level of perks above the score that the user holds (points); None if none lies there, or perks have no levels."""
    review = why.review
    assert review is not None
    perks = review.gate.perks
    return next((score for score in perks.scores[: perks.level_count] if score > review.user.score), None)


def _out_of_reach(_: Life, why: Why) -> list[str]:
    review = why.review
    assert review is not None
    days = last_publication(review.gate)
    best = float(best_conceivable_score(review.user.outlook(), review.user.owned, days))
    return [
        f"Even all efforts together would bring the score to {best:.0f} at most within the {days:.0f} days "
        f"that the user looks ahead, and {_gate_asks(why)}: every plan would fail.",
        *map(_failing, why.options[1:]),
    ]


def _sure(_: Life, why: Why) -> list[str]:
    return [f"The score will stay high enough without any effort (about {why.at_rest:.0f}, and {_gate_asks(why)})."]


def _none_helps(_: Life, why: Why) -> list[str]:
    review = why.review
    assert review is not None
    if is_too_late(review):
        return [
            "No score is published any more before the gate ends "
            f"(in {review.gate.days_to_end:.0f} days): an effort would come too late."
        ]
    return [
        f"No single plan would change whether the gate opens{' or bring a perk' if _next_perk(why) else ''} by the publications "
        f"that the user looks ahead to: "
        f"resting leads to about {why.at_rest:.0f} points, and {_gate_asks(why)}.",
        *map(_failing, why.options[1:]),
    ]


def _weighed(life: Life, why: Why) -> list[str]:
    review = why.review
    assert review is not None
    chosen = next(option for option in why.options if option.plan == PLANS[review.plan])
    when = day_text(life, review.tick)
    told = [
        f"At the last review, on {when}, resting led to about {why.at_rest:.0f} points at the next publication, and "
        f"{_gate_asks(why)}."
    ]
    brings = "admission" if _next_perk(why) is None else "admission or perks"
    told += [_failing(option) if option.value is None else _option(option, brings) for option in why.options[1:]]
    told.append(
        f"By the rule of choice {why.rule} the chance to {chosen.plan} was {_chance(chosen.chance)}; "
        f"the luck of the day (a draw of {review.noise:.3f} between 0 and 1) made it {chosen.plan}."
    )
    return told


def _how(option: Option) -> str:
    if option.assets:
        return f"Proving {option.assets} asset{'s' if option.assets != 1 else ''}"
    return f"To {option.plan}"


def _failing(option: Option) -> str:
    """A plan that is not in the running."""
    if not option.days:
        lacking = {"repay": "no debt", "upload": "no asset left to prove"}[option.plan]
        return f"{_how(option)} is not possible, as there is {lacking}: chance 0%."
    return (
        f"{_how(option)} is believed to bring {option.points:.0f} points more in {option.days:.0f} days and to cost "
        f"{option.cost:.0f} CNY until then, but no nearer to admission: chance 0%."
    )


def _option(option: Option, brings: str) -> str:
    """A plan that was weighed, and what it is believed to bring."""
    assert option.value is not None
    return (
        f"{_how(option)} is believed to bring {option.points:.0f} points more and {brings} in {option.days:.0f} days, "
        f"worth {option.prize_per_day:.2f} CNY a day from then on; it costs {option.cost:.0f} CNY until then; "
        f"all in all {option.value:+.2f} CNY today, where resting is 0: chance {_chance(option.chance)}."
    )


def change_sentences(why: Why, change: Change) -> list[str]:
    """What would change what the user does."""
    if why.reason is Reason.UNAWARE:
        return ["Learning of the circle would: from the campaign, from contacts who know, or from seeing it."]
    if why.reason is Reason.NO_GATE:
        return ["Only a gate that asks for a score would."]
    if why.reason is Reason.UNRESPONSIVE:
        return ["Nothing that a gate can offer would."]
    if why.reason in (Reason.NOT_AHEAD, Reason.NO_EFFORT):
        return []
    if why.reason is Reason.SURE:
        return ["A fall of the score, or a higher gate, would."]
    told = []
    if change.worth is not None and change.worth < 1.0:
        told.append(
            f"An effort pays as long as admission is worth at least {change.worth:.0%} of what it is worth to this user."
        )
    elif change.worth is not None:
        told.append(f"An effort would pay if admission were worth {change.worth:.3g} times as much to this user.")
    if change.nearer is not None and change.without_effort:
        told.append(f"A gate {change.nearer} points lower would admit the user without an effort.")
    elif change.nearer is not None:
        told.append(f"An effort ({change.plan}) would pay at a gate {change.nearer} points lower.")
    return told or ["No gate up to 200 points lower, and no worth of admission up to 1,000 times higher, would."]


def sentences(life: Life, why: Why, change: Change) -> list[str]:
    """The whole explanation."""
    return [*state_sentences(life, why), *reason_sentences(life, why), *change_sentences(why, change)]
