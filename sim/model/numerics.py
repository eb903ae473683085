"""Elementary functions in plain arithmetic, so that every machine and both engines give the same bits.

The C library's `exp` and `log` differ in the last bit between platforms (and between processors on one platform), and
compilers swap in vector versions that differ again. A result that must be reproduced to the bit cannot rest on them.
Addition, multiplication, division and square root are exact to the rule of IEEE 754 everywhere, so these are built
from those alone. Accuracy is tested against scipy.
"""

from math import frexp, sqrt

from sim.model.rule import rule, vector_rule

LN2 = 0.6931471805599453
SQRT_HALF = 0.7071067811865476


@vector_rule
def exponential(x):
    """e**x for |x| <= 40 (clamped beyond), relative error below 1e-13: Taylor series on x/64, then six squarings."""
    y = min(max(x, -40.0), 40.0) * 0.015625
    # Horner form of the series to the 13th power: the next term is below 1e-14 for |y| <= 0.625.
    p = 1.0 + y * (1.0 / 13.0)
    p = 1.0 + y * (1.0 / 12.0) * p
    p = 1.0 + y * (1.0 / 11.0) * p
    p = 1.0 + y * 0.1 * p
    p = 1.0 + y * (1.0 / 9.0) * p
    p = 1.0 + y * 0.125 * p
    p = 1.0 + y * (1.0 / 7.0) * p
    p = 1.0 + y * (1.0 / 6.0) * p
    p = 1.0 + y * 0.2 * p
    p = 1.0 + y * 0.25 * p
    p = 1.0 + y * (1.0 / 3.0) * p
    p = 1.0 + y * 0.5 * p
    p = 1.0 + y * p
    p = p * p
    p = p * p
    p = p * p
    p = p * p
    p = p * p
    return p * p


@rule
def logarithm(x):
    """Natural logarithm of x > 0, relative error below 1e-14: exponent split off exactly, then the atanh series."""
    mantissa, exponent = frexp(x)
    if mantissa < SQRT_HALF:
        mantissa = mantissa * 2.0
        exponent = exponent - 1
    t = (mantissa - 1.0) / (mantissa + 1.0)
    s = t * t
    p = 1.0 / 21.0
    p = 1.0 / 19.0 + s * p
    p = 1.0 / 17.0 + s * p
    p = 1.0 / 15.0 + s * p
    p = 1.0 / 13.0 + s * p
    p = 1.0 / 11.0 + s * p
    p = 1.0 / 9.0 + s * p
    p = 1.0 / 7.0 + s * p
    p = 0.2 + s * p
    p = 1.0 / 3.0 + s * p
    return exponent * LN2 + 2.0 * t * (1.0 + s * p)


@vector_rule
def is_central(uniform):
    """Whether `central_normal` gives the standard normal quantile of `uniform`: so it does for 85 in 100."""
    q = uniform - 0.5
    return (q >= -0.425) & (q <= 0.425)


@vector_rule
def central_normal(uniform):
    """Standard normal quantile of a `uniform` in the middle (see `is_central`): Wichura (1988), algorithm AS 241 (PPND16)."""
    q = uniform - 0.5
    r = 0.180625 - q * q
    top = 33430.575583588128105 + r * 2509.0809287301226727
    top = 67265.770927008700853 + r * top
    top = 45921.953931549871457 + r * top
    top = 13731.693765509461125 + r * top
    top = 1971.5909503065514427 + r * top
    top = 133.14166789178437745 + r * top
    top = 3.387132872796366608 + r * top
    low = 28729.085735721942674 + r * 5226.495278852854561
    low = 39307.89580009271061 + r * low
    low = 21213.794301586595867 + r * low
    low = 5394.1960214247511077 + r * low
    low = 687.1870074920579083 + r * low
    low = 42.313330701600911252 + r * low
    return q * top / (1.0 + r * low)


@rule
def standard_normal(uniform):
    """Standard normal quantile of `uniform` in (0, 1), about 16 digits: Wichura (1988), algorithm AS 241 (PPND16)."""
    if is_central(uniform):
        return central_normal(uniform)
    q = uniform - 0.5
    tail = uniform if q < 0.0 else 1.0 - uniform
    r = sqrt(-logarithm(tail))
    if r <= 5.0:
        r = r - 1.6
        top = 0.0227238449892691845833 + r * 0.00077454501427834140764
        top = 0.24178072517745061177 + r * top
        top = 1.27045825245236838258 + r * top
        top = 3.64784832476320460504 + r * top
        top = 5.7694972214606914055 + r * top
        top = 4.6303378461565452959 + r * top
        top = 1.42343711074968357734 + r * top
        low = 0.0005475938084995344946 + r * 1.05075007164441684324e-9
        low = 0.0151986665636164571966 + r * low
        low = 0.14810397642748007459 + r * low
        low = 0.68976733498510000455 + r * low
        low = 1.6763848301838038494 + r * low
        low = 2.05319162663775882187 + r * low
    else:
        r = r - 5.0
        top = 2.71155556874348757815e-5 + r * 2.01033439929228813265e-7
        top = 0.0012426609473880784386 + r * top
        top = 0.026532189526576123093 + r * top
        top = 0.29656057182850489123 + r * top
        top = 1.7848265399172913358 + r * top
        top = 5.4637849111641143699 + r * top
        top = 6.6579046435011037772 + r * top
        low = 1.4215117583164458887e-7 + r * 2.04426310338993978564e-15
        low = 1.8463183175100546818e-5 + r * low
        low = 0.0007868691311456132591 + r * low
        low = 0.0148753612908506148525 + r * low
        low = 0.13692988092273580531 + r * low
        low = 0.59983220655588793769 + r * low
    value = top / (1.0 + r * low)
    return -value if q < 0.0 else value


@rule
def normal_cdf(x):
    """Chance that a standard normal is at most x, absolute error below 3e-15: Hart (1968) as given by West (2005)."""
    far = abs(x)
    if far > 8.9:  # below 1e-18, and e**-40 is where the exponential ends
        tail = 0.0
    elif far < 7.07106781186547:
        top = 0.0352624965998911 * far + 0.700383064443688
        top = top * far + 6.37396220353165
        top = top * far + 33.912866078383
        top = top * far + 112.079291497871
        top = top * far + 221.213596169931
        top = top * far + 220.206867912376
        low = 0.0883883476483184 * far + 1.75566716318264
        low = low * far + 16.064177579207
        low = low * far + 86.7807322029461
        low = low * far + 296.564248779674
        low = low * far + 637.333633378831
        low = low * far + 793.826512519948
        low = low * far + 440.413735824752
        tail = exponential(-0.5 * far * far) * top / low
    else:
        fraction = far + 1.0 / (far + 2.0 / (far + 3.0 / (far + 4.0 / (far + 0.65))))
        tail = exponential(-0.5 * far * far) / (fraction * 2.506628274631)
    return 1.0 - tail if x > 0.0 else tail


@rule
def lognormal(median, spread, normal):
    """A lognormal number: `median` times e to the `spread` (standard deviation of the logarithm) times `normal`."""
    return median * exponential(spread * normal)


@rule
def logistic(x):
    """1 / (1 + e**-x)."""
    return 1.0 / (1.0 + exponential(-x))


@rule
def chance(hazard):
    """Chance that an event of this `hazard` (expected events in the time at hand) happens: 1 - e**-hazard."""
    return 1.0 - exponential(-hazard)


@rule
def happens(hazard, uniform):
    """Whether an event of this `hazard` happens, on the luck `uniform`.

    The chance 1 - e**-hazard never exceeds the hazard, so most misses need no exponential.
    """
    if uniform >= hazard:
        return False
    return uniform < chance(hazard)
