"""What the checker reports: a finding, where it stands, how it got there and how to mend it."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class Severity(StrEnum):
    """How much it hurts in production when the finding is true."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


class Confidence(StrEnum):
    """How sure the analysis is that the finding is true."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class Applicability(StrEnum):
    """Whether a fix may be applied unseen (``safe``) or wants a reader (``unsafe``)."""

    SAFE = "safe"
    UNSAFE = "unsafe"


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A stretch of source.

    Attributes:
        path: relative to the project root, with ``/``.
        cell: the cell of a notebook, from 1 (the lines then count within it), 0 in a plain file.
        line, column, end_line, end_column: from 1, in characters; the end column is exclusive.
    """

    path: str
    cell: int = field(default=0, kw_only=True)
    line: int
    column: int
    end_line: int
    end_column: int


@dataclass(frozen=True, slots=True)
class TraceStep:
    """One step of the path that led to a finding, in reading order from source to sink.

    ``function`` is the project's function that the value passes through here, by its qualified name.
    """

    span: Span
    message: str
    function: str = ""


@dataclass(frozen=True, slots=True)
class Edit:
    """Replace the text of ``span`` by ``content``."""

    span: Span
    content: str


@dataclass(frozen=True, slots=True)
class Fix:
    """Edits that together mend a finding."""

    message: str
    edits: tuple[Edit, ...]
    applicability: Applicability = Applicability.UNSAFE


@dataclass(frozen=True, slots=True)
class Finding:
    """One defect at one place.

    ``message`` says what is wrong here and which setting or path led to it; ``hint`` what to do
    about it. Neither ever holds a whole secret or personal value. ``context`` is what the
    fingerprint is made from besides code and path: text that survives moving the code. ``identity``
    is the fingerprint of a finding that was stored without it. ``secret`` is the SHA-1 of a secret,
    as baselines of detect-secrets hold it; no report shows it.
    """

    code: str
    name: str
    message: str
    span: Span
    severity: Severity
    confidence: Confidence = Confidence.HIGH
    hint: str = ""
    trace: tuple[TraceStep, ...] = ()
    fix: Fix | None = None
    cwe: tuple[int, ...] = ()
    owasp: tuple[str, ...] = ()
    url: str = ""
    context: str = ""
    secret: str = ""
    identity: str = field(default="", compare=False)

    @property
    def path(self) -> str:
        """The file, relative to the project root."""
        return self.span.path

    @property
    def line(self) -> int:
        """The first line, from 1."""
        return self.span.line

    @property
    def fingerprint(self) -> str:
        """32 hex digits of code, path and ``context``: no lines or cells, so stable under moves."""
        if self.identity:
            return self.identity
        import hashlib  # takes longer to load than most runs take to need it

        parts = "\0".join((self.code, self.span.path, self.context))
        return hashlib.sha256(parts.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def mask(secret: str) -> str:
    """Show a secret or personal value so that its owner knows it and nobody else can use it.

    ``sk-abcdef...9f`` becomes ``sk-a...9f``; a short value keeps its first character only.
    """
    if len(secret) < 16:
        return secret[:1] + "..." if secret else ""
    return f"{secret[:4]}...{secret[-2:]}"
