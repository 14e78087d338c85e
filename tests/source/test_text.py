"""Bytes become text as Python reads them, or a message says why not."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from prodworthy.errors import SourceError
from prodworthy.source.text import decode, read_text


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"x = 1\n", "x = 1\n"),
        ("x = 'é'\n".encode(), "x = 'é'\n"),
        (b"\xef\xbb\xbfx = 1\n", "x = 1\n"),
        ("# -*- coding: latin-1 -*-\nx = 'é'\n".encode("latin-1"), "# -*- coding: latin-1 -*-\nx = 'é'\n"),
        ("#!/bin/python\n# vim: set fileencoding=cp1252 :\nx = '€'\n".encode("cp1252"),
         "#!/bin/python\n# vim: set fileencoding=cp1252 :\nx = '€'\n"),
        ("x = 'é'\n# coding: latin-1\n".encode(), "x = 'é'\n# coding: latin-1\n"),
    ],
)  # fmt: skip
def test_text_is_decoded_as_python_does(data: bytes, text: str) -> None:
    assert decode("a.py", data) == text


@pytest.mark.parametrize(
    ("data", "line", "told"),
    [
        ("x = 1\ny = 'é'\n".encode("latin-1"), 2, "byte 0xe9 is not utf-8 and no coding comment"),
        (b"# coding: ascii\nx = '\xc3\xa9'\n", 2, "not ascii as its coding comment says"),
        (b"# coding: klingon\n", 1, "unknown encoding 'klingon'"),
        (b"# coding: rot13\n", 1, "unknown encoding 'rot13'"),
        (b"x = 1\ny = '\0'\n", 2, "null bytes"),
        ("x = 1\n".encode("utf-16"), 1, "UTF-16"),
        (b"\x7fELF\x02\x01\x01\0\0\0", 1, "binary"),
    ],
)
def test_what_is_no_text_is_named(data: bytes, line: int, told: str) -> None:
    with pytest.raises(SourceError, match=told) as caught:
        decode("bad.py", data)
    assert (caught.value.path, caught.value.line) == ("bad.py", line)


def test_a_large_file_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "big.py").write_bytes(b"x = 1\n" * 200)
    with pytest.raises(SourceError, match=r"big\.py: is .* more than max-file-size"):
        read_text(tmp_path, "big.py", limit=1000)
    assert len(read_text(tmp_path, "big.py", limit=1200)) == 1200


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.py")
    with pytest.raises(SourceError, match="not a regular file"):
        read_text(tmp_path, "pipe.py")
