"""Detection: a text goes in, non-overlapping entities come out, from left to right."""

from __future__ import annotations

from prodworthy_redact.detect.detector import Detector
from prodworthy_redact.detect.entity import Entity

__all__ = ["Detector", "Entity"]
