"""What is pictured of taking in a foreign ledger: the file before it is read, what came of it, the rows kept aside."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

from sqlalchemy import select

from db import side_list
from db.models import Enterprise
from desktop.actions import ledger as actions
from desktop.demo.desk import PAUSE, Desk, Show
from desktop.demo.driver import Stuck
from desktop.pages.groups import GroupPage
from desktop.pages.intake_view import IntakeView
from desktop.pages.register_page import RegisterPage

NAME = "朝阳洲街道5月走访台账（各社区汇总）.xlsx"
_HEAD = (
    "序号", "单位名称", "走访时间", "走访方式", "走访干部", "企业参加人员", "生产经营状况", "本年累计营收（元）", "是否上云", "反映问题", "社区",
)  # fmt: skip
_LINES = (
    ("2024.5.6", "上门", "张敏、李静", "王磊", "订单饱满，产能利用率八成", 4_860_000, "√", "", "朝阳洲社区"),
    (
        "5月7日",
        "座谈",
        "张敏",
        "陈亮 副总",
        "新签省外客户两家",
        12_300_000,
        "已上云",
        "升规材料不会填",
        "朝阳洲社区",
    ),
    (
        "07/05/2024",
        "上门",
        "李静",
        "刘芳",
        "订单下滑，正在拓展线上渠道",
        "约500万",
        "否",
        "招工难",
        "桃花社区",
    ),
    ("2024年5月9日", "电话", "李静", "周磊", "平稳", 2_150_000, "拟上云", "", "桃花社区"),
    ("5.10", "上门", "张敏", "", "原材料涨价，毛利收窄", "#N/A", "Y", "融资难，盼对接财园信贷通", "桃花社区"),
    ("", "上门", "张敏", "吴倩", "回款放缓", 930_000, "否", "", "桃花社区"),
)


def _file(desk: Desk) -> Path:
    """A ledger as street offices keep them: a title, units in the header, days in all spellings, a total."""
    from openpyxl import Workbook

    context = desk.driver.context
    with context.store.read() as session:
        query = select(Enterprise.name).where(Enterprise.deleted_at.is_(None)).order_by(Enterprise.id)
        names = [name or "" for name in session.scalars(query.limit(len(_LINES)))]
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "5月走访"
    sheet.append(["朝阳洲街道2024年5月“千名干部访千企”走访台账"])
    sheet.merge_cells(start_row=1, start_column=1, end_row=1, end_column=len(_HEAD))
    sheet.append(["填报单位：朝阳洲街道", None, None, "填报人：张敏"])
    sheet.append(list(_HEAD))
    for number, (name, line) in enumerate(zip(names, _LINES, strict=True), start=1):
        sheet.append([number, name, *line])
    sheet.append([None, "合计", None, None, None, None, None, 20_240_000])
    book.create_sheet("填表说明").append(["请各社区每月22日前报送。"])
    path = Path(context.store.folder.root) / NAME
    book.save(path)
    return path


def _opened(desk: Desk) -> IntakeView:
    page = desk.register("visits", ledger=_file(desk))
    desk.driver.settle()
    shown = _page(page)
    if shown.intake.view is None or shown.intake.view.found is None:
        raise Stuck("没有打开“导入台账”。")
    return shown.intake.view


def _page(page: RegisterPage) -> RegisterPage:
    return page.current if isinstance(page, GroupPage) else page


def before(desk: Desk) -> None:
    """The file as it would be read."""
    view = _opened(desk)
    view.columns.choose(6)
    desk.driver.settle()


def fields(desk: Desk) -> None:
    """The menu of fields of a column."""
    before(desk)
    view = _page(desk.register("visits")).intake.view
    assert view is not None
    view.columns.offer()
    desk.driver.breathe(PAUSE)


def other(desk: Desk) -> None:
    """A file that is rather of another register."""
    page = desk.register("cloud", ledger=_file(desk))
    desk.driver.settle()
    assert _page(page).intake.view is not None


def tried(desk: Desk) -> None:
    """After a dry run."""
    _opened(desk).try_it()
    desk.driver.settle()


def result(desk: Desk) -> None:
    """What came of it."""
    _opened(desk).run()
    desk.driver.settle()


def kept_aside(desk: Desk) -> None:
    """The rows that were not stored, one of them being put right."""
    result(desk)
    page = desk.register("visits", side_list=True)
    desk.driver.settle()
    side = _page(page).intake.side
    if side is None or not side.rows.model.lines:
        raise Stuck("没有待更正的行。")
    side.rows.next_bad()
    desk.driver.breathe(PAUSE)


def undone(desk: Desk) -> None:
    """As it was before the import."""
    store = desk.driver.context.store
    report = _page(desk.register("visits")).intake.view
    found: list[UUID] = []
    with store.read() as session:
        found = [each.id for each in side_list.batches(session)]
    for batch in found:
        actions.undo_import(store, batch)
    if report is not None:
        report.close_view()
    desk.driver.window.invalidate()


CLERK: dict[str, Show] = {
    "import": before,
    "import-field": fields,
    "import-other": other,
    "import-tried": tried,
    "import-result": result,
    "import-aside": kept_aside,
}
UNDO: dict[str, Show] = {"import-result": undone, "import-aside": undone}
