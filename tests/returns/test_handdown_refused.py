"""下发 that are not taken, or not twice: each with its own sentence; and what can not be sent."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from db import plan_file
from db.errors import Refused, UsageError
from db.models import HandDown
from db.special import answers
from db.store import Store
from returns.handdown.contract import CALENDAR, PLAN, SPECIAL, UNITS, Handdown
from returns.handdown.read import is_handdown, read
from returns.handdown.stage import stage
from returns.handdown.write import render
from tests.returns.handing_down import (
    change_of,
    reissue,
    send,
    table,
    take,
    turned_away,
)
from tests.returns.offices import CODES, FIRM, STREET, edit, save

# ---------------------------------------------------------------- files that are not taken


def test_the_same_file_again_is_told(district: Store, street: Store, tmp_path: Path) -> None:
    path = send(district, tmp_path / "下发.xlsx", PLAN)
    take(street, path)
    (again,) = stage(street, [path], street.actor)
    assert again.state == "applied" and "没有再次写入" in again.report.warnings[0]


def test_an_older_one_after_a_newer(district: Store, street: Store, tmp_path: Path) -> None:
    table(district)
    older = send(district, tmp_path / "一.xlsx", PLAN, SPECIAL)
    reissue(district)
    take(street, send(district, tmp_path / "二.xlsx", PLAN))
    (staged,) = stage(street, [older], street.actor)
    assert "计划与指标已由较新的第 2 号下发更新，这一份里的不采用。" in staged.report.warnings
    assert change_of(street, staged, "plan") == [] and len(change_of(street, staged, "special_table")) == 1
    take(street, send(district, tmp_path / "三.xlsx", PLAN, SPECIAL))
    assert "本机已导入较新的第 3 号" in turned_away(street, older)


def changed_manifest(path: Path, out: Path, **changes: Any) -> Path:
    """The same 下发 as another office, program or day would have sealed it."""
    made = read(path).made
    out.write_bytes(render(Handdown(replace(made.manifest, **changes), made.payload)))
    return out


def test_of_another_district(district: Store, street: Store, tmp_path: Path) -> None:
    path = send(district, tmp_path / "下发.xlsx", PLAN)
    other = changed_manifest(path, tmp_path / "别区.xlsx", region="360999", region_name="某某区")
    assert "是某某区的下发，不属于" in turned_away(street, other)


def test_with_another_regions_plan(district: Store, street: Store, tmp_path: Path) -> None:
    path = send(district, tmp_path / "下发.xlsx", CALENDAR)
    document = plan_file.load(Path("tests/data/plan_qinghe.json")).document
    made = read(path).made
    from returns.digests import document_digest

    payload = {PLAN: dict(document)}
    manifest = replace(made.manifest, contents=(PLAN,), digests={PLAN: document_digest(payload[PLAN])})
    out = tmp_path / "混.xlsx"
    out.write_bytes(render(Handdown(manifest, payload)))
    assert "里的计划是清河市清河区的" in turned_away(street, out)


def test_practice_and_real_do_not_mix(district: Store, street: Store, tmp_path: Path) -> None:
    path = send(district, tmp_path / "下发.xlsx", PLAN)
    other = changed_manifest(path, tmp_path / "练习.xlsx", practice=True)
    assert "是练习下发，本机打开的是正式台账" in turned_away(street, other)


def test_from_a_newer_program(district: Store, street: Store, tmp_path: Path) -> None:
    path = send(district, tmp_path / "下发.xlsx", PLAN)
    assert "较新版本的程序" in turned_away(street, changed_manifest(path, tmp_path / "新.xlsx", version=9))


def test_ones_own(district: Store, tmp_path: Path) -> None:
    assert "本单位自己下发的" in turned_away(district, send(district, tmp_path / "下发.xlsx", PLAN))


def test_a_tampered_manifest(district: Store, street: Store, tmp_path: Path) -> None:
    path = send(district, tmp_path / "下发.xlsx", PLAN)

    def work(book: Any) -> None:
        sheet = book["下发清单"]
        for row in sheet.iter_rows():
            if row[0].value == "number":
                row[1].value = "7"

    edit(path, work)
    assert "下发清单与校验摘要不符" in turned_away(street, path)


def test_a_tampered_content(district: Store, street: Store, tmp_path: Path) -> None:
    path = send(district, tmp_path / "下发.xlsx", UNITS)

    def work(book: Any) -> None:
        for row in book["下发清单"].iter_rows():
            if row[0].value == "内容":
                row[2].value = row[2].value.replace("街道", "镇", 1)

    edit(path, work)
    assert "下发清单与校验摘要不符" in turned_away(street, path)


def test_an_edited_readable_sheet_is_told_and_does_not_count(
    district: Store, street: Store, tmp_path: Path
) -> None:
    path = send(district, tmp_path / "下发.xlsx", PLAN)

    def work(book: Any) -> None:
        book["计划与指标"]["F3"].value = 1

    edit(path, work)
    (staged,) = stage(street, [path], street.actor)
    assert any("工作表“计划与指标”在下发后被改动" in each for each in staged.report.warnings)


def test_saved_again_by_another_program_it_is_the_same(
    district: Store, street: Store, tmp_path: Path
) -> None:
    path = (
        send(district, tmp_path / "下发.xlsx")
        if False
        else send(district, tmp_path / "下发.xlsx", PLAN, UNITS, CALENDAR)
    )
    edit(path, lambda book: None)
    (staged,) = stage(street, [path], street.actor)
    assert staged.report.warnings == ()


# ---------------------------------------------------------------- making one


def test_only_the_district_sends(street: Store, tmp_path: Path) -> None:
    with pytest.raises(Refused, match="下发由区级做"):
        send(street, tmp_path / "下发.xlsx", PLAN)


def test_unknown_contents_and_units(district: Store, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="没有“全部”这种内容"):
        send(district, tmp_path / "下发.xlsx", "全部")
    with pytest.raises(UsageError, match="没有单位"):
        send(district, tmp_path / "下发.xlsx", PLAN, units=("nobody",))
    with pytest.raises(Refused, match="没有可下发的专项"):
        send(district, tmp_path / "下发.xlsx", SPECIAL)
    with district.read() as session:
        assert session.scalars(select(HandDown.number)).all() == []


def test_only_those_who_were_sent_a_table_are_asked_for_it(district: Store, tmp_path: Path) -> None:
    definition = table(district)
    send(district, tmp_path / "一.xlsx", SPECIAL, units=(STREET,))
    with district.read() as session:
        assert [each.unit for each in answers.standing(session, definition.key).units] == [STREET]
    send(district, tmp_path / "二.xlsx", SPECIAL)
    with district.read() as session:
        assert len(answers.standing(session, definition.key).units) > 10


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_saved_again_by_libreoffice_it_is_the_same(district: Store, street: Store, tmp_path: Path) -> None:
    table(district)
    save(district, "enterprise", **{**FIRM, "name": "=SUM(1)公司", "uscc": CODES[0]})
    path = send(district, tmp_path / "下发.xlsx")
    out = tmp_path / "另存"
    subprocess.run(
        ["soffice", "--headless", "--convert-to", "xlsx", "--outdir", str(out), str(path)],
        check=True, capture_output=True, timeout=120, env={**os.environ, "HOME": str(tmp_path)},
    )  # fmt: skip
    assert is_handdown(out / path.name)
    (staged,) = stage(street, [out / path.name], street.actor)
    assert staged.report.warnings == () and staged.counts["new"] == 2


def test_each_gets_a_number(district: Store, tmp_path: Path) -> None:
    for number, name in enumerate(("一.xlsx", "二.xlsx"), 1):
        path = send(district, tmp_path / name, CALENDAR)
        assert read(path).made.manifest.number == number
    assert isinstance(UUID(int=0), UUID)
