"""What social data may tell: whom a user writes to and calls, as a noisy sign of the user's ability to repay.

Whether such data are of any help is disputed: call networks raised AUC (Oskarsdottir et al. 2019), the source article says that
they hardly do. So `world.bureau.social_tells` sweeps it; at 0 social data are the contacts' scores alone.
"""

from math import sqrt

from sim.model.rule import vector_rule

UNIFORM_SPREAD = 0.28867513459481287
"""Standard deviation of a uniform between 0 and 1: the square root of 1/12."""


@vector_rule
def company_of(true_ability, tells, uniform):
    """Sign of a user's ability in the user's company (standard deviations): `tells` of the true one, the rest by luck.

    true_ability: standard normal; tells: correlation with it, 0 to 1; uniform: the user's own luck (stream COMPANY). Plain
    arithmetic, so that users one by one and all at once give the same bits.
    """
    return tells * true_ability + sqrt(1.0 - tells * tells) * ((uniform - 0.5) / UNIFORM_SPREAD)
