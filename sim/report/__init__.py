"""Reports read stored results only; nothing here runs a model."""
