"""What can be done from the search field: commands by name or pinyin, and what happens when one is chosen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from db.errors import KnownError
from db.periods import Period
from db.text import parse_date, parse_period
from desktop.actions import backup, preferences
from desktop.forms.match import rank
from desktop.page import CLERK, SUPERVISOR
from desktop.pages import paper
from desktop.places import PAGE_OF, place
from desktop.style import theme
from desktop.widgets.hit import Hit

KIND = "操作"
_BOTH = (CLERK, SUPERVISOR)
# The tabs of the settings page, and other words for them.
SECTIONS = (
    ("office", "本单位", ("经办与封面", "外观", "关于", "换计划文件")), ("rules", "规则", ("校验规则", "核对规则")),
    ("parameters", "参数", ("阈值", "时限")), ("calendar", "工作日历", ("节假日", "调休")),
    ("policies", "政策清单", ("政策",)), ("backup", "备份", ("恢复备份",)),
)  # fmt: skip


@dataclass(frozen=True)
class Command:
    """One thing to do: its words, other words for it, and where it leads (a page) or what it does (an act)."""

    words: str
    others: tuple[str, ...] = ()
    hint: str = ""
    detail: str = ""
    page: str = ""
    args: Mapping[str, Any] = field(default_factory=dict)
    act: str = ""
    roles: tuple[str, ...] = _BOTH

    @property
    def hit(self) -> Hit:
        return Hit(KIND, self.words, self.detail, self.page, dict(self.args), self.hint, self.act)


def _step(words: str, step: str, *others: str) -> Command:
    return Command(words, others, page="dispatch", args={"step": step}, roles=(CLERK,))


def _new(words: str, register: str, *others: str) -> Command:
    page, args = place(register, new=True)
    return Command(words, ("新建", *others), page=page, args=args)


COMMANDS: Sequence[Command] = (
    _new("登记走访", "visit", "写走访"), _new("新建企业档案", "enterprise", "建档"), _new("登记问题", "issue", "诉求"),
    _new("登记上云", "cloud"), _new("登记培育对象", "nurture", "升规"), _new("登记挂点", "liaison"),
    _new("新建一企一策", "firm_plan"), _new("登记服务", "service"), _new("新建任务", "duty", "责任清单"),
    _new("提交议题", "matter", "联席会议"), _new("新建项目", "project"), _new("登记招引线索", "lead"),
    _new("登记机会", "opportunity"), _new("登记产品", "product"), _new("登记供需对接", "match"),
    _new("新建发布批次", "release"), _new("填报园区月报", "park"),
    Command("填报指标", ("指标月报",), page="indicators"),
    Command(
        "疑似重复", ("查重", "合并档案", "重复企业"), "", "可能是同一家的企业档案", page="enterprises",
        args={"duplicates": True},
    ),
    Command("问题看板", ("看板",), page="issues", args={"view": "board"}),
    Command("催办", ("超期问题", "督办"), "", "按责任单位列出超期和快到期的问题", page="issues", args={"view": "urge"}),
    _step("核对本月", "check", "检查", "核对回报"), _step("说明警告", "explain"), _step("预览回报", "preview", "打印预览"),
    _step("上报本月", "submit", "报送", "零报送", "导出回报"),
    Command("收表", ("收回报", "接收"), page="receive", roles=(SUPERVISOR,)),
    Command("导出列表", ("导出 Excel", "另存"), "Ctrl Shift E", "把现在的列表写成 Excel", act="export"),
    Command("打印列表", ("打印", "存为 PDF"), "Ctrl P", "把现在的列表排好版，打印或存为 PDF", act="print"),
    Command("打印空白表", ("空白走访表", "手写表"), "", "现在这个台账的空白表，带到现场手写", act="blank"),
    Command("打印催办单", ("催办单",), "", "超期和快到期的问题，按责任单位", act="urge"),
    Command("导入台账", ("从 Excel 读入",), "", "把单位自己的台账读进现在的列表", act="import"),
    Command("选择列", ("显示列", "隐藏列"), "", "现在的列表显示哪些列", act="columns"),
    Command("立即备份", ("备份", "备份台账"), act="backup"),
    Command("上个月", (), act="month", args={"by": -1}), Command("下个月", (), act="month", args={"by": 1}),
    *(Command(f"颜色：{word}", ("主题", "外观"), act="theme", args={"theme": key}) for key, word in preferences.THEMES),
    *(Command(f"字号：{word}", ("文字大小", "外观"), act="size", args={"size": key}) for key, word in preferences.SIZES),
    Command("快捷键一览", ("帮助", "键盘"), "F1", act="shortcuts"),
    *(
        Command(f"设置：{word}", (word, *others), page="settings", args={"section": key})
        for key, word, others in SECTIONS
    ),
)  # fmt: skip


_OF_LISTS = ("export", "import", "columns", "print", "blank")


def commands(typed: str, role: str, pages: Sequence[str], shown: str = "") -> list[tuple[int, Hit]]:
    """(rank, hit) of the commands a text means, best first; 0 is the very words. `typed` is folded, lower case.

    `pages`: keys of the pages this role has; `shown`: the page that is open (some commands need its list).
    """
    found = []
    for command in COMMANDS:
        if role not in command.roles or (command.page and command.page not in pages):
            continue
        if command.act in _OF_LISTS and shown not in PAGE_OF.values():
            continue
        ranks = [rank(command.words, typed)] + [
            None if (each := rank(other, typed)) is None else each + 1 for other in command.others
        ]
        best = min((each for each in ranks if each is not None), default=None)
        if best is not None:
            found.append((best, command.hit))
    month = parse_period(typed)
    if month.ok and month.value is not None and len(typed) >= 5 and not parse_date(typed).ok:
        period = month.value
        words = f"换到 {period.year} 年 {period.month} 月"
        found.append((0, Hit(KIND, words, "", args={"period": str(period)}, act="month")))
    return sorted(found, key=lambda each: each[0])


def perform(window: Any, context: Any, act: str, args: Mapping[str, Any]) -> None:
    """Do what a command without a page of its own means."""
    if act == "shortcuts":
        window.show_shortcuts()
    elif act == "month":
        period = args.get("period") or str(Period(context.period).shift(int(args.get("by", 0))))
        window.change_period(period)
    elif act == "backup":
        _back_up(window, context)
    elif act in ("theme", "size"):
        _look(context, act, args)
    elif act == "urge":
        paper.print_reminders(window, context)
    else:
        _on_list(window, act)


def _back_up(window: Any, context: Any) -> None:
    store = context.store

    def done(made: Any) -> None:
        window.refresh_top()
        window.say(f"已备份到“{made.backup.path.name}”。", "；".join(made.warnings), "ok")

    def failed(error: Exception) -> None:
        if not isinstance(error, KnownError):
            raise error
        window.say(error.message, error.hint)

    context.jobs.run(
        "backup", lambda _progress, _cancelled: backup.back_up(store), title="备份", on_done=done,
        on_failed=failed, owner=window, supersede=False, cancellable=False,
    )  # fmt: skip


def _look(context: Any, act: str, args: Mapping[str, Any]) -> None:
    from PySide6.QtWidgets import QApplication

    store = context.store
    chosen = str(args.get("theme") or store.setting("theme", "light"))
    size = int(args.get("size") or store.setting("text_size", 14) or 14)
    preferences.save_look(store, chosen, size)
    application = QApplication.instance()
    if isinstance(application, QApplication):
        theme.change(application, theme.wants_dark(chosen), size)


def _on_list(window: Any, act: str) -> None:
    shown = getattr(window.page, "list", None)
    if shown is None:
        return
    does = {
        "export": shown.look.export,
        "import": shown.import_ledger,
        "columns": shown.look.choose_columns,
        "print": lambda: paper.print_list(shown),
        "blank": lambda: paper.print_blank(shown),
    }
    does[act]()
