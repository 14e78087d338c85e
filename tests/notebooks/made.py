"""Notebooks built for tests, as Jupyter writes them."""

from __future__ import annotations

import json
import re
from typing import Any

Json = dict[str, Any]


def code(source: str | list[str], **more: Any) -> Json:
    """A code cell; a string becomes a list of lines, as Jupyter writes it."""
    lines = re.findall(r"[^\n]*\n|[^\n]+", source) if isinstance(source, str) else source
    return {"cell_type": "code", "execution_count": 1, "metadata": {}, "outputs": [], "source": lines, **more}


def markdown(source: str) -> Json:
    return {"cell_type": "markdown", "metadata": {}, "source": [source]}


def notebook(*cells: Json, language: str = "python", **dump: Any) -> str:
    """The JSON text of a notebook of ``cells``, indented by one as Jupyter does."""
    document = {
        "cells": list(cells),
        "metadata": {"kernelspec": {"language": language}, "language_info": {"name": language}},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return json.dumps(document, **{"indent": 1, "ensure_ascii": False, **dump}) + "\n"


CLIENT = "from openai import OpenAI\nclient = OpenAI()"
CALL = 'answer = client.responses.create(model="gpt-4o", input="hello")'
