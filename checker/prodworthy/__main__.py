"""``python -m prodworthy``."""

from __future__ import annotations

from prodworthy.cli import main

if __name__ == "__main__":
    main(prog_name="prodworthy")
