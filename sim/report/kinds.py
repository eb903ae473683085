"""Names of the figures of a run and the forms they are written in (apart, since this much is needed without drawing)."""

RUN_FIGURES = ("visits", "channels", "scores", "plans", "awareness")
FORMATS = ("png", "svg")
