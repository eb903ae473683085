"""Names of the figures that every run draws, and the forms they are written in (apart, since this much is needed without drawing)."""

RUN_FIGURES = ("visits", "channels", "scores", "plans", "awareness")
PAIRED = ("channels", "groups")
"""Those of them that show a difference, and are not drawn without a baseline."""
FORMATS = ("png", "svg")
