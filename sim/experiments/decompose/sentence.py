"""What a decomposition found, in words."""

from fractions import Fraction

from sim.experiments.decompose.decomposition import Decomposition
from sim.experiments.decompose.reading import READ, UNDECIDED, can_be_read, reading
from sim.experiments.decompose.rounding import decimals_for, rounded
from sim.experiments.decompose.split import OTHER
from sim.results.title import title


def signed(value: Fraction | float, decimals: int) -> str:
    """A number with its sign and so many decimals; what only shows as zero has no sign, and zero itself no decimals."""
    if value == 0:
        return "0"
    text = f"{float(value):+.{decimals}f}"
    return text if text.strip("+-0.") else text[1:]


def shown(exact: Fraction, rounded_value: Fraction, decimals: int) -> str:
    """A rounded part as shown: what is zero only for being rounded keeps its decimals."""
    return "0" if exact == 0 else signed(rounded_value, decimals) if rounded_value else f"{0:.{decimals}f}"


def _measured(result: Decomposition) -> str:
    return "visits per user and day" if result.measure == READ else f"{result.measure} ({result.unit})"


def has_no_effect(result: Decomposition) -> bool:
    """Whether the policy changes the measure in no replicate, whichever mechanisms are on."""
    return not any(result.tables["subsets"]["effect"])


def sentence(result: Decomposition) -> str:
    """The effect, what each mechanism carries of it, and for visits where there is a circle which reading of the event that supports."""
    scenarios = result.manifest["scenarios"]
    name, base = title(result.manifest), scenarios["baseline"]["name"]
    if has_no_effect(result):
        return f"{name} has no effect on {_measured(result)} against {base}, whichever of its mechanisms are on."
    decimals = decimals_for(result.parts_mean)
    parts = rounded(result.parts_mean, decimals)
    first, *others = result.mechanisms
    told = {part: shown(result.parts_mean[part], value, decimals) for part, value in parts.items()}
    carried = [f"{first} carries {told[first]}", *(f"{part} {told[part]}" for part in others)]
    total = signed(sum(parts.values(), Fraction(0)), decimals)
    text = f"Of the effect of {name} against {base}, {total} {_measured(result)}, {', '.join(carried)}; with all of them off {told[OTHER]} is left."
    if not can_be_read(result):
        return text
    found = reading(result)
    verdict = "undecided between H1 and H2" if found.verdict == UNDECIDED else found.verdict
    return f"{text} The event reads as {verdict}: {found.reason}."
