"""Configuration: the nearest file wins, and what is wrong is named with its nearest right form."""

from __future__ import annotations

from pathlib import Path

import pytest

from prodworthy.config import Config, Configs, Overrides, Profile, read_config
from prodworthy.errors import ConfigError
from prodworthy.finding import Severity
from prodworthy.rule import Rule
from prodworthy.selection import Selection


def rule(code: str, name: str, *, severity: Severity = Severity.WARNING, default: bool = True) -> Rule:
    return Rule(code, name, "A rule.", severity, default, ())


RULES = (
    rule("PW101", "hardcoded-api-key", severity=Severity.ERROR),
    rule("PW105", "hardcoded-organization", default=False),
    rule("PW301", "unbounded-output"),
    rule("PW304", "multiple-completions", severity=Severity.NOTE),
    rule("PW803", "scattered-model-name", severity=Severity.NOTE, default=False),
)


def write(folder: Path, text: str, name: str = "prodworthy.toml") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(text, encoding="utf-8")
    return folder / name


def selected(config: Config, path: str | None = None) -> str:
    selection = Selection(config, RULES)
    rules = selection.rules if path is None else selection.for_path(path)
    return " ".join(rule.code for rule in rules)


def test_pyproject_and_own_file_say_the_same(tmp_path: Path) -> None:
    own = write(tmp_path / "a", 'select = ["PW3"]\nmax-file-size = "2 MB"\n')
    shared = write(
        tmp_path / "b", '[tool.prodworthy]\nselect = ["PW3"]\nmax-file-size = 2097152\n', "pyproject.toml"
    )
    for config in (read_config(own), read_config(shared)):
        assert (config.select, config.max_file_size) == (("PW3",), 2 * 1024 * 1024)


def test_the_nearest_file_wins_and_inherits_nothing(tmp_path: Path) -> None:
    write(tmp_path, 'pedantic = true\nprofile = "production"\n')
    write(tmp_path / "app", '[tool.prodworthy]\nprofile = "prototype"\n', "pyproject.toml")
    write(tmp_path / "app" / "sub", "[project]\nname = 'sub'\n", "pyproject.toml")
    configs = Configs(tmp_path)
    outer, inner = configs.of_folder(tmp_path / "lib"), configs.of_folder(tmp_path / "app" / "sub")
    assert (outer.profile, outer.pedantic) == (Profile.PRODUCTION, True)
    assert (inner.profile, inner.pedantic) == (Profile.PROTOTYPE, False)


def test_a_repository_is_not_configured_from_above(tmp_path: Path) -> None:
    write(tmp_path, "pedantic = true\n")
    (tmp_path / "repository" / ".git").mkdir(parents=True)
    assert not Configs(tmp_path).of_folder(tmp_path / "repository").pedantic


def test_extend_inherits(tmp_path: Path) -> None:
    write(
        tmp_path,
        'ignore = ["PW304"]\nextend-exclude = ["old"]\n[per-file-ignores]\n"a.py" = ["PW1"]\n',
        "base.toml",
    )
    config = read_config(
        write(
            tmp_path / "app",
            'extend = "../base.toml"\nextend-select = ["PW105"]\n[per-file-ignores]\n"b.py" = ["PW3"]\n',
        )
    )
    assert selected(config) == "PW101 PW105 PW301"
    assert "old" in config.exclude
    assert ".venv" in config.exclude
    assert [glob for glob, _ in config.per_file_ignores] == ["a.py", "b.py"]
    assert config.root == tmp_path / "app"


def test_extending_in_a_circle_is_named(tmp_path: Path) -> None:
    write(tmp_path, 'extend = "b.toml"\n', "a.toml")
    write(tmp_path, 'extend = "a.toml"\n', "b.toml")
    with pytest.raises(ConfigError, match="goes in a circle"):
        read_config(tmp_path / "a.toml")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("select = [\n", r"prodworthy\.toml: not valid TOML: .*line"),
        ("selct = []\n", "unknown key `selct`; did you mean `select`"),
        ("per_file_ignores = {}\n", "did you mean `per-file-ignores`"),
        ("zzz = 1\n", "known are attestations, budget, check-tests"),
        ('select = "PW301"\n', "`select`: .*list"),
        ('profile = "live"\n', "`profile`: .*'prototype', 'staging' or 'production'"),
        ("pedantic = 3\n", "`pedantic`"),
        ('max-file-size = "huge"\n', "`max-file-size`"),
        ("max-file-size = 0\n", "greater than 0"),
        ('extend = "nowhere.toml"\n', r"names nowhere\.toml, which does not exist"),
        ("models = 3\n", "`models`"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(ConfigError, match=told) as caught:
        read_config(write(tmp_path, text))
    assert str(caught.value).startswith(str(tmp_path / "prodworthy.toml"))


def test_other_components_tables_are_left_to_them(tmp_path: Path) -> None:
    own = '[[models.acme.call]]\napi = "chat"\npaths = ["acme.ask"]\n'
    config = read_config(write(tmp_path, f'[redact]\nnames = "off"\n[budget]\nx = 1\n{own}'))
    assert config.tables == {"redact": {"names": "off"}, "budget": {"x": 1}}
    assert config.models == {"acme": {"call": [{"api": "chat", "paths": ["acme.ask"]}]}}


@pytest.mark.parametrize(
    ("profile", "codes"),
    [
        ("prototype", "PW101"),
        ("staging", "PW101 PW301 PW304"),
        ("production", "PW101 PW105 PW301 PW304"),
    ],
)
def test_a_profile_is_a_set_of_rules(tmp_path: Path, profile: str, codes: str) -> None:
    assert selected(Config(tmp_path, profile=Profile(profile))) == codes


@pytest.mark.parametrize(
    ("config", "codes"),
    [
        ({"select": ("PW3",)}, "PW301 PW304"),
        ({"select": ("ALL",)}, "PW101 PW105 PW301 PW304 PW803"),
        ({"select": ("unbounded-output",)}, "PW301"),
        ({"select": ()}, ""),
        ({"extend_select": ("PW8",)}, "PW101 PW301 PW304 PW803"),
        ({"ignore": ("PW3",)}, "PW101"),
        ({"ignore": ("PW3",), "extend_select": ("PW301",)}, "PW101 PW301"),
        ({"select": ("PW3",), "ignore": ("PW301",)}, "PW304"),
        ({"select": ("PW301",), "ignore": ("unbounded-output",)}, ""),
    ],
)
def test_the_closer_selector_wins(tmp_path: Path, config: dict[str, tuple[str, ...]], codes: str) -> None:
    assert selected(Config(tmp_path, **config)) == codes  # type: ignore[arg-type]


def test_rules_are_off_for_some_files(tmp_path: Path) -> None:
    config = Config(
        tmp_path, per_file_ignores=(("tests/**", ("PW1", "multiple-completions")), ("a.py", ("ALL",)))
    )
    assert selected(config, "tests/unit/test_a.py") == "PW301"
    assert selected(config, "a.py") == ""
    assert selected(config, "b.py") == "PW101 PW301 PW304"


@pytest.mark.parametrize(
    ("key", "selector", "told"),
    [
        ("select", "PW30l", "unknown rule 'PW30l'; did you mean PW3"),
        ("ignore", "pw301", "did you mean PW301"),
        ("extend_select", "unbounded-ouput", "did you mean unbounded-output"),
        ("select", "E501", "prodworthy rules"),
        ("select", "PW3011", "did you mean PW301"),
    ],
)
def test_an_unknown_rule_is_named_with_the_nearest(
    tmp_path: Path, key: str, selector: str, told: str
) -> None:
    config = Config(tmp_path, "pyproject.toml", **{key: (selector,)})  # type: ignore[arg-type]
    with pytest.raises(ConfigError, match=told) as caught:
        Selection(config, RULES)
    assert str(caught.value).startswith(f"pyproject.toml: {key.replace('_', '-')}: ")


def test_the_command_line_wins(tmp_path: Path) -> None:
    write(tmp_path, 'select = ["PW101"]\nignore = ["PW301"]\nprofile = "prototype"\n')
    config = Configs(
        tmp_path, Overrides(select=("PW3",), ignore=("PW304",), profile=Profile.STAGING)
    ).of_folder(tmp_path)
    assert selected(config) == "PW301"
    assert config.profile is Profile.STAGING
