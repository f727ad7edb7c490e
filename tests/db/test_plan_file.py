"""The plan file: what ours says, that another district's works as well, and what is refused in which words."""

import copy
import json
from decimal import Decimal as D
from pathlib import Path
from typing import Any

import pytest

import resources
from db import plan_file, progress
from db.plan_file import Plan, PlanError, default_plan, load, read
from db.progress import Semantics
from db.workdays import DueRule, due_date

QINGHE = Path(__file__).parent.parent / "data" / "plan_qinghe.json"

# Table 1 of the plan: no, name, unit, baseline 2022, targets 2023 to 2025, attribute, semantics, reporting units.
TABLE_1 = [
    (1, "数字经济核心产业营业收入", "亿元", "98.37", "120", "140", "160", "约束性", "annual_flow", ["区发改委"]),
    (2, "省级数字经济集聚区数量", "个", "1", "1", "2", "3", "预期性", "stock", ["区服务业发展局"]),
    (3, "网络零售额", "亿元", "96", "106", "118", "135", "预期性", "annual_flow", ["区商务局"]),
    (4, "便民惠企事项网办率", "%", "85", "88", "90", "95", "约束性", "ratio", ["区政数局"]),
    (5, "企业上云数量", "家", "1300", "1500", "1700", "2000", "约束性", "stock",
     ["中国移动南昌西湖分公司", "中国电信南昌西湖分局"]),
    (6, "省级示范应用场景数量", "个", "1", "2", "3", "4", "约束性", "stock", ["区发改委"]),
    (7, "数字经济核心产业企业数量", "家", "150", "165", "180", "200", "预期性", "stock", ["区发改委"]),
    (8, "重点实验室、技术创新中心、工程技术研究中心、工程研究中心新增数", "个", "1", "2", "2", "2", "约束性",
     "annual_increment", ["区发改委"]),
    (9, "每万人有效发明专利拥有量", "件", "12", "13", "15", "18", "约束性", "ratio", ["区市场监管局"]),
    (10, "软件和信息技术服务业营业收入", "亿元", "4.93", "5.45", "6", "6.5", "预期性", "annual_flow", ["区发改委"]),
    (11, "“机会清单”“产品清单”发布", "个", "4", "8", "12", "15", "约束性", "stock", ["区发改委"]),
    (12, "省级应用场景示范项目数量", "个", "1", "2", "3", "4", "约束性", "stock", ["区发改委"]),
    (13, "数字经济项目数量", "个", "27", "30", "35", "40", "约束性", "stock", ["区发改委", "区服务业发展局"]),
    (14, "专精特新中小企业以及专精特新小巨人(或省级专业化小巨人)企业的新增数", "个", "4", "10", "12", "16", "约束性",
     "annual_increment", ["区中小企业服务局"]),
]  # fmt: skip

STREETS = {
    "360103001": "南浦街道", "360103002": "朝阳洲街道", "360103004": "广润门街道", "360103007": "绳金塔街道",
    "360103009": "丁公路街道", "360103010": "南站街道", "360103011": "桃源街道", "360103013": "朝农街道",
    "360103014": "桃花街道", "360103015": "九洲街道",
}  # fmt: skip

ACTIONS = {
    "P1 5G网络强基赋能工程": [
        "1.1 数字新技术应用推广行动",
        "1.2 企业上云用数赋智行动",
        "1.3 政务信息开放共享行动",
    ],
    "P2 数字核心产业提质工程": [
        "2.1 “梦想小街”流量经济产业园做优行动",
        "2.2 数字经济产业园分部做强行动",
        "2.3 数字经济标杆项目建设行动",
    ],
    "P3": [
        "3.1 软件信息技术产业扩容行动",
        "3.2 智慧交通产业开拓行动",
        "3.3 网络信息安全产业提质行动",
        "3.4 通讯传输产业创新行动",
    ],
    "P4": [
        "4.1 商贸数字化转型行动",
        "4.2 数字文创（智慧旅游）提质行动",
        "4.3 数字生活场景推广行动",
        "4.4 场景供需渠道畅通行动",
    ],
    "P5": ["5.1 头部企业招引行动", "5.2 核心企业培育行动", "5.3 中小微企业孵化行动"],
}


@pytest.fixture(scope="module")
def xihu() -> Plan:
    return default_plan()


@pytest.fixture(scope="module")
def qinghe() -> Plan:
    return load(QINGHE)


@pytest.mark.parametrize("row", TABLE_1, ids=[f"indicator {row[0]}" for row in TABLE_1])
def test_indicators_are_those_of_table_1(xihu: Plan, row: tuple[Any, ...]) -> None:
    no, name, unit, baseline, *targets, attribute, semantics, units = row
    ours = xihu.indicator(no)
    assert ours is not None
    assert (ours.name, ours.unit, ours.attribute, ours.semantics) == (name, unit, attribute, semantics)
    assert ours.baseline == D(baseline)
    assert [xihu.target(no, year) for year in (2023, 2024, 2025)] == [D(target) for target in targets]
    assert [each.name for each in xihu.expand(ours.units)] == units


def test_table_1_is_complete(xihu: Plan) -> None:
    assert [each.no for each in xihu.indicators] == [row[0] for row in TABLE_1]
    assert list(xihu.years) == [2023, 2024, 2025] and xihu.baseline_year == 2022
    assert sum(each.binding for each in xihu.indicators) == 10
    assert [each.no for each in xihu.indicators if each.ambiguous] == [6, 7, 11, 12, 14]


def test_how_each_indicator_is_handled(xihu: Plan) -> None:
    by_no = {each.no: each for each in xihu.indicators}
    assert {no: each.decimals for no, each in by_no.items() if each.decimals} == {
        1: 2,
        3: 2,
        4: 2,
        9: 2,
        10: 2,
    }
    assert {no: each.combine for no, each in by_no.items() if each.combine != "single"} == {
        5: "dedup",
        13: "sum",
    }
    assert {no: each.register for no, each in by_no.items() if each.register} == {
        5: "cloud", 7: "core", 11: "lists", 13: "project", 14: "specialised"}  # fmt: skip
    assert {no: each.opening for no, each in by_no.items() if each.opening} == {5: D(1300)}
    assert [no for no, each in by_no.items() if each.bounded] == [4]
    assert by_no[8].unit_printed == "数" and by_no[7].unit_printed == "家"
    assert [each.semantics for each in by_no[11].alternatives] == [Semantics.ANNUAL_INCREMENT]
    assert [each.semantics for each in by_no[14].alternatives] == [Semantics.CUMULATIVE_INCREMENT]


def test_where_a_year_starts_from(xihu: Plan) -> None:
    assert [xihu.prior(5, year) for year in (2022, 2023, 2024, 2025, 2026)] == [None, 1300, 1500, 1700, None]
    assert xihu.target(5, 2026) is None and xihu.target(99, 2024) is None and xihu.prior(99, 2024) is None


def test_may_2024_from_the_plan(xihu: Plan) -> None:
    due = {
        each.no: progress.show_pct(
            progress.time_progress(each.semantics, 5, xihu.target(each.no, 2024), xihu.prior(each.no, 2024))
        )
        for each in xihu.indicators
    }
    assert {due[no] for no in (1, 3, 8, 10, 14)} == {"41.7%"}
    assert (due[5], due[4]) == ("93.1%", "98.7%")


def test_programmes_and_actions(xihu: Plan) -> None:
    assert [each.id for each in xihu.programmes] == ["P1", "P2", "P3", "P4", "P5"]
    assert len(xihu.actions) == 17
    for programme, (named, actions) in zip(xihu.programmes, ACTIONS.items(), strict=True):
        assert named in (programme.id, f"{programme.id} {programme.name}")
        assert [f"{each.id} {each.name}" for each in programme.actions] == actions
        assert {each.programme_id for each in programme.actions} == {programme.id}
    assert sum(len(each.targets) for each in xihu.actions) == 32
    assert [each.id for each in xihu.actions if not each.targets] == ["1.1", "2.1", "3.3"]
    assert all(each.units and each.tasks for each in xihu.actions)


def test_targets_of_actions(xihu: Plan) -> None:
    action = {each.id: each for each in xihu.actions}
    cloud, talent = action["1.2"].targets
    assert (cloud.words, cloud.by, cloud.indicator, cloud.kind) == ("≥ 2000 家", 2025, 5, Semantics.STOCK)
    assert talent.words == "≥ 20 名" and talent.quote == "培育上云专业人才20名"
    yearly = action["5.2"].targets[0]
    assert (yearly.words, yearly.yearly, yearly.by) == ("≥ 15 家", True, None)
    shops = action["4.1"].targets[3]
    assert shops.words == "5—8 家" and shops.met(D(5)) and not shops.met(D(4))
    traffic = action["3.2"].targets[0]
    assert traffic.words == "> 20 亿元" and not traffic.met(D(20)) and traffic.met(D("20.01"))
    assert action["5.1"].targets[0].scope == "每个产业专班（共6个）"
    assert [each.words for each in xihu.headline_targets] == ["> 100 亿元", "≥ 200 家"]
    assert len(xihu.demonstrations) == 5


def test_responsible_units_of_an_action(xihu: Plan) -> None:
    action = next(each for each in xihu.actions if each.id == "5.3")
    assert [each.name for each in xihu.expand(action.units)][:2] == ["区服务业发展局", "区中小企业服务局"]
    assert [each.code for each in xihu.expand(action.units)][2:] == list(STREETS)
    assert len(xihu.expand(["gjd", "360103001"])) == 10


def test_streets(xihu: Plan) -> None:
    assert {each.code: each.name for each in xihu.streets} == STREETS
    retired = [each for each in xihu.units if each.kind == "street" and not each.active]
    assert [each.name for each in retired] == ["西湖街道", "系马桩街道", "十字街街道", "桃花镇", "朝农管理处"]
    assert all(each.note and not each.reports for each in retired)


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("西湖移动", "xhyd"),
        ("西湖电信", "xhdx"),
        ("中国电信南昌西湖分局", "xhdx"),
        ("区现代服务业发展局", "qfwyfzj"),
        ("区中小企业局", "qzxqy"),
        ("qfgw", "qfgw"),
        (" 区发改委\u3000", "qfgw"),
        ("朝阳洲", "360103002"),
        ("朝阳洲街道办事处", "360103002"),
        ("360103002", "360103002"),
        ("桃花", "360103014"),
        ("桃花镇", "360103101"),
        ("朝农管理处", "360103400"),
    ],
)
def test_units_by_any_name(xihu: Plan, written: str, code: str) -> None:
    found = xihu.unit(written)
    assert found is not None and found.code == code


def test_an_unknown_unit_is_none(xihu: Plan) -> None:
    assert xihu.unit("区水利局") is None and xihu.park("水上园") is None


def test_who_hands_in(xihu: Plan) -> None:
    reporting = {each.name for each in xihu.reporting}
    assert set(STREETS.values()) < reporting
    for no, *_ in TABLE_1:
        indicator = xihu.indicator(no)
        assert indicator and {each.name for each in xihu.expand(indicator.units)} <= reporting
    assert not {each.kind for each in xihu.reporting} & {"coordination", "group", "taskforce"}
    assert xihu.lead_unit == xihu.form.issuer == "qszjjb"


def test_parks_keep_their_number_with_its_years(xihu: Plan) -> None:
    parts = {
        (year, each.part_no(year)): each.name
        for each in xihu.parks
        for year in (2022, 2024)
        if each.part_no(year)
    }
    assert parts[2022, "四部"] == "人力资源智慧产业园"
    assert parts[2024, "四部"] == "“梦想小街”数字经济产业园"
    assert parts[2022, "六部"] == "朝阳数字产业园" and parts[2024, "六部"] == "江西省空间科技大厦"
    yigao = xihu.park("颐高")
    assert yigao is not None and [each.words for each in yigao.targets] == ["> 10 亿元", "3—5 家"]
    assert sum(each.active for each in xihu.parks) == 10 and len(xihu.belts) == 5


def test_deadlines_come_from_the_plan(xihu: Plan, qinghe: Plan) -> None:
    from db.periods import Period

    assert xihu.monthly.rule == DueRule(25, 0, "back")
    assert due_date(Period("2024-05"), xihu.monthly.rule).isoformat() == "2024-05-24"
    assert due_date(Period("2024-05"), qinghe.monthly.rule).isoformat() == "2024-06-05"


def test_contradictions_are_kept_with_their_handling(xihu: Plan) -> None:
    assert [each.id for each in xihu.inconsistencies] == [f"D{n:02d}" for n in range(1, 25)]
    assert all(each.handling for each in xihu.inconsistencies)
    assert ("九洲大街", "九州大街") in xihu.synonyms


def test_no_number_of_ours_is_binary(xihu: Plan) -> None:
    def floats(data: Any) -> bool:
        if isinstance(data, dict):
            return any(map(floats, data.values()))
        return any(map(floats, data)) if isinstance(data, list) else isinstance(data, float)

    assert not floats(xihu.document)


def test_our_texts_use_full_width_punctuation(xihu: Plan) -> None:
    import re

    text = json.dumps(xihu.document, ensure_ascii=False).replace("小巨人(或省级专业化小巨人)", "")
    assert re.findall(r"[\u4e00-\u9fff”」』》][,;:()]", text) == []


def test_what_is_shipped() -> None:
    names = [path.name for path in plan_file.shipped()]
    assert "xihu_2023_2025.json" in names
    assert all(load(path).digest for path in plan_file.shipped())
    assert default_plan() is default_plan()


def test_another_district(qinghe: Plan) -> None:
    assert (qinghe.region_name, qinghe.region_code, list(qinghe.years)) == (
        "清河区",
        "999901",
        [2024, 2025, 2026],
    )
    assert len(qinghe.streets) == 6 and len(qinghe.indicators) == 9
    assert len([each for each in qinghe.units if each.kind != "street"]) == 8
    assert (len(qinghe.programmes), len(qinghe.actions)) == (3, 6)
    assert {each.semantics for each in qinghe.indicators} == set(Semantics)
    assert [each.no for each in qinghe.indicators if each.combine == "sum"] == [7]
    assert qinghe.prior(3, 2024) == D("72.5") and qinghe.target(1, 2026) == D("63.75")
    assert {each.code for each in qinghe.expand(["jd"])} == {each.code for each in qinghe.streets}
    assert qinghe.unit("朝阳洲") is None and len(qinghe.reporting) == 13


def test_the_digest_is_of_the_content_not_the_spelling(xihu: Plan, qinghe: Plan) -> None:
    raw = json.loads(QINGHE.read_text("utf-8"))
    assert read(dict(reversed(list(raw.items())))).digest == qinghe.digest != xihu.digest
    raw["indicators"][0]["targets"]["2024"] = "48.01"
    assert read(raw).digest != qinghe.digest


def broken(change: Any) -> PlanError:
    document = copy.deepcopy(json.loads(QINGHE.read_text("utf-8")))
    change(document)
    with pytest.raises(PlanError) as refused:
        read(document)
    return refused.value


def put(*path: Any) -> Any:
    """Set a value deep in the document: put("indicators", 4, "unit", "")."""
    *keys, last, value = path

    def change(document: Any) -> None:
        at = document
        for key in keys:
            at = at[key]
        at[last] = value

    return change


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (put("format", "x"), "不是千企台账的计划文件"),
        (put("version", 2), "只认识版本 1"),
        (put("title", ""), "“title”没有填写"),
        (put("region_code", "9999"), "六位区划代码"),
        (put("end_year", 2023), "年"),
        (put("start_year", "2024"), "整数"),
        (put("indicators", []), "没有任何指标"),
        (put("indicators", {}), "应当是一个列表"),
        (put("indicators", 4, "文字"), "第 5 个指标"),
        (put("indicators", 4, "unit", None), "指标 5 的“unit”没有填写"),
        (put("indicators", 4, "baseline", 400), "指标 5 的“baseline”应当是写成文字的数"),
        (put("indicators", 4, "targets", "2025", 6.5), "“2025”应当是写成文字的数"),
        (put("indicators", 4, "targets", {"2024": "1"}), "指标 5 的目标应当正好覆盖 2024—2026"),
        (put("indicators", 4, "targets", {"明年": "1"}), "四位年份"),
        (put("indicators", 4, "semantics", "flow"), "是“flow”，只能是"),
        (put("indicators", 4, "combine", "single"), "须是 sum 或 dedup"),
        (put("indicators", 4, "register", "visit"), "register"),
        (put("indicators", 4, "register", None), "上云台账"),
        (put("indicators", 4, "units", ["nobody"]), "单位代码“nobody”不在单位表中"),
        (put("indicators", 4, "units", []), "没有填报单位"),
        (put("indicators", 4, "no", 4), "指标编号“4”出现了两次"),
        (put("indicators", 4, "ambiguous", "是"), "true 或 false"),
        (put("indicators", 6, "semantics", "ratio"), "不能相加"),
        (put("indicators", 1, "baseline", None), "须有基础值"),
        (put("programmes", 0, "actions", 0, "units", ["x"]), "行动 A1 的单位代码“x”"),
        (put("programmes", 0, "actions", 1, "targets", 0, "indicator", 77), "关联的指标 77 不存在"),
        (put("programmes", 0, "actions", 1, "targets", 0, "by", 2031), "2031 不在计划年度内"),
        (put("programmes", 0, "actions", 1, "targets", 0, "by", None), "一次性目标须写年份"),
        (put("programmes", 1, "actions", 1, "targets", 0, "value_max", "1"), "区间目标"),
        (put("programmes", 1, "id", "A"), "工程编号“A”出现了两次"),
        (put("units", 1, "aliases", ["数据局"]), "相同的名称或别名"),
        (put("units", 1, "aliases", [1]), "一列文字"),
        (put("units", 1, "kind", "office"), "单位 区工信局的“kind”"),
        (put("streets", 0, "code", "360103001"), "应当以区划代码 999901 开头"),
        (put("streets", []), "没有现行街道"),
        (put("lead_unit", "x"), "牵头单位"),
        (put("cadence", "monthly", "due_day", 32), "1 到 31"),
        (put("cadence", None), "“cadence”没有填写"),
        (put("synonyms", ["a"]), "同义词"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_with_its_place(change: Any, words: str) -> None:
    refused = broken(change)
    assert words in refused.message
    assert refused.message.startswith("计划文件有误：") and refused.hint and refused.id == "bad_plan"


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(PlanError, match="无法读取"):
        load(tmp_path / "none.json")
    (tmp_path / "bad.json").write_text('{"format":\n  oops}', "utf-8")
    with pytest.raises(PlanError, match="第 2 行"):
        load(tmp_path / "bad.json")
    (tmp_path / "gbk.json").write_bytes("计划".encode("gbk"))
    with pytest.raises(PlanError, match="无法读取"):
        load(tmp_path / "gbk.json")
    (tmp_path / "list.json").write_text("[]", "utf-8")
    with pytest.raises(PlanError, match="不是千企台账的计划文件"):
        load(tmp_path / "list.json")


def test_a_plan_saved_by_notepad_loads(tmp_path: Path, qinghe: Plan) -> None:
    """Windows editors put a byte-order mark in front."""
    (tmp_path / "plan.json").write_text(QINGHE.read_text("utf-8"), "utf-8-sig")
    assert load(tmp_path / "plan.json").digest == qinghe.digest


def test_resources_are_found() -> None:
    assert resources.path("plan/xihu_2023_2025.json").is_file()
