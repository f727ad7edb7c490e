"""What all commands share: --data and --json anywhere, Chinese help and errors, exit codes, the error report."""

from __future__ import annotations

import json
import platform
import re
import sys
import tempfile
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from db.errors import KnownError
from db.folder import default_folder
from db.periods import Period
from db.store import Store, open_store
from desktop.commands.reports import about_findings

OK, FINDINGS, USAGE, MACHINE = 0, 1, 2, 3


@dataclass(slots=True)
class Choices:
    """What --data and --json said, before or after the command's name."""

    data: Path | None = None
    as_json: bool = False

    @property
    def root(self) -> Path:
        return self.data or default_folder()

    @contextmanager
    def store(self) -> Iterator[Store]:
        """The register, locked for this command alone."""
        store = open_store(self.root)
        try:
            yield store
        finally:
            store.close()

    def say(self, data: dict[str, Any], *lines: str) -> None:
        """The result: `data` under --json, else the sentences."""
        if self.as_json:
            click.echo(json.dumps(data, ensure_ascii=False, indent=1))
        else:
            for line in lines:
                click.echo(line)

    def fail(self, id: str, message: str, hint: str = "", **more: Any) -> None:
        """An error: on stdout under --json, so that a program finds it; else a sentence on stderr."""
        if self.as_json:
            error = {"id": id, "message": message, "hint": hint}
            click.echo(json.dumps({"error": error, **more}, ensure_ascii=False, indent=1))
        else:
            click.echo(f"{message}{hint}", err=True)


def _keep_data(ctx: click.Context, _param: click.Parameter, value: Path | None) -> None:
    if value is not None:
        ctx.ensure_object(Choices).data = value


def _keep_json(ctx: click.Context, _param: click.Parameter, value: bool) -> None:
    if value:
        ctx.ensure_object(Choices).as_json = True


def _common() -> list[click.Parameter]:
    return [
        click.Option(
            ["--data"], metavar="DIR", type=click.Path(path_type=Path), callback=_keep_data, expose_value=False,
            help="数据文件夹；不写则用本机默认的文件夹。",
        ),
        click.Option(
            ["--json", "as_json"], is_flag=True, callback=_keep_json, expose_value=False,
            help="结果和错误都以 JSON 输出。",
        ),
    ]  # fmt: skip


def month(_ctx: click.Context, _param: click.Parameter, value: str | None) -> str | None:
    """A --period in whatever spelling, as “2024-05”. UsageError for a text that is no month."""
    return None if value is None else str(Period.parse(value))


# What click adds to the help of an option.
_EXTRA = re.compile(r"  \[(?:(\d+)<=x<=(\d+))?(?:; )?(required)?\]$")


def _extra_words(extra: re.Match[str]) -> str:
    least, most, required = extra.groups()
    told = [f"{least}—{most}"] if least else []
    return f"（{'，'.join(told + ['必填'] * bool(required))}）"


class ChineseFormatter(click.HelpFormatter):
    """Help with Chinese headings."""

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        super().write_usage(prog, args, "用法：")

    def write_dl(self, rows: Any, *args: Any, **kwargs: Any) -> None:
        super().write_dl([(name, _EXTRA.sub(_extra_words, text)) for name, text in rows], *args, **kwargs)

    def write_heading(self, heading: str) -> None:
        words = {"Options": "选项", "Commands": "命令", "Arguments": "参数"}
        self.write(f"{'':>{self.current_indent}}{words.get(heading, heading)}：\n")


class ChineseContext(click.Context):
    formatter_class = ChineseFormatter


class Misused(click.UsageError):
    """A wrong use that we noticed ourselves: its message is Chinese already."""


class Command(click.Command):
    """A command that takes --data and --json too."""

    context_class = ChineseContext

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.options_metavar = "[选项]"
        self.params.extend(_common())

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        return _in_chinese(super().get_help_option(ctx))


class Group(click.Group):
    """`qianqi` itself. Whatever happens inside ends in an exit code and a sentence, never in a traceback."""

    context_class = ChineseContext
    command_class = Command

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.options_metavar, self.subcommand_metavar = "[选项]", "命令 [参数]…"
        self.params.extend(_common())

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        return _in_chinese(super().get_help_option(ctx))

    def resolve_command(self, ctx: click.Context, args: list[str]) -> Any:
        if self.get_command(ctx, args[0]) is None and not args[0].startswith("-"):
            raise Misused(f"没有“{args[0]}”这个命令。", ctx)
        return super().resolve_command(ctx, args)

    def main(self, args: Sequence[str] | None = None, prog_name: str | None = None, **extra: Any) -> Any:  # type: ignore[override]
        arguments = list(sys.argv[1:] if args is None else args)
        # Known before anything is parsed: an error of parsing must come as JSON as well.
        choices = Choices(as_json="--json" in arguments)
        extra.update(standalone_mode=False, obj=choices)
        sys.exit(_guarded(choices, arguments, lambda: super(Group, self).main(arguments, "qianqi", **extra)))


def _guarded(choices: Choices, arguments: Sequence[str], run: Any) -> int:
    try:
        result = run()
        return result if isinstance(result, int) else OK
    except KnownError as error:
        more = {}
        if findings := getattr(error, "findings", None):
            more["findings"] = [finding.as_json() for finding in findings]
        choices.fail(error.id, error.message, error.hint, **more)
        if findings and not choices.as_json:
            for line in about_findings(findings):
                click.echo(line, err=True)
        return error.exit_code
    except click.UsageError as error:
        choices.fail("usage", in_words(error), "请用 qianqi --help 查看用法。")
        return USAGE
    except (click.Abort, KeyboardInterrupt):
        choices.fail("interrupted", "操作已中断。", "已完成的保存不受影响。")
        return FINDINGS
    except click.ClickException as error:
        choices.fail("usage", error.format_message())
        return USAGE
    except OSError as error:
        where = f"“{error.filename}”" if error.filename else "文件"
        write_report(choices.root, arguments, error)
        choices.fail(
            "machine", f"读写{where}时出错（{error.strerror or error}）。", "请检查路径、权限和磁盘空间。"
        )
        return MACHINE
    except Exception as error:
        report = write_report(choices.root, arguments, error)
        choices.fail(
            "bug", "程序出了差错，这一步没有完成；已保存的数据没有受影响。", f"请把“{report}”交给维护人员。"
        )
        return MACHINE


def in_words(error: click.UsageError) -> str:
    """What is wrong with the command as typed, in Chinese."""
    if isinstance(error, click.NoSuchOption):
        return f"没有“{error.option_name}”这个选项。"
    if isinstance(error, click.MissingParameter):
        name = error.param.opts[-1] if isinstance(error.param, click.Option) else _shown(error.param)
        return f"缺少{'选项' if isinstance(error.param, click.Option) else '参数'} {name}。"
    if isinstance(error, click.BadParameter):
        name = error.param.opts[-1] if isinstance(error.param, click.Option) else _shown(error.param)
        if error.param is not None and isinstance(error.param.type, click.Choice):
            return f"{name} 的值不对，可以是：{'、'.join(map(str, error.param.type.choices))}。"
        return f"{name} 的值不对。"
    if isinstance(error, click.BadOptionUsage):
        return f"选项“{error.option_name}”的用法不对，可能少写了值。"
    if isinstance(error, Misused):
        return error.message
    return "多写了参数，或参数的顺序不对。"


def _shown(param: click.Parameter | None) -> str:
    return (param.metavar or (param.name or "").upper()) if isinstance(param, click.Argument) else "参数"


def _in_chinese(option: click.Option | None) -> click.Option | None:
    if option is not None:
        option.help = "显示这段说明。"
    return option


def write_report(root: Path, arguments: Sequence[str], error: BaseException) -> Path:
    """The technical account of a mistake of ours, in DIR/错误报告 (or the temporary folder). Returns where it is."""
    name = f"qianqi-{datetime.now():%Y%m%d-%H%M%S-%f}.txt"
    text = "\n".join(
        (
            f"命令：qianqi {' '.join(arguments)}",
            f"时间：{datetime.now():%Y-%m-%d %H:%M:%S}",
            f"系统：{platform.platform()}，Python {platform.python_version()}",
            "",
            "".join(traceback.format_exception(error)),
        )
    )
    for folder in (root / "错误报告", Path(tempfile.gettempdir()) / "qianqi-错误报告"):
        try:
            folder.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(text, encoding="utf-8")
        except OSError:
            continue
        return folder / name
    return root / "错误报告" / name
