"""The life of the users of tiny.yaml as lines that a person can read, made by the readable engine."""

from sim.engines.readable import GateModel
from sim.model.states import PLANS, ROLE, ROLES
from sim.scenario import Scenario


def trace(scenario: Scenario) -> str:
    """Who they are on day 0, then a line for each thing that happens to a user, then the totals of each day."""
    model = GateModel(scenario, seed=scenario.run.seed)
    lines = ["users on day 0"]
    for user in model.people:
        lines.append(
            f"  user {user.id}: {ROLES[user.role & ROLE]}, score {user.score}, {'file' if user.has_file else 'thin'}, "
            f"income {user.income / 100:.0f} CNY, cash {user.liquidity / 100:.0f}, debt {user.debt / 100:.0f}, "
            f"opens {user.base_visits:.2f}/day, pays {user.payment_rate:.2f}/day, rival {user.rival_rate:.1f}/day"
        )
    seen = {
        user.id: (user.knows, user.admitted, user.plan, user.score, user.declared, user.visits) for user in model.people
    }
    while model.running:
        day = model.tick
        model.step()
        lines.append(f"day {day}")
        for user in model.people:
            knows, admitted, plan, score, declared, visits = seen[user.id]
            told = []
            if user.knows != knows:
                told.append("learns of the circle")
            if user.score != score:
                told.append(f"score {score} -> {user.score}")
            if user.admitted != admitted:
                told.append("is admitted" if user.admitted else "is no longer admitted")
            if user.plan != plan:
                told.append(f"plan {PLANS[plan]} -> {PLANS[user.plan]}")
            if user.declared != declared:
                told.append("proves an asset")
            if told:
                lines.append(f"  user {user.id}: {', '.join(told)}")
            seen[user.id] = (user.knows, user.admitted, user.plan, user.score, user.declared, user.visits)
        visits = " ".join(str(user.visits) for user in model.people)
        lines.append(f"  visits so far: {visits}")
    return "\n".join(lines) + "\n"
