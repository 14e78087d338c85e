"""What a file is, by its name: what its values look like, and which of them nobody wrote."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

_BINARY = """
.7z .a .aac .avi .bin .bmp .bz2 .class .dll .dmg .doc .docx .dylib .eot .exe .flac .gguf .gif .gz
.h5 .heic .ico .iso .jar .jpeg .jpg .lib .mo .mov .mp3 .mp4 .npy .npz .o .obj .ogg .onnx .otf
.parquet .pdf .pickle .pkl .png .ppt .pptx .psd .pt .pth .pyc .pyd .pyo .rar .safetensors .so
.sqlite .sqlite3 .tar .tif .tiff .ttf .wasm .wav .webm .webp .whl .woff .woff2 .xls .xlsx .xz .zip
.zst
"""
BINARY = frozenset(_BINARY.split())
"""Endings of files that are not text."""
_CODE_ENDINGS = """
.py .pyi .pyw .js .jsx .mjs .cjs .ts .tsx .go .rs .java .kt .kts .scala .swift .c .h .cc .cpp .hpp
.cs .php .rb .lua .dart .r .jl .vue .svelte .ex .exs .clj .m .mm .pl .groovy .sol
"""
_CODE = frozenset(_CODE_ENDINGS.split())
_DOCUMENT = re.compile(
    r"\.(?:md|mdx|rst|adoc|txt|html?|tex)$|(?:^|/)(?:docs?|examples?|samples?|demos?|tutorials?|cookbooks?)/"
)
_GENERATED = re.compile(
    r"(?:^|/)(?:[\w.-]*lock\.(?:json|yaml)|[\w.-]+\.lock|go\.sum|npm-shrinkwrap\.json|packages\.config|"
    r"[\w.-]+\.min\.(?:js|css)|[\w.-]+\.(?:map|svg|css|po|pot)|vocab\.\w+|merges\.txt|tokenizer[\w.-]*|[\w.-]+\.(?:bpe|tiktoken|spm)|"
    r"[\w-]*cassette[\w-]*\.ya?ml|[\w.-]+\.(?:snap|ambr)|\.secrets\.baseline)$"
    r"|(?:^|/)(?:node_modules|bower_components|third_party|vendor|vendors|site-packages|dist|cassettes|__snapshots__)/"
)


def may_be_text(name: str) -> bool:
    """Whether a file can hold text, by its name."""
    dot = name.rfind(".")
    return dot < 0 or name[dot:].lower() not in BINARY


def is_binary(path: str, head: bytes) -> bool:
    """Whether a file is no text, by its ending or by null bytes in its first bytes."""
    return PurePosixPath(path).suffix.lower() in BINARY or (
        b"\0" in head and not head.startswith((b"\xff\xfe", b"\xfe\xff"))
    )


def is_code(path: str) -> bool:
    """Whether strings stand in quotes in a file, and words without them are names."""
    return PurePosixPath(path).suffix.lower() in _CODE


def is_document(path: str) -> bool:
    """Whether people read it rather than programs: what stands in it is often an example."""
    return _DOCUMENT.search(path.lower()) is not None


def is_generated(path: str) -> bool:
    """Whether programs wrote it or others did: lock files, minified and vendored code, recordings."""
    return _GENERATED.search(path) is not None
