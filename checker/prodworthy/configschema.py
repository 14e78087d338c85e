"""The configuration as a JSON schema (draft 7), for editors: made of the models that judge it."""

from __future__ import annotations

import typing
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import MISSING, fields
from typing import Any

from pydantic import BaseModel, TypeAdapter

from prodworthy.attributes import descriptions
from prodworthy.config import Config
from prodworthy.configfile import ConfigTable
from prodworthy.model.knowledge import SANITIZER_KINDS, SOURCE_KINDS
from prodworthy.model.own import DEFAULTS
from prodworthy.model.schema import APIS, ROLES, CallModel, ClientModel, SdkModel
from prodworthy.pack import Packs

Json = dict[str, Any]
"""An object of a JSON document."""

DRAFT = "http://json-schema.org/draft-07/schema#"
ADDRESS = "https://json.schemastore.org/prodworthy.json"
_SIZE = r"^\d+\s*([kKmM]([iI]?[bB])?|[bB])?$"
_RENAMED = {"gt": "exclusiveMinimum"}  # pydantic's own word, where a validator stands before the limit
_REFERENCE = "#/definitions/{model}"
_SELECTING = ("select", "extend-select", "ignore", "per-file-ignores")


def schema(packs: Packs) -> Json:
    """The schema of ``[tool.prodworthy]`` and of prodworthy.toml, with the rules of ``packs``."""
    made = _of_model(ConfigTable)
    properties = made["properties"]
    for name in _SELECTING:
        lists = properties[name].get("additionalProperties", properties[name])
        lists["items"] = {"$ref": "#/definitions/Selector"}
    properties["max-file-size"] = _either(properties["max-file-size"], {"type": "string", "pattern": _SIZE})
    for name, value in _usual().items():
        properties[name].setdefault("default", value)
    definitions = made.setdefault("definitions", {})
    definitions["Selector"] = _selector(packs)
    for name, table in _tables(packs).items():
        definitions |= table.pop("definitions", {})
        properties[name] = {"description": properties[name]["description"], **table}
    return {
        "$schema": DRAFT,
        "$id": ADDRESS,
        "title": "prodworthy",
        "description": "The table tool.prodworthy of pyproject.toml, or the whole of prodworthy.toml.",
        **made,
    }


def _usual() -> Json:
    """What holds where no file says anything, as far as it is worth telling."""
    usual = {one.name.replace("_", "-"): one.default for one in fields(Config) if one.default is not MISSING}
    told = ("profile", "pedantic", "check-tests", "max-file-size")
    return {name: value for name in told if (value := usual.get(name)) is not None}


def _tables(packs: Packs) -> dict[str, Json]:
    """What other components judge, by the name of the table."""
    # the middleware is loaded only where somebody asks for the schema
    from prodworthy_redact.gateway.config import Gateway
    from prodworthy_redact.policy import Policy
    from prodworthy_redact.privacy import PrivacyTable
    from prodworthy_redact.usage.config import Budget

    redact = _of_model(Policy)
    properties = redact["properties"]
    action = {"$ref": "#/definitions/Action"}
    properties["entities"]["additionalProperties"] = _either(
        properties["entities"]["additionalProperties"], action
    )
    properties["deny"] = _either(properties["deny"], {"type": "array", "items": {"type": "string"}})
    regex = redact["definitions"]["OwnRecognizer"]["properties"]
    regex["regex"] = _either(regex["regex"], {"type": "string"})
    return {
        "redact": redact,
        "privacy": _of_model(PrivacyTable),
        "budget": _of_model(Budget),
        "gateway": _of_model(Gateway),
        "attestations": _attestations(packs),
        "models": _models(),
    }


def _of_model(model: type[BaseModel]) -> Json:
    """The schema of a table; what a docstring says of an attribute describes its key."""
    made: Json = _tidied(model.model_json_schema(ref_template=_REFERENCE))
    definitions = made.get("definitions", {})
    for one in _models_in(model):
        table = made if one is model else definitions[one.__name__]
        _tell(table, descriptions(one))
        if one.model_config.get("alias_generator") is None and any("_" in name for name in one.model_fields):
            _hyphenate(table)
    return made


def _models_in(kind: object) -> Iterator[type[BaseModel]]:
    """The models that values of ``kind`` are made of."""
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        yield kind
        for field in kind.model_fields.values():
            yield from _models_in(field.annotation)
    for argument in typing.get_args(kind):
        yield from _models_in(argument)


def _tell(table: Json, texts: Mapping[str, str]) -> None:
    """Describe the keys of a table, and nothing else: docstrings say more than an editor shows."""
    table.pop("description", None)
    for name, value in table["properties"].items():
        told = texts.get(name.replace("-", "_"), "")
        if told:
            table["properties"][name] = _described(value, told)


def _hyphenate(table: Json) -> None:
    """Offer the keys with hyphens, as all of the configuration has them; underscores are taken as well."""
    properties: Json = table["properties"]
    table["properties"] = {name.replace("_", "-"): value for name, value in properties.items()}
    table["patternProperties"] = {f"^{name}$": value for name, value in properties.items() if "_" in name}
    if "required" in table:
        table["required"] = [name.replace("_", "-") for name in table["required"]]


def _described(value: Json, told: str) -> Json:
    told = f"{told[:1].upper()}{told[1:]}".replace("``", "`")
    return {"description": told, "allOf": [value]} if "$ref" in value else {**value, "description": told}


def _either(value: Json, other: Json) -> Json:
    """``value`` or ``other``; what describes the value describes both."""
    about: Json = {key: value[key] for key in ("description", "default") if key in value}
    return {**about, "anyOf": [{k: v for k, v in value.items() if k not in about}, other]}


def _tidied(value: Any) -> Any:
    """What pydantic gives in draft 7 and without what TOML cannot say: no titles, and no null."""
    if isinstance(value, list):
        return [_tidied(one) for one in value]
    if not isinstance(value, dict):
        return value.replace("``", "`") if isinstance(value, str) else value
    made: Json = {}
    for key, one in value.items():
        if key in ("properties", "$defs"):
            made["definitions" if key == "$defs" else key] = _named(one)
        elif key != "title" and not (key == "default" and one is None):
            made[_RENAMED.get(str(key), str(key))] = _tidied(one)
    options = [one for one in made.pop("anyOf", ()) if one != {"type": "null"}]
    if len(options) > 1:
        return {**made, "anyOf": options}
    made |= options[0] if options else {}
    # beside a reference, nothing else counts in this draft
    return {"allOf": [{"$ref": made.pop("$ref")}], **made} if "$ref" in made and len(made) > 1 else made


def _named(table: Mapping[str, Any]) -> Json:
    """The values of a mapping whose keys are names, which may be called ``title`` or ``default``."""
    return {name: _tidied(one) for name, one in table.items()}


def _selector(packs: Packs) -> Json:
    """A code, a name, a prefix or ``ALL``; rules of packs that are not installed here are strings as well."""
    rules = packs.rules
    prefixes = sorted({rule.code[:length] for rule in rules for length in (3, len(rule.code))})
    known = ["ALL", *prefixes, *(rule.name for rule in rules)]
    return {"anyOf": [{"enum": known}, {"type": "string", "pattern": r"^[A-Za-z][\w-]*$"}]}


def _attestations(packs: Packs) -> Json:
    from prodworthy.readiness import knowledge
    from prodworthy.readiness.attestations import Attestation, AttestationTable

    one = _of_model(AttestationTable)
    _tell(one, descriptions(Attestation))
    reference = {"$ref": "#/definitions/Attestation"}
    known = knowledge.attestations(packs)
    return {
        "type": "object",
        "additionalProperties": False,
        "properties": {key: _described(reference, f"{m.title}: {m.says}") for key, m in known.items()},
        "definitions": {"Attestation": one},
    }


def _models() -> Json:
    """The user's wrappers by name, and which functions are sanitizers and sources."""
    made: Json = _tidied(TypeAdapter(SdkModel).json_schema(ref_template=_REFERENCE))
    definitions: Json = made.pop("definitions")
    for shape in (ClientModel, CallModel):
        _tell(definitions[shape.__name__], descriptions(shape))
        definitions[shape.__name__]["additionalProperties"] = False
    roles = {"propertyNames": {"enum": sorted(ROLES)}}
    for name in ("ClientModel", "CallModel"):
        definitions[name]["properties"]["params"] |= roles
        definitions[name]["properties"]["defaults"] |= {"propertyNames": {"enum": list(DEFAULTS)}}
    definitions["CallModel"]["properties"]["api"] = _described(
        {"enum": sorted(APIS)}, descriptions(CallModel)["api"]
    )
    _tell(made, descriptions(SdkModel))
    # what a user need not say of a wrapper
    made["required"] = [name for name in made.get("required", ()) if name not in ("name", "docs", "roots")]
    definitions["Wrapper"] = {**made, "additionalProperties": False}
    return {
        "type": "object",
        "properties": {
            "sanitizers": _kinds(SANITIZER_KINDS, "Own functions that make a value safe, by what they do."),
            "sources": _kinds(SOURCE_KINDS, "Own functions that give what somebody else decides, by kind."),
        },
        "additionalProperties": {"$ref": "#/definitions/Wrapper"},
        "definitions": definitions,
    }


def _kinds(kinds: Iterable[str], told: str) -> Json:
    names = {"type": "array", "items": {"type": "string"}}
    properties = dict.fromkeys(kinds, names)
    return {"type": "object", "description": told, "properties": properties, "additionalProperties": False}
