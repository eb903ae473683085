"""The command line: reads arguments, calls the library, prints. No logic of its own."""

import os
import sys
from importlib import import_module

from sim.cli.app import app, error_console

__all__ = ["app", "main"]

# Their commands join the application in this order, which is that of the help.
for _module in ("run", "studies", "search", "look", "pictures", "stored", "files", "facts"):
    import_module(f"sim.cli.{_module}")


def main() -> None:
    """Entry point. Whatever goes wrong, a user reads a sentence, not a traceback."""
    # Arrow's own allocator keeps what it had at its most; with the system's, a process that cuts many shards stays smaller.
    os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "system")
    try:
        app()
    except KeyboardInterrupt:
        error_console.print("stopped")
        sys.exit(130)
    except BrokenPipeError:
        sys.exit(1)
    except MemoryError:
        error_console.print("not enough memory; give fewer users (--users)")
        sys.exit(1)
    except Exception as error:  # the last line of defence: say what happened and how to see more
        if os.environ.get("SCOREGATE_DEBUG"):
            raise
        error_console.print(f"unexpected {type(error).__name__}: {error}", markup=False)
        error_console.print("this is a fault of the program; SCOREGATE_DEBUG=1 shows where", markup=False)
        sys.exit(1)
