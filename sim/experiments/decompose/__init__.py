"""Which mechanism carries a policy's effect: the effect split by Shapley values over switches, on the same luck."""
