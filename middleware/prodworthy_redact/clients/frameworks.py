"""What holds clients of SDKs: models of LangChain and LlamaIndex, litellm, boto3."""

from __future__ import annotations

from collections.abc import Iterator

from prodworthy_redact import clients
from prodworthy_redact.clients.guard import Guard
from prodworthy_redact.errors import ClientError

_MADE = ("_client", "_async_client", "client", "async_client")
_GETTERS = ("_get_client", "_get_aclient")
_INNER = ("bound", "llm", "first", "last", "middle", "steps")
_DEEPEST = 4


def holder(model: object, guard: Guard, depth: int = 0) -> bool:
    """A model of LangChain or LlamaIndex, or what is built around one."""
    if depth > _DEEPEST:
        return False
    found = False
    for held in _held(model):
        if _is_holder(held):
            found = holder(held, guard, depth + 1) or found
        elif not isinstance(held, str | bytes | int | float | type(None)):
            found = clients.guarded(held, guard) or found
    return found


def _held(model: object) -> Iterator[object]:
    """The clients that a model has or makes when they are first asked for."""
    if getattr(model, "reuse_client", True) is False:
        told = "it builds a client for each request; set `reuse_client=True`"
        raise ClientError(f"{type(model).__qualname__} cannot be protected: {told}")
    for name in _GETTERS:
        if callable(get := getattr(model, name, None)):
            yield get()
    for name in _MADE:
        if name in vars(model) or hasattr(type(model), name):
            yield getattr(model, name)
    private = getattr(model, "__pydantic_private__", None) or {}
    yield from list(private.values())
    for name, value in list(vars(model).items()):
        if isinstance(value, list | tuple) and name in _INNER:
            yield from value
        elif name in _INNER or not _is_holder(value):
            yield value


def _is_holder(value: object) -> bool:
    return type(value).__module__.startswith(("langchain", "llama_index"))


def litellm(module: object, guard: Guard) -> bool:
    """The module litellm: all its calls, whichever provider they go to."""
    if type(module).__name__ != "module":
        return False
    import httpx
    import litellm as library
    from litellm.llms.custom_httpx import http_handler

    _refuse_native()
    if library.client_session is None:
        library.client_session = httpx.Client(follow_redirects=True, timeout=None)
    if library.aclient_session is None:
        library.aclient_session = httpx.AsyncClient(follow_redirects=True, timeout=None)
    guard.http(library.client_session)
    guard.http(library.aclient_session)
    for kind in (http_handler.HTTPHandler, http_handler.AsyncHTTPHandler):
        _guard_handlers(kind, guard)
    for name in ("module_level_client", "module_level_aclient"):
        guard.http(getattr(library, name).client)
    for made in list(library.in_memory_llm_clients_cache.cache_dict.values()):
        guard.http(getattr(made, "client", made)) or clients.guarded(made, guard)
    return True


def _refuse_native() -> None:
    """Requests that litellm's native code sends do not pass any HTTP client of Python."""
    try:
        from litellm.rust_bridge.configuration import rust_enabled
    except ImportError:
        return
    if rust_enabled():
        told = "LITELLM_RUST is on, and what its native code sends cannot be redacted; switch it off"
        raise ClientError(f"litellm cannot be protected: {told}, or use the gateway")


def _guard_handlers(kind: type, guard: Guard) -> None:
    made = kind.__dict__["create_client"]
    if getattr(made, "guarded", False):
        return

    def create_client(self: object, *args: object, **settings: object) -> object:
        fresh = made(self, *args, **settings)
        guard.http(fresh)
        return fresh

    create_client.guarded = True  # type: ignore[attr-defined]
    kind.create_client = create_client  # type: ignore[attr-defined]


def bedrock(client: object, guard: Guard) -> bool:
    """boto3's bedrock-runtime."""
    meta = getattr(client, "meta", None)
    service = getattr(getattr(meta, "service_model", None), "service_name", None)
    if service != "bedrock-runtime":
        return False
    if type(client).__module__.startswith("aiobotocore"):
        raise ClientError("clients of aiobotocore are not supported; use boto3 in a thread, or the gateway")
    from prodworthy_redact.botocore import Hooks

    Hooks(guard.wire()).register(client)
    return True
