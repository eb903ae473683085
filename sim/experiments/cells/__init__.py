"""The experiment engine: many cells (a resolved scenario on a seed), each run once and kept, whatever runs them and in what order."""
