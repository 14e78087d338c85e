"""What people attest: judged where it is written, and worth something until it expires."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from prodworthy.config import read_config
from prodworthy.errors import ConfigError
from prodworthy.readiness.attestations import Attestation, State, judge, state_on

WHOLE = 'owner = "Finance"\ndate = 2026-01-01\nexpires = 2026-12-31\n'


def written(folder: Path, text: str) -> Path:
    file = folder / "prodworthy.toml"
    file.write_text(text)
    return file


def complaint(folder: Path, text: str) -> str:
    with pytest.raises(ConfigError) as caught:
        read_config(written(folder, text))
    return str(caught.value).replace(str(folder), "")


def test_an_attestation_is_read_from_either_file(tmp_path: Path) -> None:
    own = read_config(written(tmp_path, f"[attestations.billing-limit]\n{WHOLE}"))
    shared = tmp_path / "pyproject.toml"
    shared.write_text(f"[tool.prodworthy.attestations.billing-limit]\n{WHOLE}")
    for config in (own, read_config(shared)):
        assert judge(Path("x"), config.attestations) == {
            "billing-limit": Attestation("Finance", datetime.date(2026, 1, 1), datetime.date(2026, 12, 31))
        }


def test_attestations_are_inherited_by_key(tmp_path: Path) -> None:
    base = tmp_path / "base.toml"
    base.write_text(f"[attestations.billing-limit]\n{WHOLE}[attestations.key-rotation]\n{WHOLE}")
    config = read_config(
        written(
            tmp_path, 'extend = "base.toml"\n[attestations.key-rotation]\n' + WHOLE.replace("Finance", "Ops")
        )
    )
    owners = {key: one.owner for key, one in judge(Path("x"), config.attestations).items()}
    assert owners == {"billing-limit": "Finance", "key-rotation": "Ops"}


def test_no_stored_result_depends_on_an_attestation(tmp_path: Path) -> None:
    before = repr(read_config(written(tmp_path, "pedantic = true\n")))
    after = repr(read_config(written(tmp_path, f"pedantic = true\n[attestations.billing-limit]\n{WHOLE}")))
    assert before == after


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (f"[attestations.biling_limit]\n{WHOLE}", "unknown key `attestations.biling_limit`; did you mean `billing-limit`?"),
        (f"[attestations.zzz]\n{WHOLE}", "unknown key `attestations.zzz`; known are organization-roles, billing-limit,"),
        (f"[attestations.billing-limit]\n{WHOLE}expiry = 2027-01-01", "unknown key `attestations.billing-limit.expiry`; did you mean `expires`?"),
        ('[attestations.billing-limit]\nowner = "A"\ndate = 2026-01-01', "`attestations.billing-limit.expires`: field required"),
        (f"[attestations.billing-limit]\n{WHOLE.replace('Finance', '')}", "`attestations.billing-limit.owner`: string should have at least 1 character"),
        (f"[attestations.billing-limit]\n{WHOLE.replace('2026-12-31', '1700000000')}", "`attestations.billing-limit.expires`: write a date such as 2026-12-31"),
        (f"[attestations.billing-limit]\n{WHOLE.replace('2026-12-31', '2025-12-31')}", "`attestations.billing-limit`: it expires on 2025-12-31, before its date 2026-01-01"),
        (f"[attestations.billing-limit]\n{WHOLE}applies = false", "`attestations.billing-limit`: with `applies = false`, `note` says why it does not apply"),
        ('[attestations]\nbilling-limit = "yes"', "`attestations.billing-limit`: input should be a valid dictionary"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_with_its_nearest_right_form(tmp_path: Path, text: str, told: str) -> None:
    assert complaint(tmp_path, text).startswith(f"/prodworthy.toml: {told}")


def test_every_complaint_is_told_at_once(tmp_path: Path) -> None:
    text = f"[attestations.biling-limit]\n{WHOLE}[attestations.key-rotation]\nowner = 'A'\n"
    assert len(complaint(tmp_path, text).splitlines()) == 3


@pytest.mark.parametrize(
    ("day", "state"),
    [
        ("2025-12-31", State.FUTURE),
        ("2026-01-01", State.ATTESTED),
        ("2026-12-31", State.ATTESTED),
        ("2027-01-01", State.EXPIRED),
    ],
)
def test_an_attestation_holds_from_its_date_through_its_expiry(day: str, state: State) -> None:
    given = Attestation("Finance", datetime.date(2026, 1, 1), datetime.date(2026, 12, 31))
    assert state_on(datetime.date.fromisoformat(day), given) is state


def test_what_does_not_apply_expires_as_well() -> None:
    given = Attestation(
        "Legal", datetime.date(2026, 1, 1), datetime.date(2026, 12, 31), note="no", applies=False
    )
    assert state_on(datetime.date(2026, 6, 1), given) is State.NOT_APPLICABLE
    assert state_on(datetime.date(2027, 6, 1), given) is State.EXPIRED
    assert state_on(datetime.date(2026, 6, 1), None) is State.MISSING
