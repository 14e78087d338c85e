"""What tracing knows of names, whatever project they stand in."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from prodworthy.flow.personal import Lexicon
from prodworthy.flow.sources import Sanitizers, Sources

if TYPE_CHECKING:
    from prodworthy.flow.sinks import SinkTable
    from prodworthy.model.knowledge import Knowledge


class Vocabulary:
    """The models of sources, sanitizers, personal data and sinks, ready to be asked about names."""

    def __init__(self, knowledge: Knowledge) -> None:
        self.knowledge = knowledge

    @cached_property
    def sources(self) -> Sources:
        """What somebody outside the program decides."""
        return Sources(self.knowledge)

    @cached_property
    def sanitizers(self) -> Sanitizers:
        """What makes a value safe."""
        return Sanitizers(self.knowledge)

    @cached_property
    def lexicon(self) -> Lexicon:
        """Which names mean personal data."""
        return Lexicon(self.knowledge.personal_data)

    @cached_property
    def sinks(self) -> SinkTable:
        """Calls that make it matter where a text comes from."""
        from prodworthy.flow.sinks import SinkTable

        return SinkTable(self.knowledge.sinks.sink)
