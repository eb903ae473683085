"""What there is to choose from, as a terminal shows it."""

from rich.console import Console

TITLES = {
    "scenarios": "Scenarios (scoregate run NAME)",
    "sweeps": "Sweeps (scoregate sweep NAME)",
    "comparisons": "Comparisons (scoregate compare NAME)",
    "claims": "Claims put to the test (scoregate claims NAME)",
    "sensitivity": "Sensitivity studies (scoregate sensitivity NAME)",
    "optimise": "Searches over policies (scoregate optimise NAME)",
    "gates": "Gates (policy.gate.kind)",
    "rules": "Rules of choice (rule, mixture)",
    "beliefs": "Beliefs about what raises the score (settings in brackets)",
    "measures": "Measures of a run",
    "after-effects": "After-effects (scoregate after NAME)",
}


def print_catalogue(console: Console, found: dict[str, dict[str, str]]) -> None:
    """A section each, a line for each thing in it."""
    width = max(len(name) for section in found.values() for name in section)
    for number, (section, things) in enumerate(found.items()):
        if number:
            console.print()
        console.print(TITLES[section], markup=False, style="bold")
        for name, text in things.items():
            console.print(f"  {name.ljust(width)}  {text}", markup=False, soft_wrap=True)
