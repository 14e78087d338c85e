"""Where the SDKs keep their HTTP clients. Each function protects one and tells whether it did."""

from __future__ import annotations

from prodworthy_redact.clients.guard import Guard
from prodworthy_redact.errors import ClientError


def stainless(client: object, guard: Guard) -> bool:
    """openai, anthropic, groq, together: their clients and the resources of these."""
    inner = getattr(client, "_client", None)
    if inner is None:
        return False
    signs = any(".lib.bedrock" in kind.__module__ for kind in type(client).__mro__)
    if signs and getattr(client, "api_key", None) is None:
        told = f"{type(client).__name__} signs its requests before they can be redacted"
        raise ClientError(f"{told}; protect a boto3 client of bedrock-runtime, or give it an API key")
    return guard.http(inner, getattr(client, "base_url", None)) or stainless(inner, guard)


def genai(client: object, guard: Guard) -> bool:
    """google-genai: ``Client``, and its ``aio``."""
    api = getattr(client, "_api_client", None)
    sync = getattr(api, "_httpx_client", None)
    if api is None or sync is None:
        return False
    options = vars(api)["_http_options"]
    url = getattr(options, "base_url", None)
    guard.http(sync, url)
    loops = getattr(api, "_async_httpx_client", None)
    if loops is None:
        told = "its asynchronous requests go through google-auth; give http_options.httpx_async_client"
        raise ClientError(f"this google-genai client cannot be protected: {told}")
    guard.http(loops, url)
    if vars(loops).get("_per_loop"):  # one client for each event loop, made when it is needed
        made = loops._inner_client_cls
        if not getattr(made, "guarded", False):

            def inner(**settings: object) -> object:
                fresh = made(**settings)
                guard.http(fresh, url)
                return fresh

            inner.guarded = True  # type: ignore[attr-defined]
            loops._inner_client_cls = inner
        for known in list(loops._loop_clients.values()):
            guard.http(known, url)
    options.httpx_async_client = loops  # otherwise it prefers aiohttp, where that is installed
    return True


def mistral(client: object, guard: Guard) -> bool:
    """Mistralai."""
    settings = getattr(client, "sdk_configuration", None)
    if settings is None:
        return False
    url = settings.get_server_details()[0]
    found = [guard.http(http, url) for http in (settings.client, settings.async_client) if http is not None]
    return any(found)


def cohere(client: object, guard: Guard) -> bool:
    """cohere, of both versions of the API."""
    wrapper = getattr(client, "_client_wrapper", None)
    http = getattr(getattr(wrapper, "httpx_client", None), "httpx_client", None)
    return http is not None and guard.http(http, vars(wrapper).get("_base_url"))


def ollama(client: object, guard: Guard) -> bool:
    """Ollama."""
    return guard.http(getattr(client, "_client", None))


def http(client: object, guard: Guard) -> bool:
    """Clients of httpx and httpx2, sessions of requests."""
    if guard.http(client):
        return True
    adapters = getattr(client, "adapters", None)
    if adapters is None:
        return False
    from prodworthy_redact.requests import RedactingAdapter

    for prefix, adapter in list(adapters.items()):
        if isinstance(adapter, RedactingAdapter):
            guard.same(adapter.wire)
        else:
            adapters[prefix] = RedactingAdapter(
                guard.redactor, adapter, session=guard.session, hosts=guard.hosts
            )
    return True


def huggingface(client: object, guard: Guard) -> bool:
    """huggingface_hub: all its clients share one HTTP client, so that all of them are protected."""
    if type(client).__name__ not in ("InferenceClient", "AsyncInferenceClient"):
        return False
    import huggingface_hub
    from huggingface_hub.utils import _http as hub

    url = getattr(client, "base_url", None) or _url(getattr(client, "model", None))
    guard.http(huggingface_hub.get_session(), url)
    own = getattr(client, "_async_client", None)
    if own is not None:
        guard.http(own, url)
    for name, setting in (
        ("_GLOBAL_CLIENT_FACTORY", "_GLOBAL_CLIENT_FACTORY"),
        ("_GLOBAL_ASYNC_CLIENT_FACTORY", "_GLOBAL_ASYNC_CLIENT_FACTORY"),
    ):
        made = getattr(hub, name)

        def factory(made: object = made) -> object:
            assert callable(made)
            fresh = made()
            guard.http(fresh, url)
            return fresh

        setattr(hub, setting, factory)
    return True


def _url(model: object) -> str | None:
    return model if isinstance(model, str) and model.startswith(("http://", "https://")) else None
