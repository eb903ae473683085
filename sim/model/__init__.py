"""The model: one file per mechanism, rules as short pure functions, no engine and no generator anywhere below."""
