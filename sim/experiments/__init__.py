"""Experiments: what is done with engines and scenarios. Nothing here knows a rule."""
