"""A resolved LLM call and its effective settings: what rules read and `inventory` prints."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from prodworthy.circumstances import UNKNOWN as NOTHING_KNOWN
from prodworthy.circumstances import Circumstances
from prodworthy.finding import Span, TraceStep

GENERATING = frozenset(
    {
        "chat",
        "completion",
        "responses",
        "messages",
        "converse",
        "invoke_model",
        "agent-run",
        "assistants-run",
        "chain",
        "query-engine",
    }
)
"""The APIs that generate text and so have an output cap."""

Scalar = str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class Setting:
    """One effective setting of a call.

    Attributes:
        status: ``set`` (a value reaches the provider on every path the code shows), ``unset``,
            ``disabled`` (switched off on purpose: ``timeout=None``), ``unknown`` or
            ``not-applicable``. For ``retry``: ``sdk-default``, ``explicit``, ``decorator``,
            ``loop``, ``disabled``, ``none``, ``unknown``; for ``timeout``: ``sdk-default``,
            ``explicit``, ``disabled``, ``none``, ``unknown``.
        value: the value where it is a constant (attempts, seconds, tokens, the model's name); -1
            seconds for an SDK that is known to wait for ever.
        origin: where it was set.
        reason: for ``unknown``, or a default that holds only perhaps, why, in a few words; for
            ``disabled``, what still holds all the same.
    """

    status: str
    value: Scalar = None
    origin: Span | None = None
    reason: str = ""


UNSET = Setting("unset")
UNKNOWN = Setting("unknown")


@dataclass(frozen=True, slots=True)
class Origin:
    """One place a value (a prompt, a setting, what is written or run) can come from.

    Attributes:
        kind: ``request``, ``message``, ``upload``, ``mail`` (somebody else decides it), ``argv``,
            ``input`` (the user of this program does), ``file``, ``page``, ``retrieval``, ``row``,
            ``tool`` (what the model calls a tool with), ``model-output``, ``credential``,
            ``parameter`` (a caller that nobody sees), ``environment``, ``constant`` or ``unknown``.
        role: which part of the call or which sink it reaches: ``user_prompt``, ``system_prompt``...
        label: the source as a reader would name it (``request.json["question"]``).
        span: where the source stands.
        trace: the steps from the source to the call.
        text: the text itself, for constants.
        safe: what the value is safe in on this path: ``validation``, ``length`` (cut or measured),
            ``moderation``, ``redaction``, ``mask``, or escaping for ``html``, ``sql``, ``shell``, ``path``.
        personal: the personal-data element that the value is by name, type or column
            (``email``, ``phone``), else empty.
        confidence: ``high``, ``medium`` or ``low``: how sure the evidence for ``personal`` is.
        number: it is a number of any size rather than text.
    """

    kind: str
    role: str
    label: str
    span: Span
    trace: tuple[TraceStep, ...] = ()
    text: str = ""
    safe: frozenset[str] = frozenset()
    personal: str = ""
    confidence: str = "medium"
    number: bool = False

    @property
    def validated(self) -> bool:
        """Whether the value is constrained, checked or moderated on the path."""
        return not self.safe.isdisjoint(("validation", "moderation"))

    @property
    def redacted(self) -> bool:
        """Whether personal data is removed on the path."""
        return "redaction" in self.safe


@dataclass(frozen=True, slots=True)
class Opening:
    """A call that a setting can be added to: the request, or the construction of its client.

    Attributes:
        call: the call expression.
        names: what it calls the setting, the best name first; with dots where it stands inside another
            argument (``config.max_output_tokens``).
        milliseconds: for a timeout, that it is counted in these.
        mappings: arguments that take a plain dictionary, so that a missing one can be added.
        positional: how many arguments may stand there without a name, and a missing one still be added.
        provider: for raw HTTP, whose API it is, where the host tells.
        also: the same for other clients that the call may go through.
    """

    call: Span
    names: tuple[str, ...]
    milliseconds: bool = False
    mappings: tuple[str, ...] = ()
    positional: int = 0
    provider: str = ""
    also: tuple[Opening, ...] = ()


def _nowhere(role: str) -> tuple[Origin, ...]:
    del role
    return ()


@dataclass(frozen=True, slots=True)
class LlmCall:
    """One call that reaches an LLM provider.

    Attributes:
        span: the call expression.
        sdk, api: as in ``inventory --format json``.
        method: the call as the SDK names it (``chat.completions.create``).
        callee: the call as the code writes it (``self.client.chat.completions.create``).
        function: the enclosing function's name, empty at module level.
        settings: every other effective setting by role (``n``, ``stream``, ``temperature``...).
        removed: for an API that the current SDK no longer has, what replaces it.
        origins: answers, on demand, where the call's prompts come from.
        find_setting_origins: answers, on demand, where the setting of a role comes from.
        client_seen: whether the construction of that client is in view; settings of one that comes
            from elsewhere (known by its type alone) are nobody's to judge.
        client_span: where the client that the call is made on was built, if that is in view.
        client_name: the class of that client as its SDK names it (``openai.AzureOpenAI``), where known.
        asynchronous: whether it is awaited; None where nobody knows.
        sdk_retries: how often the SDK itself tries again, where the code or its default shows it.
        batches: for a call that takes many inputs at once, or has a twin that does, how.
        around: what stands around it, found on demand.
        cap_opening, timeout_opening, retry_opening: where an output cap, a timeout and retries can be
            added, where that is certain.
        guessed: a raw request that its body alone tells; who answers it is not known.
        demo: it shows a module of a package at work, under ``if __name__ == "__main__":``.
        local: SDK reached on a loopback or private address (a model the project runs itself).
        provider: whose host it goes to, as ``models/hosts.toml`` names it, where the code shows the address.
    """

    span: Span
    sdk: str
    api: str
    method: str
    callee: str
    function: str
    model: Setting
    output_cap: Setting
    retry: Setting
    timeout: Setting
    settings: Mapping[str, Setting] = field(default_factory=dict)
    removed: str = ""
    local: bool = False
    provider: str = ""
    guessed: bool = False
    demo: bool = False
    client_seen: bool = True
    client_span: Span | None = None
    cap_parameter: str = ""
    retry_parameter: str = ""
    timeout_parameter: str = ""
    cap_opening: Opening | None = None
    timeout_opening: Opening | None = None
    retry_opening: Opening | None = None
    find_origins: Callable[[], tuple[Origin, ...]] = tuple
    find_setting_origins: Callable[[str], tuple[Origin, ...]] = field(default=_nowhere)
    client_name: str = ""
    asynchronous: bool | None = None
    sdk_retries: int | None = None
    batches: str = ""
    around: Circumstances = NOTHING_KNOWN

    @property
    def generates(self) -> bool:
        """Whether the call makes the model write text (embeddings, images and audio do not)."""
        return self.api in GENERATING

    def setting(self, role: str) -> Setting:
        """The effective setting of ``role``; ``unset`` where nothing is known of it."""
        return self.settings.get(role, UNSET)

    def setting_origins(self, role: str) -> tuple[Origin, ...]:
        """Where the setting of ``role`` (``model``, ``base_url``, ``end_user``...) comes from."""
        return self.find_setting_origins(role)

    def origins(self, *roles: str) -> tuple[Origin, ...]:
        """Where the prompts come from, all of them or those that reach one of ``roles``."""
        return tuple(origin for origin in self.find_origins() if not roles or origin.role in roles)
