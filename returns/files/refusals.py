"""Sentences for files that are not read: what the file is, and how to save it as something readable."""

from __future__ import annotations

from db.errors import Refused

SAVE_AS = "请用 Excel 或 WPS 打开，另存为“xlsx 工作簿”后再试。"
AGAIN = "请用 Excel 或 WPS 打开并另存一份再试；打不开就请对方重新发送。"

_OUT_OF = "请把其中的表格复制到 Excel 或 WPS 表格中"
_COPY = f"{_OUT_OF}，另存为“xlsx 工作簿”后再试。"
_LESS = "请删除数据以外的行、列和图片，或分成几个文件后再试。"
_RESEND = "请让对方重新发送。"
_ASK = "请向对方要原来的表格"

# kind → (what it is, what to do)
_NOT_READ: dict[str, tuple[str, str]] = {
    "empty": ("是空文件，里面没有内容", _RESEND),
    "zeros": ("里面全是空字节，多半是拷贝时损坏", _RESEND),
    "encrypted": (
        "是加了打开密码的工作簿",
        "请在 Excel 或 WPS 中去掉打开密码（旧版 xls 也要取消“保护工作簿”），另存后再试。",
    ),
    "encrypted_zip": ("是加了密码的压缩包", "请解压后选择里面的工作簿。"),
    "xlsb": ("是 xlsb 二进制工作簿", SAVE_AS),
    "flat_ods": ("是单文件的 OpenDocument 表格（fods）", SAVE_AS),
    "numbers": ("是苹果 Numbers 表格", "请在 Numbers 中选择“导出为 Excel”。"),
    "pages": ("是苹果 Pages 或 Keynote 文稿", "请把表格复制到 Excel 或 WPS 表格中另存。"),
    "pdf": ("是 PDF 文件", f"{_ASK}，或用 WPS 的“PDF 转 Excel”转换后核对再试。"),
    "ofd": ("是 OFD 版式文件", f"{_ASK}。"),
    "word": ("是 Word 文档", _COPY),
    "odt": ("是 OpenDocument 文字文档", _COPY),
    "rtf": ("是 RTF 文档", _COPY),
    "slides": ("是演示文稿", f"{_OUT_OF}另存。"),
    "picture": ("是图片", f"图片里的表格读不出来，{_ASK}。"),
    "zip": ("是压缩包", "请解压后选择里面的表格。"),
    "archive": ("是压缩包", "请解压后选择里面的表格。"),
    "mail": ("是邮件", "请在邮件程序中保存它的附件。"),
    "sqlite": ("是数据库文件", "请从原来的程序导出为 Excel 表格。"),
    "access": ("是 Access 数据库", "请从 Access 导出为 Excel 表格。"),
    "dbf": ("是 dBase 数据表（dbf）", SAVE_AS),
    "program": ("是程序", "请不要打开来历不明的程序。"),
    "media": ("是音频或视频", "请向对方要表格。"),
    "json": ("是 JSON 数据文件", "请从原来的系统导出为 Excel 或 csv。"),
    "xml": ("是 XML 文件，不是表格", "请从原来的系统导出为 Excel 或 csv。"),
    "page": ("是网页，里面没有表格", "请从原来的网页或系统导出为 Excel。"),
    "frames": ("是由几个文件组成的网页，表格在旁边的文件夹里", SAVE_AS),
    "drawing": ("是绘图文件", "请向对方要表格。"),
    "ole": ("是旧版 Office 的另一种文件，里面没有工作簿", SAVE_AS),
    "broken_zip": ("像是工作簿，但文件不完整或已损坏", AGAIN),
    "broken_ole": ("像是旧版 xls，但文件不完整或已损坏", AGAIN),
    "binary": ("不是表格，也认不出是什么文件", "请确认选对了文件；表格请另存为“xlsx 工作簿”。"),
}
# kind → id of the refusal, where it is another than unsupported_format
_IDS = {
    "empty": "empty_file",
    "zeros": "damaged_file",
    "encrypted": "encrypted_file",
    "encrypted_zip": "encrypted_file",
    "page": "not_a_workbook",
    "ole": "not_a_workbook",
    "broken_zip": "damaged_file",
    "broken_ole": "damaged_file",
}

EXTENSIONS = {
    "xlsx": ("xlsx", "xltx"),
    "xlsm": ("xlsm", "xltm"),
    "xls": ("xls", "xlt", "et", "ett"),
    "ods": ("ods", "ots"),
    "csv": ("csv", "tsv", "txt", "tab"),
    "html": ("html", "htm"),
    "mhtml": ("mht", "mhtml"),
    "spreadsheetml": ("xml",),
}
NAMES = {
    "xlsx": "xlsx 工作簿",
    "xlsm": "带宏的 xlsm 工作簿",
    "xls": "旧版 xls 工作簿",
    "ods": "ods 表格",
    "csv": "文本表格（csv）",
    "html": "网页表格",
    "mhtml": "单个文件网页",
    "spreadsheetml": "XML 表格（2003）",
}
READ = frozenset(NAMES)


def not_read(kind: str, name: str) -> Refused:
    """The refusal of a file that sniffing named, but that is not read."""
    what, hint = _NOT_READ[kind]
    return Refused(f"“{name}”{what}。", hint, _IDS.get(kind, "unsupported_format"))


def damaged(name: str) -> Refused:
    return Refused(f"“{name}”打不开，文件可能已损坏。", AGAIN, "damaged_file")


def unsafe(name: str) -> Refused:
    return Refused(
        f"“{name}”含有不安全的内容（外部定义或另一种编码的部件），不予打开。", SAVE_AS, "unsafe_file"
    )


def too_large(name: str, why: str = "内容过多") -> Refused:
    return Refused(f"“{name}”{why}，不予打开。", _LESS, "too_large")


def without_sheets(name: str) -> Refused:
    return Refused(
        f"“{name}”里没有可读的工作表。", "请用 Excel 或 WPS 打开检查，另存后再试。", "not_a_workbook"
    )


def too_slow(name: str, seconds: float) -> Refused:
    return Refused(
        f"“{name}”读了 {seconds:.0f} 秒还没有读完，已停止。",
        _LESS,
        "too_slow",
    )


def stopped() -> Refused:
    """Somebody did not want to wait for it."""
    return Refused("已取消，台账没有改动。", "", "cancelled")


def unlike_extension(kind: str, name: str) -> str | None:
    """A note for a content that does not fit its extension."""
    stem, dot, extension = name.rpartition(".")
    if not dot or not stem or extension.lower() in EXTENSIONS[kind]:
        return None
    return f"扩展名是 .{extension}，内容是{NAMES[kind]}，已按内容读取"
