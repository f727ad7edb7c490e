"""What the offices of the play do in the other registers: 挂点 and 服务, a problem to its end, a project, a task, a park."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

from PySide6.QtGui import QGuiApplication
from sqlalchemy import select

from db.models import Duty, Enterprise, Issue, Match, Opportunity, ParkMonth, Product, Project
from db.registers import REGISTERS
from desktop.demo.driver import Driver, Stuck
from desktop.demo.filling import fill
from desktop.demo.offices import PERIOD
from desktop.demo.steps import Steps
from desktop.forms.match import spelled
from desktop.pages import paper
from desktop.pages.duties import DutiesPage
from desktop.pages.groups import GroupPage
from desktop.pages.issues import BOARD, IssuesPage
from desktop.pages.moves import StepArea
from desktop.pages.supply import OpportunitiesPage
from desktop.printing.preview import PrintPreview

_SERVICES = (
    ("服务类型", "服务日期", "服务内容", "惠及企业", "参加人数", "服务单位", "经办人", "服务成效"),
    (
        "政策宣讲",
        "2024.5.16",
        "小升规奖补和设备更新贷款政策宣讲",
        "23",
        "41",
        "",
        "",
        "现场解答二十余个问题，七家企业表示拟申报",
    ),
    (
        "融资对接",
        "5月20日",
        "银企对接会，四家银行到场",
        "12",
        "30",
        "",
        "",
        "三家企业与银行达成授信意向，合计八百万元",
    ),
    ("帮办代办", "2024-05-21", "变更登记和许可延续帮办", "5", "5", "", "", "当日办结四件，余一件次日办结"),
)
# What the steps of a problem ask for.
_ANSWERS: Mapping[str, Any] = {
    "measure": "与区人社局对接专场招聘会，街道负责场地和组织。",
    "result": "已解决",
    "result_text": "已办专场招聘会，企业招到客服和运营八人，其余岗位继续推送。",
    "satisfaction": "满意",
    "basis": "企业签字的办理情况回执",
}


def _group(driver: Driver, page: str, register: str) -> GroupPage:
    """The list of a register behind its tab."""
    driver.window.goto(page, register=register)
    driver.settle()
    found = driver.window.page
    if not isinstance(found, GroupPage) or found.current.plan.register != register:
        raise Stuck(f"没有打开“{REGISTERS[register].title}”。")
    found.list.look.apply("")  # a link may have left only some rows
    driver.settle()
    return found


def _first(driver: Driver, model: Any, *where: Any) -> UUID:
    with driver.context.store.read() as session:
        found = session.scalar(select(model.id).where(model.deleted_at.is_(None), *where).order_by(model.id))
    if found is None:
        raise Stuck("练习数据里没有这一步要用的记录。")
    return UUID(str(found))


# A street.


def give_services(steps: Steps, driver: Driver) -> int:
    """Three services pasted from a spreadsheet, checked row by row and saved together; returns how many."""
    group = _group(driver, "visits", "service")
    unit, person = driver.context.unit_name, driver.context.person
    head, *rows = _SERVICES
    lines = [head, *((*row[:5], unit, person, row[7]) for row in rows)]
    QGuiApplication.clipboard().setText("\n".join("\t".join(line) for line in lines))
    if group.list.table is None:
        raise Stuck("没有服务的列表。")
    group.list.table.setFocus()
    driver.keys("Ctrl+V")
    driver.settle()
    paste = group.current.paste
    if paste is None:
        raise Stuck("没有打开“粘贴录入”。")
    paste.desk.check()
    driver.settle()
    steps.picture(driver, "街道_粘贴服务")
    driver.keys("Ctrl+S")
    driver.settle()
    if paste.isVisible():
        raise Stuck(f"粘贴的服务没有都保存：{paste.message.text.text()}")
    return len(rows)


def look_after(steps: Steps, driver: Driver) -> int:
    """A 挂点 typed by keys; returns 1."""
    with driver.context.store.read() as session:
        query = select(Enterprise).where(
            Enterprise.deleted_at.is_(None), Enterprise.street_code == driver.context.unit_code
        )
        firm = session.scalars(query.order_by(Enterprise.name.desc())).first()
        typed = spelled(str(firm.name))[1][:8] if firm is not None else ""
    group = _group(driver, "visits", "liaison")
    group.open_form()
    driver.settle()
    if group.form is None:
        raise Stuck("没有打开挂点的表。")
    answers = {"enterprise_id": typed, "leader": "胡志刚", "post": "街道办事处主任",
               "org_code": driver.context.unit_name, "from_on": "0501"}  # fmt: skip
    fill(driver, group.form.form, answers)
    driver.keys("Ctrl+S")
    driver.settle()
    if group.form.form.first_wrong():
        raise Stuck(f"挂点没有填全：{group.form.form.first_wrong()}")
    steps.picture(driver, "街道_登记挂点")
    driver.keys("Esc")
    driver.settle()
    return 1


def work_off(steps: Steps, driver: Driver) -> int:
    """On the board: what is reported done is written off, with its evidence; returns how many steps were taken."""
    driver.window.goto("issues", view=BOARD)
    driver.settle()
    page = driver.window.page
    assert isinstance(page, IssuesPage)
    page.list.look.apply("")  # 本月 may have left only what is incomplete
    driver.settle()
    taken = 0
    for key, ways in (
        (_first(driver, Issue, Issue.status == "待交办", Issue.incomplete.is_(False)), ("已交办", "办理中", "已办结")),
        (_first(driver, Issue, Issue.status == "已办结"), ("已销号",)),
    ):  # fmt: skip
        for way in ways:
            page.look_at(key)
            driver.settle()
            page.take_step(way)
            if page.content is None:
                raise Stuck("没有打开问题的侧栏。")
            _carry_out(driver, page.content.steps, way, _ANSWERS)
            taken += 1
        steps.picture(driver, f"街道_看板_{way}")
    driver.window.goto("month")
    driver.settle()
    return taken


def _carry_out(driver: Driver, area: StepArea, way: str, answers: Mapping[str, Any]) -> None:
    """Answer what a step asks and take it; Stuck where it is refused."""
    if area.editor is None and not area.choose(way):
        raise Stuck(f"现在不能“{way}”。")
    assert area.editor is not None
    area.editor.fill(answers)
    area.editor.first().setFocus()
    driver.watch()
    driver.keys("Ctrl+Return")
    driver.settle()
    if area.editor is not None and area.editor.problem.text():
        raise Stuck(area.editor.problem.text())


def print_visit(driver: Driver, out: Path) -> Path:
    """The newest visit as it goes on paper, kept as PDF."""
    group = _group(driver, "visits", "visit")
    if group.list.table is None or not group.list.table.paged.rowCount():
        raise Stuck("没有走访可打印。")
    group.list.table.choose(group.list.table.paged.row_at(0).id)
    driver.settle()
    paper.print_chosen(group.list)
    driver.settle()
    preview = driver.window.stack.currentWidget()
    if not isinstance(preview, PrintPreview):
        raise Stuck("没有打开打印预览。")
    out.mkdir(parents=True, exist_ok=True)
    target = out / "企业走访记录表.pdf"
    preview.save_to(target)
    driver.settle()
    preview.back()
    driver.settle()
    if not target.is_file():
        raise Stuck("没有写出 PDF。")
    return target


# A bureau.


def move_project(steps: Steps, driver: Driver) -> int:
    """A project under discussion is signed; returns 1."""
    key = _first(driver, Project, Project.stage == "洽谈")
    group = _group(driver, "projects", "project")
    _step_of(driver, group, key, "签约")
    with driver.context.store.read() as session:
        if session.scalar(select(Project.stage).where(Project.id == key)) != "签约":
            raise Stuck("项目没有转为签约。")
    steps.picture(driver, "部门_项目签约")
    return 1


def report_task(steps: Steps, driver: Driver) -> int:
    """This month's progress of a task of the list; returns 1."""
    key = _first(driver, Duty, Duty.status == "正常推进", Duty.incomplete.is_(False))
    group = _group(driver, "tasks", "duty")
    assert isinstance(group.current, DutiesPage)
    group.current.begin_month({"id": key, "target_value": None})
    driver.settle()
    if group.form is None:
        raise Stuck("没有打开任务的表。")
    answers = {"progress_pct": "55", "progress_text": "五月底前完成现场核查，材料已报市局，等候批复。",
               "problem_text": "批复时间尚未明确。", "next_text": "六月上旬到市局对接，争取当月批复。"}  # fmt: skip
    fill(driver, group.form.form, answers)
    driver.keys("Ctrl+Return")
    driver.settle()
    steps.picture(driver, "部门_任务进展")
    return 1


def bring_together(steps: Steps, driver: Driver) -> int:
    """An opportunity without a match meets a product; returns 1."""
    matched = select(Match.opportunity_id).where(Match.deleted_at.is_(None))
    opportunity = _first(driver, Opportunity, Opportunity.id.not_in(matched))
    product = _first(driver, Product)
    group = _group(driver, "projects", "opportunity")
    assert isinstance(group.current, OpportunitiesPage)
    group.current.begin_match(opportunity, product)
    driver.settle()
    page = driver.window.page
    assert isinstance(page, GroupPage)
    if page.form is None:
        raise Stuck("没有打开对接的表。")
    page.form.form.focus("outcome")
    fill(driver, page.form.form, {"outcome": "对接中", "note": "双方约定六月上旬现场演示。"})
    driver.keys("Ctrl+S")
    driver.settle()
    driver.keys("Esc")
    driver.settle()
    steps.picture(driver, "部门_供需对接")
    return 1


def park_month(steps: Steps, driver: Driver) -> int:
    """A park's month is put right; returns 1, 0 for an office without parks."""
    with driver.context.store.read() as session:
        key = session.scalar(
            select(ParkMonth.id).where(ParkMonth.deleted_at.is_(None), ParkMonth.period == str(PERIOD))
        )
    if key is None:
        return 0
    group = _group(driver, "parks", "park")
    group.open_form(UUID(str(key)), None, "in_month", touched=True)
    driver.settle()
    if group.form is None:
        raise Stuck("没有打开园区月报。")
    fill(driver, group.form.form, {"in_month": "2"})
    driver.keys("Ctrl+Return")
    driver.settle()
    steps.picture(driver, "部门_园区月报")
    return 1


def _step_of(driver: Driver, group: GroupPage, key: UUID, way: str) -> None:
    """A step of a record, taken in the side panel of its list."""
    if group.list.table is None:
        raise Stuck("没有列表。")
    group.list.table.choose(key.hex)
    driver.settle()
    area = next(iter(group.list.panel.findChildren(StepArea)), None)
    if area is None:
        raise Stuck("侧栏里没有下一步。")
    _carry_out(driver, area, way, {})


# What of this is counted in the summary.
FACTS: Sequence[str] = (
    "services",
    "liaisons",
    "issue_steps",
    "printed",
    "projects",
    "tasks",
    "matches",
    "parks",
)
