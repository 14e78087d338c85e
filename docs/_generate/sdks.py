"""What is known of each SDK: its clients, their methods, and which parameter plays which role."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from _generate.markdown import code, facts, table
from _generate.models import read_all
from prodworthy.model.schema import CallModel, ClientModel, SdkModel

_PROMPTS = ("messages", "user_prompt", "system_prompt", "input")


def pages() -> Iterator[tuple[str, str]]:
    """The overview and the page of every SDK."""
    models = sorted(read_all("sdks", SdkModel), key=lambda model: model.name)
    yield "reference/sdks/index.md", _index(models)
    for model in models:
        yield f"reference/sdks/{model.name}.md", _page(model)


def _index(models: Iterable[SdkModel]) -> str:
    known = list(models)
    head = ("SDK", "package", "checked with", "output cap", "retries", "timeout")
    rows = (
        (
            f"[{model.name}]({model.name}.md)",
            f"`{model.distribution}`" if model.distribution else "",
            model.checked,
            code(_names(model, "output_cap")),
            code(_names(model, "retries")),
            code(_names(model, "timeout")),
        )
        for model in known
    )
    names = "\n".join(model.name for model in known)
    return f"""# SDKs

{len(known)} SDKs and frameworks, each described by one file: which classes are clients, which methods send
requests, and which parameter carries the output cap, the retries, the timeout. A test builds the client of
each SDK that is installed and compares names and defaults with the release under *checked with*. Your own
wrappers are described [the same way](../../models.md).

{table(head, rows)}
```{{toctree}}
:hidden:

{names}
```
"""


def _page(model: SdkModel) -> str:
    known = [
        ("Package", f"`{model.distribution}`" if model.distribution else ""),
        ("Checked with", model.checked),
        ("Import roots", code(model.roots)),
        ("Source of the facts", f"<{model.docs}>" if model.docs.startswith("http") else model.docs),
    ]
    parts = [f"# {model.name}\n\n{facts(known)}"]
    if model.client:
        parts.append("## Clients\n\n" + table(_CLIENT, map(_client, model.client)))
    for title, calls in (
        ("Calls", [call for call in model.call if not call.removed]),
        ("Calls that the current release no longer has", [call for call in model.call if call.removed]),
    ):
        if calls:
            everywhere = [client.id for client in model.client]
            parts.append(f"## {title}\n\n" + table(_CALL, (_call(call, everywhere) for call in calls)))
    for title, names in (
        ("Errors that a retry is worth for", model.errors),
        ("Where the answer's text is read", model.results),
    ):
        if names:
            parts.append(f"## {title}\n\n" + "".join(f"- `{name}`\n" for name in names))
    return "\n".join(parts)


_CLIENT = ("client", "made by", "retries", "timeout", "output cap", "limit of steps")


def _client(client: ClientModel) -> tuple[str, ...]:
    made = code((*client.constructors, *(f"module {name}" for name in client.modules)))
    made += ("; " if made and client.made_by else "") + code(client.made_by)
    return (
        client.id,
        made,
        *(_role(client, role) for role in ("retries", "timeout", "output_cap", "max_steps")),
    )


_CALL = ("call", "api", "on", "output cap", "retries", "timeout", "prompt", "model")


def _call(call: CallModel, everywhere: list[str]) -> tuple[str, ...]:
    prompt = code(name for role in _PROMPTS for name in call.params.get(role, ()))
    on = "all" if len(everywhere) > 1 and sorted(call.on) == sorted(everywhere) else ", ".join(call.on)
    paths = code(call.paths) + (f"; now `{call.removed}`" if call.removed else "")
    roles = (_role(call, role) for role in ("output_cap", "retries", "timeout"))
    return (paths, call.api, on, *roles, prompt, code(call.params.get("model", ())))


def _role(level: ClientModel | CallModel, role: str) -> str:
    """The parameters that carry a role at this level, and what holds where nobody sets one."""
    names, default = code(level.params.get(role, ())), level.defaults.get(role)
    if default is None:
        return names
    if role == "timeout":
        told = "none" if default < 0 else f"{default:g} s"
    else:
        told = "none" if default <= 0 else f"{default:g}"
    return f"{names} (default: {told})".strip()


def _names(model: SdkModel, role: str) -> list[str]:
    """Every parameter that carries ``role`` somewhere in the current SDK, the most common first."""
    levels: list[ClientModel | CallModel] = [
        *model.client,
        *(call for call in model.call if not call.removed),
    ]
    names = [name for level in levels for name in level.params.get(role, ())[:1]]
    return sorted(set(names), key=lambda name: (-names.count(name), name))[:3]
