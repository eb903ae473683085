"""Colours of the page, light and dark. Text stands out from its ground by 4.5 to 1 or more, marks by 3 to 1 (WCAG 2.1, AA)."""

LIGHT = {
    "ground": "#ffffff",
    "raised": "#f4f6f8",
    "text": "#1b1f24",
    "faint": "#57606a",
    "rule": "#d5dae0",
    "link": "#1f4e79",
    "policy": "#1f4e79",
    "baseline": "#b36b0a",
    "grey": "#6f7780",
    "third": "#4f7f5c",
    "fourth": "#7a4f8a",
    "good": "#1f6b3a",
    "bad": "#a4262c",
    "low": "#542788",
    "middle": "#f7f7f7",
    "high": "#b35806",
    "few": "#00204d",
    "half": "#7c7b78",
    "many": "#ffea46",
}
DARK = {
    "ground": "#14181d",
    "raised": "#1e242b",
    "text": "#e6e9ed",
    "faint": "#a5afba",
    "rule": "#3a434d",
    "link": "#8fc1ef",
    "policy": "#6fb1ee",
    "baseline": "#eda13b",
    "grey": "#98a2ad",
    "third": "#86c196",
    "fourth": "#c59ad6",
    "good": "#7fd39b",
    "bad": "#ff8f8f",
    "low": "#b7a0e8",
    "middle": "#2b3138",
    "high": "#f1a340",
    "few": "#00204d",
    "half": "#7c7b78",
    "many": "#ffea46",
}
THEMES = {"light": LIGHT, "dark": DARK}
"""By name: ground, text and marks; low, middle, high: a scale around zero; few, half, many: a scale of levels."""

AROUND_ZERO = [[0.0, "@low"], [0.5, "@middle"], [1.0, "@high"]]
LEVELS = [[0.0, "@few"], [0.5, "@half"], [1.0, "@many"]]
"""Colour scales of heat maps that the colour-blind can read: purple to orange around zero, blue to yellow for levels."""
MARKS = ("@policy", "@baseline", "@third", "@grey", "@fourth")
"""Colours of series side by side, in order."""


def variables(theme: dict[str, str]) -> str:
    """A theme as declarations of CSS variables."""
    return " ".join(f"--{name}: {colour};" for name, colour in theme.items())
