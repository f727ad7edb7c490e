"""The command line as people and programs use it: results, exit codes, errors in words, nothing in a traceback."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result

from db.backup import check_file
from db.store import open_store
from desktop.commands import frame
from desktop.commands.all import qianqi
from tests.returns.ledger import samples

STREET, DISTRICT = "360103002", "qszjjb"
Run = Callable[..., Result]


@pytest.fixture
def run() -> Run:
    def invoke(*args: object) -> Result:
        return CliRunner().invoke(qianqi, [str(arg) for arg in args])

    return invoke


@pytest.fixture
def street(run: Run, tmp_path: Path) -> Path:
    root = tmp_path / "街道"
    assert run("init", "--data", root, "--unit", STREET, "--person", "张敏").exit_code == 0
    return root


def answer(result: Result) -> dict[str, Any]:
    """What --json printed: one document on stdout, and nothing else anywhere."""
    assert result.stderr == ""
    data = json.loads(result.stdout)
    assert isinstance(data, dict)
    return data


# ---------------------------------------------------------------- results


def test_init_answers_with_the_unit(run: Run, tmp_path: Path) -> None:
    data = answer(
        run("init", "--data", tmp_path / "a", "--unit", "朝阳洲", "--person", "张敏", "--practice", "--json")
    )
    assert (data["unit"], data["unit_name"], data["role"], data["practice"]) == (
        STREET,
        "朝阳洲街道",
        "clerk",
        True,
    )
    store = open_store(tmp_path / "a")
    assert (store.actor.unit_code, store.actor.person, store.setting("practice")) == (STREET, "张敏", True)
    store.close()


def test_import_prints_the_report_of_the_file(run: Run, street: Path, tmp_path: Path) -> None:
    ledger = tmp_path / "台账.xlsx"
    samples.visit_ledger(ledger)
    report = answer(run("import", ledger, "--register", "visit", "--data", street, "--json"))["files"][0]
    assert list(report) == [
        "file", "outcome", "register", "unit", "period", "revision", "batch", "rows_read", "stored", "unchanged", "updated",
        "bad", "warnings", "findings",
    ]  # fmt: skip
    assert (report["outcome"], report["rows_read"], report["stored"], report["unit"]) == (
        "accepted",
        26,
        26,
        STREET,
    )
    assert set(report["findings"][0]) == {"sheet", "row", "column", "id", "severity", "message"}
    again = run("--json", "--data", street, "import", ledger, "--register", "visit")
    assert (again.exit_code, answer(again)["files"][0]["unchanged"]) == (0, 26)
    words = run("import", ledger, "--register", "visit", "--data", street).stdout
    assert "走访 共 26 行，新增 0、已有 26" in words


def test_import_with_a_map_and_a_sheet(run: Run, street: Path, tmp_path: Path) -> None:
    ledger = samples.any_ledger(
        tmp_path / "a.xlsx", [["甲", "乙"], [samples.firm(1)[0], "2024-05-08"]], "五月"
    )
    mapping = tmp_path / "map.json"
    mapping.write_text('{"甲": "enterprise.name", "乙": "visit_date"}', encoding="utf-8")
    args = ("import", ledger, "--register", "visit", "--data", street, "--json")
    assert answer(run(*args))["files"][0]["outcome"] == "rejected"
    assert answer(run(*args, "--map", mapping, "--sheet", "五月", "--dry-run"))["files"][0]["stored"] == 1
    assert answer(run(*args, "--map", mapping))["files"][0]["stored"] == 1
    for text, id in (("{", "bad_map"), ('["甲"]', "bad_map"), ('{"丁": "visit_date"}', "unknown_header")):
        mapping.write_text(text, encoding="utf-8")
        result = run(*args, "--map", mapping)
        assert (result.exit_code, answer(result)["error"]["id"]) == (2, id)


def test_bad_rows_make_the_exit_code_one(run: Run, street: Path, tmp_path: Path) -> None:
    ledger = samples.any_ledger(
        tmp_path / "a.xlsx",
        [["企业名称", "走访日期"], [samples.firm(1)[0], "2024-05-08"], [samples.firm(2)[0], "五月初"]],
    )
    result = run("import", ledger, "--register", "visit", "--data", street)
    assert result.exit_code == 1
    assert "部分导入" in result.stdout and "第 3 行 B 列" in result.stdout


def test_check_and_a_refused_export(run: Run, street: Path, tmp_path: Path) -> None:
    samples.visit_ledger(tmp_path / "v.xlsx")
    run("import", tmp_path / "v.xlsx", "--register", "visit", "--data", street)
    checked = run("check", "--period", "2024-05", "--data", street, "--json")
    data = answer(checked)
    assert checked.exit_code == 1
    assert {"period", "unit", "errors", "warnings", "infos", "findings"} <= set(data)
    assert (data["period"], data["unit"]) == ("2024-05", STREET)
    assert data["errors"] == sum(finding["severity"] == "error" for finding in data["findings"]) > 0
    refused = run("export", "--period", "2024-05", "--out", tmp_path / "out.xlsx", "--data", street, "--json")
    assert refused.exit_code == 1
    problem = answer(refused)
    assert problem["error"]["id"] in ("RET-001", "RET-007") and problem["findings"]
    assert not (tmp_path / "out.xlsx").exists()
    words = run("check", "--period", "2024-05", "--data", street).stdout
    assert "“注册地址”为必填项" in words and "（26 条）" in words


def test_a_zero_return_goes_all_the_way(run: Run, street: Path, tmp_path: Path) -> None:
    out = tmp_path / "回报.xlsx"
    people = ("--head", "王磊", "--reviewer", "李伟", "--filler", "张敏", "--phone", "0791-86510023")
    missing = run("export", "--period", "2024-05", "--out", out, *people, "--data", street, "--json")
    assert (missing.exit_code, answer(missing)["error"]["id"]) == (1, "RET-010")
    sent = answer(
        run("export", "--period", "2024-05", "--out", out, *people, "--zero", "--data", street, "--json")
    )
    assert (sent["period"], sent["unit"], sent["revision"]) == ("2024-05", STREET, 1)
    assert sent["out"] == str(out) and out.exists() and sent["sheets"]["走访记录"] == 0
    again = run("export", "--period", "2024-05", "--out", out, *people, "--zero", "--data", street, "--json")
    assert (again.exit_code, answer(again)["revision"]) == (0, 1), "a handed-in month is written once more"

    district = tmp_path / "区级"
    run("init", "--data", district, "--unit", DISTRICT, "--role", "supervisor")
    looked = answer(run("receive", out, "--data", district, "--json"))
    assert looked["files"][0]["unit"] == STREET
    assert (
        answer(
            run("rollup", "--period", "2024-05", "--out", tmp_path / "a.xlsx", "--data", district, "--json")
        )["coverage"]["received"]
        == 0
    )
    errors = tmp_path / "问题.xlsx"
    taken = run("receive", out, "--apply", "--report", errors, "--data", district, "--json")
    assert (taken.exit_code, answer(taken)["files"][0]["outcome"]) == (0, "accepted")
    assert errors.exists()
    rolled = answer(
        run("rollup", "--period", "2024-05", "--out", tmp_path / "b.xlsx", "--data", district, "--json")
    )
    assert rolled["coverage"]["received"] == 1 and len(rolled["indicators"]) == 14
    assert set(rolled["registers"]) >= {"visit", "cloud", "issue", "nurture"}

    batch = answer(taken)["files"][0]["batch"]
    undone = run("undo", batch, "--data", district, "--json")
    assert (undone.exit_code, answer(undone)["undone"]) == (0, True)
    rolled = answer(
        run("rollup", "--period", "2024-05", "--out", tmp_path / "c.xlsx", "--data", district, "--json")
    )
    assert rolled["coverage"]["received"] == 0
    twice = run("undo", batch, "--data", district, "--json")
    assert (twice.exit_code, answer(twice)["error"]["id"]) == (1, "not_applied")
    wrong = run("undo", "12", "--data", district, "--json")
    assert (wrong.exit_code, answer(wrong)["error"]["id"]) == (2, "bad_batch")

    opened = answer(
        run("export", "--period", "2024-05", "--reopen", "--reason", "漏报一条", "--data", street, "--json")
    )
    assert (opened["revision"], opened["out"]) == (2, None)
    second = tmp_path / "更正.xlsx"
    sent = answer(
        run(
            "export",
            "--period",
            "2024-05",
            "--out",
            second,
            "--zero",
            "--reason",
            "漏报一条",
            "--data",
            street,
            "--json",
        )
    )
    assert sent["revision"] == 2
    third = answer(
        run(
            "export",
            "--period",
            "2024-05",
            "--out",
            second,
            "--zero",
            "--reason",
            "再更正",
            "--data",
            street,
            "--json",
        )
    )
    assert third["revision"] == 3


def test_template_with_and_without_a_register(
    run: Run, street: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = answer(
        run(
            "template",
            "--unit",
            "南浦街道",
            "--period",
            "2024-05",
            "--out",
            tmp_path / "a.xlsx",
            "--data",
            street,
            "--json",
        )
    )
    assert (made["unit"], made["period"], (tmp_path / "a.xlsx").exists()) == ("360103001", "2024-05", True)
    monkeypatch.setattr(frame, "default_folder", lambda: tmp_path / "nothing")
    made = answer(
        run("template", "--unit", STREET, "--period", "2024-5", "--out", tmp_path / "b.xlsx", "--json")
    )
    assert (made["unit"], (tmp_path / "b.xlsx").exists()) == (STREET, True)


def test_verify_says_how_totals_are_mended_and_mends_them(run: Run, street: Path, tmp_path: Path) -> None:
    store = open_store(street)
    with store.write() as session:
        session.connection().exec_driver_sql("INSERT INTO visit_tally VALUES ('2020-01', '', 3, 1, 1, 1)")
    store.close()
    run("backup", "--out", tmp_path / "b.qqbak", "--data", street)
    told = run("verify", "--data", street)
    assert told.exit_code == 1 and "记录完好，请运行 qianqi verify --recount" in told.output
    assert (
        "恢复后运行 qianqi verify --recount" in run("verify", tmp_path / "b.qqbak", "--data", street).output
    )
    assert run("verify", tmp_path / "b.qqbak", "--recount", "--data", street).exit_code == 2
    mended = answer(run("verify", "--recount", "--data", street, "--json"))
    assert mended["ok"] is True and mended["recounted"] == 1
    assert answer(run("verify", "--data", street, "--json"))["ok"] is True


def test_backup_verify_restore(run: Run, street: Path, tmp_path: Path) -> None:
    samples.visit_ledger(tmp_path / "v.xlsx")
    run("import", tmp_path / "v.xlsx", "--register", "visit", "--data", street)
    copy = tmp_path / "一份.qqbak"
    made = answer(run("backup", "--out", copy, "--data", street, "--json"))
    assert made["out"] == str(copy) and len(made["sha256"]) == 64
    assert check_file(copy)["visit"] == 26
    assert answer(run("verify", copy, "--data", street, "--json"))["ok"] is True
    assert answer(run("verify", "--data", street, "--json"))["ok"] is True
    empty = tmp_path / "新机器"
    restored = answer(run("restore", copy, "--data", empty, "--json"))
    assert (restored["rows"]["visit"], restored["kept"]) == (26, None)
    over = answer(run("restore", copy, "--data", street, "--json"))
    assert over["kept"] is not None and Path(over["kept"]).exists()
    bad = tmp_path / "坏.qqbak"
    bad.write_bytes(b"nothing of the kind")
    result = run("restore", bad, "--data", street, "--json")
    assert result.exit_code in (2, 3) and answer(result)["error"]["message"]
    assert answer(run("verify", "--data", street, "--json"))["rows"]["visit"] == 26


def test_explanations_go_by_rule_and_by_record(run: Run, street: Path, tmp_path: Path) -> None:
    samples.visit_ledger(tmp_path / "v.xlsx")
    run("import", tmp_path / "v.xlsx", "--register", "visit", "--data", street)
    warnings = [
        each for each in answer(run("check", "--period", "2024-05", "--data", street, "--json"))["findings"]
        if each["severity"] == "warning"
    ]  # fmt: skip
    holiday = [each for each in warnings if each["id"] == "VIS-010"]
    assert len(holiday) > 1
    texts = tmp_path / "说明.json"
    one = f"VIS-010/{holiday[0]['record_id']}"
    texts.write_text(
        json.dumps({one: "企业周末加班，约在当天", "ENT-999": "没有这样的规则"}), encoding="utf-8"
    )
    args = (
        "export",
        "--period",
        "2024-05",
        "--out",
        tmp_path / "o.xlsx",
        "--data",
        street,
        "--explain",
        texts,
        "--json",
    )
    assert run(*args).exit_code == 1  # errors are left, the explanations are kept all the same
    after = answer(run("check", "--period", "2024-05", "--data", street, "--json"))["findings"]
    explained = [each["record_id"] for each in after if each["explained"]]
    assert explained == [holiday[0]["record_id"]]
    texts.write_text('{"VIS-010": "企业周末加班，都约在周末走访"}', encoding="utf-8")
    run(*args)
    after = answer(run("check", "--period", "2024-05", "--data", street, "--json"))["findings"]
    assert all(each["explained"] for each in after if each["id"] == "VIS-010")
    texts.write_text('{"VIS-010": "无"}', encoding="utf-8")
    assert run(*args).exit_code == 1


# ---------------------------------------------------------------- wrong use


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (("impor",), "没有“impor”这个命令"),
        (("check",), "缺少选项 --period"),
        (("import", "--register", "visit"), "缺少参数 FILE"),
        (("check", "--period", "2024-05", "--colour"), "没有“--colour”这个选项"),
        (("check", "--period", "2024-05", "extra"), "多写了参数"),
        (("init", "--unit", STREET, "--role", "king"), "clerk、supervisor"),
        (("check", "--period"), "--period"),
        (("export", "--period", "2024-05"), "--out"),
        (("--nothing",), "没有“--nothing”这个选项"),
    ],
)
def test_wrong_use_is_said_in_chinese_and_ends_with_two(run: Run, args: tuple[str, ...], words: str) -> None:
    result = run(*args)
    assert (result.exit_code, result.stdout) == (2, "")
    assert words in result.stderr and "Error" not in result.stderr and "Usage" not in result.stderr
    data = answer(run("--json", *args))
    assert words in data["error"]["message"] and set(data["error"]) == {"id", "message", "hint"}


def test_unknown_units_periods_registers_and_missing_registers(
    run: Run, street: Path, tmp_path: Path
) -> None:
    cases = [
        (("init", "--data", tmp_path / "x", "--unit", "999"), 2, "unknown_unit"),
        (("init", "--data", street, "--unit", STREET), 1, "register_exists"),
        (("check", "--data", street, "--period", "五月"), 2, "bad_period"),
        (("check", "--data", tmp_path / "leer", "--period", "2024-05"), 2, "no_register"),
        (
            (
                "template",
                "--data",
                street,
                "--unit",
                "999",
                "--period",
                "2024-05",
                "--out",
                tmp_path / "t.xlsx",
            ),
            2,
            "unknown_unit",
        ),
        (("import", tmp_path / "keine.xlsx", "--register", "visit", "--data", street), 2, "no_such_file"),
        (("import", tmp_path, "--register", "weather", "--data", street), 2, "unknown_register"),
        (("rollup", "--data", street, "--period", "2024-13", "--out", tmp_path / "r.xlsx"), 2, "bad_period"),
    ]
    for args, code, id in cases:
        result = run(*args, "--json")
        assert (result.exit_code, answer(result)["error"]["id"]) == (code, id), args
    assert not (tmp_path / "leer").exists()


def test_files_that_are_no_ledgers_leave_the_register_alone(run: Run, street: Path, tmp_path: Path) -> None:
    for name, content in {
        "空.xlsx": b"", "假.xlsx": b"PK\x03\x04 not really", "页.xls": b"<html><table></table></html>", "旧.xls": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600,
    }.items():  # fmt: skip
        (tmp_path / name).write_bytes(content)
        for command in (
            ("import", tmp_path / name, "--register", "visit"),
            ("receive", tmp_path / name, "--apply"),
        ):
            result = run(*command, "--data", street, "--json")
            report = answer(result)["files"][0]
            assert (result.exit_code, report["outcome"], report["stored"]) == (1, "rejected", 0)
            assert report["findings"][0]["message"]
    assert answer(run("verify", "--data", street, "--json"))["rows"]["enterprise"] == 0


def test_a_second_program_is_told_who_holds_the_folder(run: Run, street: Path) -> None:
    store = open_store(street)
    try:
        result = run("check", "--period", "2024-05", "--data", street, "--json")
        assert (result.exit_code, answer(result)["error"]["id"]) == (3, "second_instance")
    finally:
        store.close()


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="permissions do not stop this user")
def test_a_folder_that_cannot_be_written(run: Run, street: Path) -> None:
    street.chmod(0o500)
    try:
        result = run("check", "--period", "2024-05", "--data", street, "--json")
        assert (result.exit_code, answer(result)["error"]["id"]) == (3, "folder_not_writable")
    finally:
        street.chmod(0o700)


def test_an_out_that_is_a_folder_nobody_can_make(run: Run, street: Path, tmp_path: Path) -> None:
    (tmp_path / "datei").write_text("x", encoding="utf-8")
    for command in (
        ("rollup", "--period", "2024-05"),
        ("template", "--unit", STREET, "--period", "2024-05"),
        ("backup",),
    ):
        result = run(*command, "--out", tmp_path / "datei" / "x.xlsx", "--data", street, "--json")
        assert (result.exit_code, bool(answer(result)["error"]["hint"])) == (3, True), command


def test_our_own_mistakes_are_written_down_and_said(
    run: Run, street: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_args: object, **_more: object) -> None:
        raise ZeroDivisionError("boom")

    monkeypatch.setattr("desktop.actions.returns.check", broken)
    result = run("check", "--period", "2024-05", "--data", street)
    assert (result.exit_code, result.stdout) == (3, "")
    assert "Traceback" not in result.stderr and "boom" not in result.stderr
    (report,) = (street / "错误报告").glob("*.txt")
    assert str(report) in result.stderr
    text = report.read_text(encoding="utf-8")
    assert "ZeroDivisionError: boom" in text and "check --period 2024-05" in text
    assert answer(run("check", "--period", "2024-05", "--data", street, "--json"))["error"]["id"] == "bug"


def test_help_is_chinese_throughout(run: Run) -> None:
    for name in ("", *qianqi.commands):
        text = run(*([name] if name else []), "--help").output
        assert "用法：" in text and "选项：" in text
        assert not any(word in text for word in ("Usage", "Options", "required", "Show this", "Commands"))
    assert isinstance(qianqi, click.Group)


# ---------------------------------------------------------------- as a process


def process(*args: object, **env: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "desktop", *map(str, args)],
        capture_output=True, timeout=120, cwd=Path(__file__).resolve().parents[2], env={**os.environ, **env},
    )  # fmt: skip


def test_the_program_speaks_utf8_whatever_the_locale(tmp_path: Path) -> None:
    done = process(
        "init",
        "--data",
        tmp_path / "甲",
        "--unit",
        STREET,
        "--json",
        LC_ALL="C",
        PYTHONUTF8="0",
        PYTHONIOENCODING="",
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert json.loads(done.stdout.decode("utf-8"))["unit_name"] == "朝阳洲街道"
    failed = process("check", "--period", "2024-05", "--data", tmp_path / "乙", LC_ALL="C")
    assert failed.returncode == 2 and "还没有台账" in failed.stderr.decode("utf-8")


def test_a_street_ledger_by_the_real_program(tmp_path: Path) -> None:
    samples.visit_ledger(tmp_path / "台账.xlsx")
    root = tmp_path / "data"
    assert process("init", "--data", root, "--unit", STREET).returncode == 0
    done = process("--data", root, "import", tmp_path / "台账.xlsx", "--register", "visit", "--json")
    assert (done.returncode, json.loads(done.stdout)["files"][0]["stored"]) == (0, 26)


def test_without_a_screen_the_window_says_so() -> None:
    bare = {name: "" for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")}
    done = process(**bare)
    assert (done.returncode, "没有显示器" in done.stderr.decode("utf-8")) == (3, True)
