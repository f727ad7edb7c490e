"""The month from beginning to end: streets in their windows, other offices, the district, the summary."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from db.plan_types import Plan
from db.store import Store
from desktop.actions.rollup import read_rollup
from desktop.app import build_window
from desktop.demo import district, offices, registers, reporting, street, summary
from desktop.demo.driver import Driver, Stuck
from desktop.demo.hand_in import correct, hand_in
from desktop.demo.offices import PERIOD, Office
from desktop.demo.steps import Say, Steps

WIDTH, HEIGHT = 1366, 768
BUREAUS = 2  # that work at a window: one keeps projects and the lists, the other the parks


class Play:
    """`run` plays everything; what came of it is in `facts` and in the files under `out`."""

    def __init__(self, out: Path, say: Say, streets: int, others: int, pause: float) -> None:
        self.out = out
        self.steps = Steps(out, say)
        self.plan: Plan = offices.plan_of_play()
        self.streets = offices.streets_of(self.plan, out / "数据", streets)
        self.others = offices.others_of(self.plan, out / "数据", others)
        self.pause = pause
        self.returns: list[Path] = []
        self.facts: dict[str, int] = dict.fromkeys(
            ("streets", "visits_typed", "completed", "problems", "explained", "returns", "applied", "sent_back", "undone",
             "feedback", *registers.FACTS),
            0,
        )  # fmt: skip

    def run(self) -> None:
        """The whole month. StepFailed, naming the step, where one does not come through."""
        for place, office in enumerate(self.streets):
            self._street(office, place)
        for place, office in enumerate(self.others):
            if place < BUREAUS:
                self._bureau(office)
                continue
            with self.steps.step(f"{office.unit.name}：不开窗口，核对、说明、上报"):
                sent = offices.hand_in(office, self._returns_folder)
                self.facts["explained"] += int(sent["explained"])
                self.returns.append(Path(sent["out"]))
        self._district()
        self.facts["returns"] = len(self.returns)

    # A street.

    def _street(self, office: Office, place: int) -> None:
        name, first = office.unit.name, place == 0
        with self.steps.step(f"{name}：建立练习台账"):
            store = offices.open_office(office, unfinished=first)
        with self._window(store, f"{name}：打开窗口") as driver:
            if first:
                self.steps.picture(driver, "街道_本月")
            with self.steps.step(f"{name}：逐键登记走访"):
                self.facts["visits_typed"] += street.type_visits(self.steps, driver, office, place)
                self.facts["problems"] += first
            if first:
                with self.steps.step(f"{name}：补全待补全的走访和问题"):
                    gaps = street.gaps(office)
                    for register, page in (("visit", "visits"), ("issue", "issues")):
                        self.facts["completed"] += street.complete(
                            self.steps, driver, register, page, gaps[register]
                        )
                self._other_registers(driver, name)
            with self.steps.step(f"{name}：核对、说明、预览、上报"):
                target = self._returns_folder / offices.file_name(office.unit)
                self.facts["explained"] += hand_in(self.steps, driver, office, target, pictures=first)
                self.returns.append(target)
        self.facts["streets"] += 1

    def _other_registers(self, driver: Driver, name: str) -> None:
        """What the first street does besides visits."""
        with self.steps.step(f"{name}：粘贴一批服务记录，登记挂点"):
            self.facts["services"] += registers.give_services(self.steps, driver)
            self.facts["liaisons"] += registers.look_after(self.steps, driver)
        with self.steps.step(f"{name}：在看板上交办、办结、销号"):
            self.facts["issue_steps"] += registers.work_off(self.steps, driver)
        with self.steps.step(f"{name}：打印走访记录表，存为 PDF"):
            registers.print_visit(driver, self.out / "打印")
            self.facts["printed"] += 1
            driver.window.goto("month")
            driver.settle()

    # A bureau.

    def _bureau(self, office: Office) -> None:
        """A bureau at its window: what its registers hold is brought up to date, then the month is handed in."""
        name = office.unit.name
        with self.steps.step(f"{name}：建立练习台账"):
            store = offices.open_office(office)
        with (
            self._window(store, f"{name}：打开窗口") as driver,
            self.steps.step(f"{name}：项目签约、任务进展、供需对接、园区月报"),
        ):
            self.facts["parks"] += registers.park_month(self.steps, driver)
            if not self.facts["projects"]:
                self.facts["projects"] += registers.move_project(self.steps, driver)
                self.facts["tasks"] += registers.report_task(self.steps, driver)
                self.facts["matches"] += registers.bring_together(self.steps, driver)
        with self.steps.step(f"{name}：核对、说明、上报"):
            sent = offices.hand_in_again(office, self._returns_folder)
            self.facts["explained"] += int(sent["explained"])
            self.returns.append(Path(sent["out"]))

    # The district.

    def _district(self) -> None:
        steps, first = self.steps, self.streets[0]
        with steps.step("区：建立练习台账，到上月为止的回报都已接收"):
            store = offices.open_district(self.plan, self.out / "数据")
            last_month, before = read_rollup(store, PERIOD.prev), read_rollup(store, PERIOD)
        marked = self.out / "退回" / f"退回_{offices.file_name(first.unit)}"
        with self._window(store, "区：打开窗口", close=False) as driver:
            steps.picture(driver, "区_本月_收表之前")
            with steps.step(f"区：收表，读入 {len(self.returns)} 份回报"):
                page = district.open_desk(driver)
                district.add(driver, page, self.returns)
                steps.picture(driver, "区_收表_读入")
            with steps.step(f"区：看{first.unit.name}的变化，退回更正"):
                district.choose(driver, page, first.unit.code)
                steps.picture(driver, "区_收表_看变化")
                district.send_back(steps, driver, page, first.unit.code, marked)
                self.facts["sent_back"] += 1
            with steps.step("区：接收其余的回报"):
                self.facts["applied"] += district.accept_clean(driver, page)
                steps.picture(driver, "区_收表_接收之后")
            corrected = self._correct(first)
            with steps.step(f"区：接收{first.unit.name}更正的第 2 版"):
                district.add(driver, page, [corrected])
                self.facts["applied"] += district.accept_clean(driver, page)
            with steps.step("区：撤销一份接收，再收一次"):
                last = self.streets[-1]
                district.undo(steps, driver, page, last.unit.code)
                self.facts["undone"] += 1
                district.add(driver, page, [self._returns_folder / offices.file_name(last.unit)])
                district.accept_clean(driver, page)
                steps.picture(driver, "区_收表_收齐之后")
            after = read_rollup(store, PERIOD)
            self._check(after.coverage.received)
            published = self._report(driver)
        store.close()
        self.facts["returns"] = len(self.returns)
        with steps.step("写摘要"):
            summary.write(
                self.out,
                before=before,
                after=after,
                last_month=last_month,
                facts=dict(self.facts),
                published=published,
            )

    def _report(self, driver: Driver) -> reporting.Published:
        """What the district makes of the month that is in; each paper into `out`."""
        steps = self.steps
        with steps.step("区：看分析的图"):
            reporting.look(steps, driver)
        with steps.step("区：看指标，生成月调度汇总"):
            reporting.sum_up(steps, driver, self.out)
        with steps.step("区：关账，公布本月的数"):
            reporting.close_month(steps, driver)
        with steps.step("区：看公布记录，给各单位写反馈"):
            published, self.facts["feedback"] = reporting.tell_units(
                steps, driver, self.out / reporting.FEEDBACK
            )
        with steps.step("区：起草季通报，改一段，导出 Word"):
            reporting.write_bulletin(steps, driver, self.out)
        with steps.step("区：算年度考核得分，导出考核表"):
            reporting.assess(steps, driver, self.out)
            driver.keys("Alt+1")
            steps.picture(driver, "区_本月_收表之后")
        return published

    def _correct(self, office: Office) -> Path:
        """The first street mends what was sent back and hands in revision 2."""
        name = office.unit.name
        target = self._returns_folder / offices.file_name(office.unit, 2)
        with self.steps.step(f"{name}：重新打开本月"):
            store = offices.reopen(office)
        with (
            self._window(store, f"{name}：再次打开窗口") as driver,
            self.steps.step(f"{name}：说明理由，改数，上报第 2 版"),
        ):
            correct(self.steps, driver, office, target)
        self.returns.append(target)
        return target

    def _check(self, received: int) -> None:
        wanted = len(self.streets) + len(self.others)
        if received != wanted:
            raise Stuck(f"应收 {wanted} 个单位，台账里是 {received} 个。")

    # Windows.

    @property
    def _returns_folder(self) -> Path:
        folder = self.out / "回报"
        folder.mkdir(exist_ok=True)
        return folder

    @contextmanager
    def _window(self, store: Store, title: str, *, close: bool = True) -> Iterator[Driver]:
        """The real window over a register, closed again whatever happens."""
        window, context = build_window(store)
        driver = Driver(window, context, self.pause)
        try:
            with self.steps.step(title):
                window.resize(WIDTH, HEIGHT)
                window.show()
                window.activateWindow()
                driver.wait(lambda: window.page is not None, "第一页")
                driver.settle()
            yield driver
        finally:
            driver.leave()
            if close:
                store.close()
