"""The group of all commands."""

from __future__ import annotations

import sys

import click

from desktop.commands import assess, bulletin, district, feedback, handdown, intake, month, setting_up
from desktop.commands.frame import Choices, Group
from desktop.commands.window import open_window


class _InOrder(Group):
    """Lists its commands in the order of the work, not of the alphabet."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.commands)


@click.group(cls=_InOrder, invoke_without_command=True)
@click.pass_context
def qianqi(ctx: click.Context) -> int | None:
    """千企台账：数字经济工作台账，填报、核对、上报、收表、汇总，全程离线。不写命令则打开窗口。"""
    if ctx.invoked_subcommand is None:
        return open_window(ctx.ensure_object(Choices).data)
    return None


for _command in (
    setting_up.init, intake.import_command, month.check, month.template, month.export, district.receive,
    district.undo, district.close, district.rollup, bulletin.bulletin, assess.assess, feedback.feedback, handdown.handdown, setting_up.backup, setting_up.restore,
    setting_up.verify, setting_up.demo,
):  # fmt: skip
    qianqi.add_command(_command)

if __name__ == "__main__":
    sys.exit(qianqi.main())
