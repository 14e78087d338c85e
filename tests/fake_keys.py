"""Keys that look like a provider's and open nothing: drawn when needed, so that none stands in a file.

A rule page writes ``{{ fake_key('openai') }}`` where a key would stand; the page reader draws one.
"""

from __future__ import annotations

import random
import string

HEX = "0123456789abcdef"
LETTERS = string.ascii_letters
ALNUM = string.ascii_letters + string.digits
URLSAFE = ALNUM + "-_"
UPPER = string.ascii_uppercase + "234567"

# A number stands for so many characters of the alphabet after it.
_FORMS: dict[str, tuple[str | tuple[int, str], ...]] = {
    "openai": ("sk-proj-", (64, ALNUM)),
    "openai-classic": ("sk-", (48, ALNUM)),
    "openai-infix": ("sk-", (20, ALNUM), "T3Blbk" + "FJ", (20, ALNUM)),
    "openai-service": ("sk-svcacct-", (60, ALNUM)),
    "openai-admin": ("sk-admin-", (60, ALNUM)),
    "openai-compatible": ("sk-", (32, HEX)),
    "anthropic": ("sk-ant-api03-", (93, ALNUM), "AA"),
    "openrouter": ("sk-or-v1-", (64, HEX)),
    "google": ("AIza", (35, ALNUM)),
    "aws": ("AKIA", (16, UPPER)),
    "azure": ((52, ALNUM), "JQQJ99", (26, ALNUM)),
    "huggingface": ("hf_", (34, LETTERS)),
    "groq": ("gsk_", (52, ALNUM)),
    "xai": ("xai-", (80, ALNUM)),
    "perplexity": ("pplx-", (48, ALNUM)),
    "replicate": ("r8_", (37, ALNUM)),
    "nvidia": ("nvapi-", (64, ALNUM)),
    "cerebras": ("csk-", (48, ALNUM)),
    "together": ("tgp_v1_", (43, ALNUM)),
    "elevenlabs": ("sk_", (48, HEX)),
    "pinecone": ("pcsk_", (65, ALNUM)),
    "langsmith": ("lsv2_pt_", (32, HEX), "_", (10, HEX)),
    "llamacloud": ("llx-", (48, ALNUM)),
    "tavily": ("tvly-", (32, ALNUM)),
    "tavily-dev": ("tvly-dev-", (32, ALNUM)),
    "databricks": ("dapi", (32, HEX)),
    "github": ("ghp_", (36, ALNUM)),
    "github-fine": ("github_pat_", (22, ALNUM), "_", (59, ALNUM)),
    "gitlab": ("glpat-", (20, ALNUM)),
    "slack": ("xoxb-", (12, string.digits), "-", (12, string.digits), "-", (24, ALNUM)),
    "stripe": ("sk_live_", (24, ALNUM)),
    "sendgrid": ("SG.", (22, ALNUM), ".", (43, ALNUM)),
    "telegram": ((9, "123456789"), ":AA", (33, ALNUM)),
    "pypi": ("pypi-AgEIcHlwaS5vcmc", (80, ALNUM)),
    "square": ("sq0csp-", (43, ALNUM)),
    "openai-full": ("sk-proj-", (74, URLSAFE), "T3Blbk" + "FJ", (74, URLSAFE)),
    "anthropic-admin": ("sk-ant-admin01-", (93, URLSAFE), "AA"),
    "anthropic-oauth": ("sk-ant-oat01-", (93, URLSAFE), "AA"),
    "bedrock": ("ABSK", (110, ALNUM + "+/"), "=="),
    "together-old": ((64, HEX),),
    "fireworks": ("fw_", (22, ALNUM)),
    "voyage": ("pa-", (43, URLSAFE)),
    "langfuse": ("sk-lf-", (8, HEX), "-", (4, HEX), "-", (4, HEX), "-", (4, HEX), "-", (12, HEX)),
    "discord": ("MT", (22, ALNUM), ".", (6, ALNUM), ".", (27, ALNUM)),
    "twilio": ("SK", (32, HEX)),
    "password": ((14, ALNUM),),
    "hex": ((32, HEX),),
    "hex40": ((40, HEX),),
    "hex64": ((64, HEX),),
    "base62": ((40, ALNUM),),
    "base64": ((40, ALNUM + "+/"),),
    "uuid": ((8, HEX), "-", (4, HEX), "-", (4, HEX), "-", (4, HEX), "-", (12, HEX)),
}
_PLAIN = frozenset(
    {"password", "hex", "hex40", "hex64", "base62", "base64", "uuid", "together-old", "twilio"}
)
PROVIDERS = tuple(name for name in _FORMS if name not in _PLAIN)


def fake_key(provider: str, seed: int = 0) -> str:
    """A key of ``provider``'s form; the same one for the same ``seed``.

    Raises:
        KeyError: nobody knows how a key of ``provider`` looks.
    """
    chance = random.Random(f"{provider} {seed}")
    return "".join(
        part if isinstance(part, str) else "".join(chance.choices(part[1], k=part[0]))
        for part in _FORMS[provider]
    )
