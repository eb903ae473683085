"""Engines: two ways to run one set of rules, with the same answer to the last bit."""
