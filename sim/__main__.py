"""`python -m sim` is `scoregate`."""

from sim.cli import main

main()
