"""Stored results: written whole or not at all, never overwritten, read back as they were."""
