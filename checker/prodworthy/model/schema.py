"""The shapes of the knowledge files that a rule pack ships and that users write in their configuration.

A *qualified name* is dotted from the import root (``openai.OpenAI``). ``*`` as a segment stands for
any number of segments, none included (``langchain_openai.*.ChatOpenAI``); inside a segment for any
characters (``langchain*.*.LLMChain``). A *parameter path* names
where a value goes: a keyword (``max_tokens``), then keys inside it (``options.num_predict``).
A leading ``#0`` means the first positional argument where it has no keyword name. A time is in seconds;
in milliseconds where the
parameter's name ends in ``_ms`` or the path in ``:ms``.
"""

from __future__ import annotations

from dataclasses import dataclass, field

# frozen, eq and repr are left out: generating them for every shape takes a tenth of a short run
Params = dict[str, list[str]]
"""Role -> parameter paths that carry it, the preferred one (used in hints and fixes) first."""

ROLES = (
    # what a prompt is made of
    "messages",  # a list of {"role", "content"}: content goes to user_prompt or system_prompt by role
    "user_prompt",
    "system_prompt",
    "input",  # text to embed, moderate, transcribe, rerank: leaves the machine, instructs nobody
    # limits
    "output_cap",
    "n",
    "stop",
    "stream",
    "max_steps",
    "modalities",  # what the model may answer with (text, image, audio)
    # resilience
    "retries",
    "timeout",
    # what and where
    "model",
    "api_key",
    "base_url",
    "organization",
    "project",
    "http_client",
    "headers",
    # the rest
    "temperature",
    "tools",
    "end_user",
    "metadata",
    "store",
    "settings",  # a mapping whose keys are read as if they were parameters (extra_body, model_kwargs)
    "url",  # raw HTTP only
    "body",  # raw HTTP and invoke_model: the JSON document, or a dump of it
)


APIS = (
    *("chat", "completion", "responses", "messages", "converse", "invoke_model"),
    *("agent-run", "assistants-run", "chain", "query-engine"),
    *("embeddings", "images", "audio", "moderation", "rerank", "batch", "fine-tuning"),
)
"""What a call can be, as `inventory` names it."""


@dataclass(slots=True, eq=False, repr=False)
class ClientModel:
    """Something that is built once and called on: a client, a chat model, an agent, a session.

    Attributes:
        id: unique in its file; calls name it in ``on``.
        constructors: qualified names (classes, factory functions, abstract bases used as
            annotations) whose call, or whose instance, is this client.
        modules: modules that are this client themselves (``openai``: ``openai.chat.completions.create``).
        made_by: ``"<client id>:<path>"``: calls on another client of this file that return this one
            (``"client:chats.create"``); it takes that client's settings over.
        asynchronous: those of ``constructors`` whose calls are awaited.
        when: only if this parameter is one of these constants (``{"service_name": ["bedrock-runtime"]}``).
        positional: the parameters' names in order.
        params, defaults: roles this level sets, and what holds when nobody does
            (``{"retries": 2, "timeout": 600}``; 0 retries and timeout -1 for none at all).
        wraps: parameters that hold another client, whose SDK and settings this one takes over
            (``instructor.from_openai(client)``, ``AgentExecutor(agent=...)``).
        same: methods and attributes that give this same client, arguments overriding settings
            (``with_options``, ``bind_tools``, ``with_raw_response``).
        configured_by: methods of `same` that take settings in a mapping, and where in their arguments
            (``with_config``: ``#0.configurable``).
        retrying: methods that give this client with retries around it (``with_retry``).
        pipes: ``prompt | client | parser`` is a chain around this client.
        held_by: ``"<base class>:<attribute>"``: where a base class of the framework keeps this client for
            its subclasses (``llama_index.core.*.BaseSynthesizer:_llm``).
    """

    id: str
    constructors: list[str] = field(default_factory=list)
    modules: list[str] = field(default_factory=list)
    made_by: list[str] = field(default_factory=list)
    asynchronous: list[str] = field(default_factory=list)
    when: dict[str, list[str]] = field(default_factory=dict)
    positional: list[str] = field(default_factory=list)
    params: Params = field(default_factory=dict)
    defaults: dict[str, float] = field(default_factory=dict)
    wraps: list[str] = field(default_factory=list)
    same: list[str] = field(default_factory=list)
    configured_by: dict[str, list[str]] = field(default_factory=dict)
    retrying: list[str] = field(default_factory=list)
    pipes: bool = False
    held_by: list[str] = field(default_factory=list)


@dataclass(slots=True, eq=False, repr=False)
class CallModel:
    """A method or function that sends a request.

    Attributes:
        api: one of the api names of ``inventory``.
        on: ids of the clients that have it; for module functions empty.
        paths: attribute paths from the client (``chat.completions.create``); ``__call__`` where the
            client itself is called. For module functions: qualified names (``litellm.completion``).
        positional, params, defaults: as for a client; the call wins over the client.
        streams: the call always streams.
        asynchronous: the call is awaited although its client is not marked so (``acompletion``).
        removed: what replaces it, where the current SDK has it no longer.
        wraps: parameters that hold the client (``Runner.run(agent, ...)``).
        batches: how many inputs go in one request: the parameter that takes a list, or the method that does.
        shape: keyword arguments that, together with the path, tell this call even where nobody knows
            what it is made on (``chat.completions.create`` with ``model`` and ``messages``).
    """

    api: str
    paths: list[str]
    on: list[str] = field(default_factory=list)
    positional: list[str] = field(default_factory=list)
    params: Params = field(default_factory=dict)
    defaults: dict[str, float] = field(default_factory=dict)
    streams: bool = False
    asynchronous: bool = False
    removed: str = ""
    wraps: list[str] = field(default_factory=list)
    batches: str = ""
    shape: list[str] = field(default_factory=list)


@dataclass(slots=True, eq=False, repr=False)
class SdkModel:
    """Everything the checker knows of one SDK.

    Attributes:
        name: the ``sdk`` that ``inventory`` prints.
        roots: import roots, in one line of the file; any of them makes a file worth reading.
        distribution: what pip installs; the drift test holds the model against it.
        checked: the release the drift test last agreed with; several, separated by commas, where
            more than one major release is in use (``2.54, 3.54``).
        docs: where the facts come from.
        client: what is built once and called on.
        call: the methods and functions that send requests.
        errors: exceptions this SDK raises that a retry is worth for (qualified names).
        results: attribute paths by which the answer's text is read (``choices.*.message.content``).
        legacy: constructors, call paths, parameters and errors above that only older releases have; the
            drift test holds the current one to not having them.
        mappings: parameters that take a plain dictionary, and hold others (``config``).
    """

    name: str
    roots: list[str]
    docs: str
    distribution: str = ""
    checked: str = ""
    client: list[ClientModel] = field(default_factory=list)
    call: list[CallModel] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    results: list[str] = field(default_factory=list)
    legacy: list[str] = field(default_factory=list)
    mappings: list[str] = field(default_factory=list)


@dataclass(slots=True, eq=False, repr=False)
class HostModel:
    """A provider's API host, for raw HTTP calls.

    Attributes:
        name: the provider.
        hosts: host names, with a port where it tells them (``localhost:11434``); a leading ``.``
            matches every subdomain, ``*`` any text.
    """

    name: str
    hosts: list[str]
    docs: str


@dataclass(slots=True, eq=False, repr=False)
class EndpointModel:
    """A URL path by which a request is known to be an LLM call, at any host.

    Attributes:
        suffixes: ends of the path (``/chat/completions``, ``:generateContent``); ``*`` any one segment.
        anywhere: the suffix alone is evidence enough; otherwise the host must be known too.
        params: roles -> paths inside the JSON body.
        needs: keys in a JSON body that, with the suffix, are evidence enough at an unknown host.
        body_keys: keys that, found together in a JSON body, tell this endpoint without a URL.
        hints: sets of such keys that tell it only where nobody knows how the URL ends.
        self_hosted: who calls it runs it, unless the host is a known provider's.
    """

    api: str
    suffixes: list[str]
    anywhere: bool = False
    params: Params = field(default_factory=dict)
    needs: list[str] = field(default_factory=list)
    body_keys: list[str] = field(default_factory=list)
    hints: list[list[str]] = field(default_factory=list)
    self_hosted: bool = False


@dataclass(slots=True, eq=False, repr=False)
class HostsModel:
    """``models/hosts.toml``."""

    host: list[HostModel]
    endpoint: list[EndpointModel]


@dataclass(slots=True, eq=False, repr=False)
class SourceModel:
    """Values that somebody outside the program decides.

    Attributes:
        kind: ``request``, ``upload``, ``argv``, ``input``, ``message``, ``mail``, ``row``, ``file``,
            ``page``, ``retrieval``, ``tool`` (what a model calls a tool with), ``environment``, or what the
            program itself hands on: ``task`` (a queue's) and ``state`` (a graph's).
        values: qualified names whose value, or anything reached from it, is the source
            (``flask.request``, ``sys.argv``); an attribute of an object is ``module.Class.attribute``.
        calls: qualified names whose result is (``builtins.input``, ``streamlit.chat_input``).
        shapes: methods whose result is, whatever they are called on (``fetchall``); only in the file for any
            library, whose root is ``*``.
        annotations: parameter types that are (``fastapi.Request``, ``discord.Message``).
        handlers: decorators (``fastapi.*.FastAPI.post``) whose function's parameters are.
        methods: methods of base classes whose parameters are where a subclass overrides them
            (``flask.views.MethodView.post``).
        callbacks: calls that are given a function whose parameters are (``gradio.ChatInterface``).
        parameters: names of parameters that are: of ``handlers``, ``methods`` and ``callbacks``
            only those (a Slack listener's ``event``, not its ``say``); where a source has none of
            the three, of any function in a module that imports one of ``roots`` (a Django view's
            ``request``).
        path_only: of a decorated handler, only the parameters that its route's path names (``/ask/<text>``).
        skip: qualified names of annotations, defaults or calls that make a handler's parameter none
            (``fastapi.Depends``, ``fastapi.BackgroundTasks``).
        clean: attributes of the value that its sender does not decide (``method``, ``app``, ``state``).
        validated: what the framework itself guarantees: parameters of these annotations are not free
            text (``int``, ``bool``, ``uuid.UUID``, ``typing.Literal``, ``enum.Enum``).
        docs: where it is documented.
    """

    kind: str
    docs: str
    values: list[str] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    shapes: list[str] = field(default_factory=list)
    annotations: list[str] = field(default_factory=list)
    handlers: list[str] = field(default_factory=list)
    methods: list[str] = field(default_factory=list)
    callbacks: list[str] = field(default_factory=list)
    parameters: list[str] = field(default_factory=list)
    path_only: bool = False
    skip: list[str] = field(default_factory=list)
    clean: list[str] = field(default_factory=list)
    validated: list[str] = field(default_factory=list)


@dataclass(slots=True, eq=False, repr=False)
class FrameworkModel:
    """``models/frameworks/<name>.toml``."""

    name: str
    roots: list[str]
    source: list[SourceModel]


@dataclass(slots=True, eq=False, repr=False)
class SanitizerModel:
    """Calls after which a value is safe in one respect.

    Attributes:
        kind: ``redaction``, ``validation``, ``length`` (cut or measured), ``moderation``, ``mask``
            (of secrets), or escaping for ``html``, ``sql``, ``shell`` or ``path``.
        calls: qualified names; a method of an object is ``module.Class.method``.
        first: only where the first constant text that is given begins like one of these (``[^`` of a
            regular expression that drops everything but some characters).
        names: bare function or method names that say the same when the function is the project's
            own (``redact``, ``anonymize*``); compared in snake_case without leading underscores,
            a trailing ``*`` stands for any end.
    """

    kind: str
    docs: str
    calls: list[str] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    first: list[str] = field(default_factory=list)


@dataclass(slots=True, eq=False, repr=False)
class SanitizersModel:
    """``models/sanitizers.toml``."""

    sanitizer: list[SanitizerModel]


@dataclass(slots=True, eq=False, repr=False)
class SinkModel:
    """Calls that do something with a value that matters where it comes from.

    Attributes:
        kind: ``code``, ``shell``, ``deserialize``, ``template``, ``sql``, ``html``, ``path``, ``url``,
            ``log``, ``print``, ``parse`` or ``store``.
        calls: qualified names; a method of an object is ``module.Class.method``.
        methods: methods that are whatever they are called on, where nobody knows what that is.
        receivers: words that the last name of such an unknown object has to hold (``cursor``, ``session``).
        arguments: which arguments matter, as positions (``#0``) and keywords; all if empty; ``.`` is the
            object that the method is called on.
        when: only if this argument is one of these constants (``{"shell": [true]}`` as texts).
        unless: not if this argument is one of these constants.
        docs: where it is documented, or why it matters.
    """

    kind: str
    docs: str
    calls: list[str] = field(default_factory=list)
    methods: list[str] = field(default_factory=list)
    receivers: list[str] = field(default_factory=list)
    arguments: list[str] = field(default_factory=list)
    when: dict[str, list[str]] = field(default_factory=dict)
    unless: dict[str, list[str]] = field(default_factory=dict)


@dataclass(slots=True, eq=False, repr=False)
class SinksModel:
    """``models/sinks.toml``."""

    sink: list[SinkModel]


@dataclass(slots=True, eq=False, repr=False)
class PersonalElement:
    """One personal-data element of the lexicon.

    A name is first cut into lower-case words at underscores, hyphens, dots and changes of case, and
    numbers and the file's ``endings`` are dropped at its end: ``customerEmail2`` is customer, email.
    An element is named where the *last* words are one of ``words``, singular or with
    an ``s``: ``customer_email`` and ``emails``, not ``email_client`` or ``email_template``.

    Attributes:
        name: ``email``, ``phone``, ``date_of_birth``...
        category: identity, contact, government-id, financial, health, location, credentials, special.
        kinds: what the redactor calls it, with ``*`` for any country (``EMAIL_ADDRESS``, ``*_PASSPORT``):
            a configuration that lists kinds and none of these turns the element off.
        words: snake_case word sequences that name it at the end of a name (``email``, ``phone_number``).
        whole: names that mean it only when they are the whole name (``ssn``, ``dob``).
        not_after: words that make it something else when they stand anywhere before it
            (``send`` in ``send_email``, ``repo`` in ``repo_full_name``).
        types: qualified annotations that say so (``pydantic.EmailStr``).
        confidence: how sure a name alone makes us: ``high``, ``medium`` or ``low``.
    """

    name: str
    category: str
    kinds: list[str] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    whole: list[str] = field(default_factory=list)
    not_after: list[str] = field(default_factory=list)
    types: list[str] = field(default_factory=list)
    confidence: str = "medium"


@dataclass(slots=True, eq=False, repr=False)
class PersonalDataModel:
    """``models/personal_data.toml``.

    Attributes:
        endings: words dropped at the end of a name before it is looked up, besides numbers.
        not_after: as for an element, for every one of them (``is_email``, ``n_phone_numbers``).
    """

    element: list[PersonalElement]
    endings: list[str] = field(default_factory=list)
    not_after: list[str] = field(default_factory=list)


@dataclass(slots=True, eq=False, repr=False)
class RetiredModel:
    """Models that a provider has retired, or announced to retire, on the same day.

    Attributes:
        provider: who runs them.
        clients: the SDKs (``sdk:openai``) and classes of other SDKs (``ChatOpenAI``) that reach the provider
            itself; whoever resells a model sets dates of their own.
        date: the day from which requests fail (``2025-07-21``).
        models: their names in the API.
        docs: where the provider announces it.
        instead: what the provider recommends.
        announced: the day on which that was announced, where the provider names it.
    """

    provider: str
    clients: list[str]
    date: str
    models: list[str]
    docs: str
    instead: str = ""
    announced: str = ""


@dataclass(slots=True, eq=False, repr=False)
class Successor:
    """Models that take the place of others, and what has to change in a call besides the name.

    Attributes:
        models: globs over the names of the new models.
        docs: where the provider says so.
        alike: globs over the names of those before them that take what the new ones take.
        adding: API (``chat``, ``responses``) or class (``ChatOpenAI``) -> arguments that keep a call of any
            other model what it was.
        renaming: API -> parameters that the new models know by another name.
        unless: a regular expression; a call in whose code it is found wants a person.
        unless_alike: the same, for a call of a model that is alike.
    """

    models: list[str]
    docs: str
    alike: list[str] = field(default_factory=list)
    adding: dict[str, dict[str, str]] = field(default_factory=dict)
    renaming: dict[str, dict[str, str]] = field(default_factory=dict)
    unless: str = ""
    unless_alike: str = ""


@dataclass(slots=True, eq=False, repr=False)
class RetiredModels:
    """``models/retired.toml``.

    Attributes:
        checked: the day on which the announcements were last read.
        successor: the models that are recommended instead, by what a call has to say to them.
    """

    checked: str
    retired: list[RetiredModel]
    successor: list[Successor] = field(default_factory=list)


@dataclass(slots=True, eq=False, repr=False)
class LocalPackages:
    """``models/local.toml``: import roots of packages that run models on the machine itself."""

    packages: list[str]


@dataclass(slots=True, eq=False, repr=False)
class AliasModels:
    """``models/aliases.toml``: floating names of models, and a dated snapshot of each."""

    docs: str
    snapshot: dict[str, str]


@dataclass(slots=True, eq=False, repr=False)
class RetryPolicyModel:
    """Something that runs a call again when it fails.

    Attributes:
        kind: ``decorator`` (``@tenacity.retry``), ``loop`` (``for attempt in Retrying(...)``),
            ``caller`` (given the function: ``Retrying(...)(f)``) or ``transport`` (part of an HTTP
            client: ``httpx.HTTPTransport(retries=3)``).
        calls: qualified names of what is called or, for a decorator, also written without a call.
        positional: the parameters' names in order.
        attempts: parameters that limit how often, a number or a call of a ``stop`` strategy.
        counts: what that number counts: ``attempts`` (with the first) or ``retries`` (without).
        deadline: parameters that limit the time of all attempts together.
        wait: parameters that say how long to wait, a number or a call of a ``wait`` strategy.
        exceptions: parameters that say after which exceptions; absent, after all of them.
        statuses: parameters that name the HTTP statuses that are tried again.
        default_attempts: what holds where nothing limits it; -1 for no limit.
        default_wait: ``none``, ``fixed`` or ``growing``.
        milliseconds: numbers of ``wait`` and ``deadline`` count these, not seconds.
        sync_only: a coroutine function that it decorates is never run again: it returns before that runs.
        connects_only: only a failed connection is tried again, never an answer of 429 or 5xx.
        installed_by: for a transport, parameters (``httpx.Client:transport``) and methods
            (``requests.Session.mount``) by which it becomes part of a client.
        docs: where it is documented.
    """

    kind: str
    docs: str
    calls: list[str]
    positional: list[str] = field(default_factory=list)
    attempts: list[str] = field(default_factory=list)
    counts: str = "attempts"
    deadline: list[str] = field(default_factory=list)
    wait: list[str] = field(default_factory=list)
    exceptions: list[str] = field(default_factory=list)
    statuses: list[str] = field(default_factory=list)
    default_attempts: int = -1
    default_wait: str = "none"
    milliseconds: bool = False
    sync_only: bool = False
    connects_only: bool = False
    installed_by: list[str] = field(default_factory=list)


@dataclass(slots=True, eq=False, repr=False)
class RetryStrategyModel:
    """An argument of a policy that says when to stop, how long to wait or what to retry on.

    Attributes:
        kind: ``stop``, ``wait`` or ``exceptions``.
        calls: qualified names; a value that is no call (``tenacity.stop_never``) as well.
        positional: the parameters' names in order.
        attempts: parameters with the number of attempts; ``stop`` only.
        seconds: parameters with a time: the limit of a ``stop``, the first pause of a ``wait``.
        exceptions: parameters with the exceptions.
        grows: pauses get longer from attempt to attempt; ``wait`` only.
        endless: never stops; ``stop`` only.
    """

    kind: str
    calls: list[str]
    positional: list[str] = field(default_factory=list)
    attempts: list[str] = field(default_factory=list)
    seconds: list[str] = field(default_factory=list)
    exceptions: list[str] = field(default_factory=list)
    grows: bool = False
    endless: bool = False


@dataclass(slots=True, eq=False, repr=False)
class DeadlineModel:
    """Something that ends what runs inside it after a time.

    Attributes:
        kind: ``context`` (``async with asyncio.timeout(5)``), ``call`` (given the coroutine or
            future: ``asyncio.wait_for(c, 5)``) or ``decorator``.
        calls: qualified names.
        positional: the parameters' names in order.
        seconds: parameters with the time; ``None`` there means no limit.
        default: the limit where nothing is said; -1 for none.
        docs: where it is documented.
    """

    kind: str
    docs: str
    calls: list[str]
    seconds: list[str]
    positional: list[str] = field(default_factory=list)
    default: float = -1


@dataclass(slots=True, eq=False, repr=False)
class PauseModel:
    """Functions that wait, as loops around a call do between attempts.

    Attributes:
        calls: qualified names.
        positional: the parameters' names in order.
        seconds: parameters with the time.
    """

    calls: list[str]
    seconds: list[str]
    positional: list[str] = field(default_factory=list)


@dataclass(slots=True, eq=False, repr=False)
class RetryModel:
    """``models/retry.toml``."""

    policy: list[RetryPolicyModel]
    strategy: list[RetryStrategyModel]
    deadline: list[DeadlineModel]
    pause: list[PauseModel]
