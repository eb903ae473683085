"""The model against published facts: one file per target or family, all behind one shape (`row.py`)."""
