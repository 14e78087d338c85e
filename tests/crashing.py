"""An analyser whose process dies on one file, for tests of what happens then."""

from __future__ import annotations

import os
from dataclasses import dataclass

from prodworthy.analyse import Analyser
from prodworthy.jobs import Setup
from prodworthy.outcome import Outcome


class Crashing(Analyser):
    """Ends its process instead of analysing ``deadly.py``."""

    def file(self, path: str, *, named: bool) -> Outcome:
        if path.endswith("deadly.py"):
            os._exit(7)
        return super().file(path, named=named)


@dataclass(frozen=True, slots=True)
class CrashingSetup(Setup):
    """Builds that analyser."""

    def analyser(self) -> Analyser:
        made = Setup.analyser(self)
        made.__class__ = Crashing
        return made
