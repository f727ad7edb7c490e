"""Reading days and months in the spellings people use. What has to be guessed is refused with its reason."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime, timedelta
from decimal import Decimal

from db.cleaning import FLOAT_DIGITS, INVISIBLE, STROKES, Parsed, fold, is_blank, unwrapped
from db.errors import UsageError
from db.periods import Period

_EXCEL_EPOCH = date(1899, 12, 30)
_SERIAL_RANGE = range(18264, 73051)  # 1950 to 2099: other whole numbers are no dates
_TAIL = re.compile(  # a weekday or a time of day after the date
    r"[\s,]*(?:\(?(?:星期|周|礼拜)[一二三四五六日天]\)?"
    r"|\(?(?:凌晨|早上|早晨|上午|中午|下午|傍晚|晚上|晚间|全天)\)?|[AaPp][Mm]"
    r"|[T ]?\d{1,2}[:时点](?:\d{1,2}(?:[:分]\d{1,2}(?:\.\d+)?)?)?[秒分整半]?(?:Z|[+-]\d\d:?00)?|\s)+$"
)
_DATE_FORMS = (
    re.compile(r"(\d{4})(?P<s>[-/.,、])(\d{1,2})(?P=s)(\d{1,2})[日号]?\.?"),
    re.compile(r"(\d{4})(?P<s>年)(\d{1,2})月(\d{1,2})[日号]?"),
    re.compile(r"(\d{4})(?P<s>)(\d{2})(\d{2})(?:\.0)?"),
    re.compile(r"(\d{4})(?P<s> )(\d{1,2}) (\d{1,2})"),
)
_ENGLISH = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DAY_MONTH_YEAR = re.compile(
    r"(?P<d>\d{1,2})(?:st|nd|rd|th)?[-/ ,.]*(?P<m>[A-Za-z]{3,9})\.?[-/ ,.]*(?P<y>\d{4})"
)
_MONTH_DAY_YEAR = re.compile(r"(?P<m>[A-Za-z]{3,9})\.? ?(?P<d>\d{1,2})(?:st|nd|rd|th)?[ ,]+(?P<y>\d{4})")
_CHINESE_DATE = re.compile(
    r"[二一两][〇零○oO一二三四五六七八九]{3}年[一二三四五六七八九十〇零]{1,3}月(?:[一二三四五六七八九十廿卅〇零]{1,4}[日号]?)?"
)
_CHINESE_DIGITS = {char: str(number) for number, chars in enumerate(("〇零○oO", "一", "二两", "三", "四", "五", "六", "七", "八", "九")) for char in chars}  # fmt: skip


def parse_date(raw: object) -> Parsed[date]:
    """A day from 2024-05-08, 2024/5/8, 2024.5.8, 2024年5月8日, 二〇二四年五月八日, 20240508, an Excel serial number or a date.

    Entries whose day, month or year has to be guessed (07/05/2024, 24.5.8, 5月8日) and stretches of days
    (5月7日-8日) are refused.
    """
    if raw is None:
        return Parsed()
    if isinstance(raw, datetime):
        return Parsed(raw.date())
    if isinstance(raw, date):
        return Parsed(raw)
    if isinstance(raw, bool):
        return Parsed(reason="不是日期")
    if isinstance(raw, (int, float, Decimal)):
        return _number_as_date(raw)
    if is_blank(raw):
        return Parsed()
    text = unicodedata.normalize("NFKC", INVISIBLE.sub("", unwrapped(str(raw)))).translate(STROKES)
    text = re.sub(r"\s+", " ", text.replace("。", ".").strip())
    if "年" in text:
        text = with_figures(text)
    text = re.sub(r" ?([-/.年月日号]) ?", r"\1", _TAIL.sub("", text))
    for form in _DATE_FORMS:
        found = form.fullmatch(text)
        if found:
            return _day(int(found[1]), int(found[3]), int(found[4]))
    if re.fullmatch(r"\d{5}(?:\.0)?", text):
        return _number_as_date(int(text[:5]))
    for form in (_DAY_MONTH_YEAR, _MONTH_DAY_YEAR):
        found = form.fullmatch(text)
        if found and found["m"][:3].lower() in _ENGLISH:
            return _day(int(found["y"]), _ENGLISH.index(found["m"][:3].lower()) + 1, int(found["d"]))
    return Parsed(reason=_why_no_date(text))


def with_figures(text: str) -> str:
    """二〇二四年五月七日 in figures, wherever it stands; other texts as they are."""
    found = _CHINESE_DATE.search(text.replace(" ", ""))
    if found is None:
        return text
    parts = re.split("[年月日号]", found[0])
    year = "".join(_CHINESE_DIGITS[char] for char in parts[0])
    written = f"{year}年{_small(parts[1])}月"
    if parts[2]:
        written += f"{_small(parts[2])}日"
    return text.replace(" ", "").replace(found[0], written)


def _small(chinese: str) -> int:
    """十 is 10, 十二 12, 二十一 21, 廿一 21, 〇五 5: up to 99, and 0 for what is no number."""
    spelt = chinese.replace("廿", "二十").replace("卅", "三十")
    if "十" not in spelt:
        return int("".join(_CHINESE_DIGITS[char] for char in spelt))
    tens, _, ones = spelt.partition("十")
    if "十" in ones or len(tens) > 1 or len(ones) > 1:
        return 0
    return int(_CHINESE_DIGITS[tens] if tens else "1") * 10 + int(_CHINESE_DIGITS[ones] if ones else "0")


def _number_as_date(raw: int | float | Decimal) -> Parsed[date]:
    number = float(raw)
    whole = int(number) if abs(number) < 1e9 else 0  # also false for NaN
    if whole in _SERIAL_RANGE:
        return Parsed(_EXCEL_EPOCH + timedelta(days=whole))
    if whole == number and 10**7 <= whole < 10**8:
        return _day(whole // 10000, whole // 100 % 100, whole % 100)
    if re.fullmatch(r"(?:1[0-2]|[1-9])\.\d{1,2}", format(number, FLOAT_DIGITS)):
        return Parsed(reason="缺少年份，请按“2024-05-08”填写")  # 5.7, perhaps; 5.1 may be the tenth as well
    return Parsed(reason="这个数不是日期")


def _day(year: int, month: int, day: int) -> Parsed[date]:
    if not 1900 <= year <= 2199:
        return Parsed(reason="年份不对")
    try:
        return Parsed(date(year, month, day))
    except ValueError:
        return Parsed(reason=f"没有 {year} 年 {month} 月 {day} 日这一天")


_ONE_DAY = r"(?:\d{4}[-/.年])?(?:\d{1,2}[-/.月])?\d{1,2}[日号]?"


def _why_no_date(text: str) -> str:
    if re.fullmatch(r"\d{1,2}[-/.]\d{1,2}[-/.]\d{4}", text):
        return "看不出哪个是月、哪个是日，请按“2024-05-08”填写"
    if re.fullmatch(r"'?\d{2}[-/.年]\d{1,2}[-/.月]\d{1,2}日?|\d{1,2}-[A-Za-z]{3}-\d{2}", text):
        return "年份请写四位，如“2024-05-08”"
    if re.fullmatch(r"\d{1,2}(?:[-/.]|月)\d{1,2}[日号]?", text):
        return "缺少年份，请按“2024-05-08”填写"
    if re.fullmatch(r"\d{4}(?:[-/.年]?\d{1,2}月?)|\d{4}年?", text):
        return "缺少日，请按“2024-05-08”填写"
    if re.fullmatch(rf"[从自]?{_ONE_DAY}[-~至到]+{_ONE_DAY}", text):
        return "这里是一段日期，请填一个日期"
    days = re.findall(
        r"(?<!\d)(?:\d{4}[-/.年])?\d{1,2}[-/.月]\d{1,2}[日号]?|(?<=[日号])[、,;和及与]\d{1,2}[日号]", text
    )
    if len(days) > 1 and re.search("[、,;和及与]", text):
        return "这里不止一个日期，请填一个日期"
    return "不是有效日期，请按“2024-05-08”填写"


def parse_period(raw: object) -> Parsed[Period]:
    """A month: 2024-05, 2024年5月, 2024.5, 202405, or a date in it (Excel turns “2024年5月” into one)."""
    if raw is None or is_blank(raw):
        return Parsed()
    if isinstance(raw, bool):
        return Parsed(reason="不是年月")
    if isinstance(raw, (int, float, Decimal)):
        return _number_as_period(raw)
    if isinstance(raw, str):
        raw = INVISIBLE.sub("", unwrapped(raw))
        raw = with_figures(raw) if "年" in raw else raw
    try:
        return Parsed(Period.parse(raw))
    except UsageError:
        text = fold(str(raw)).translate(STROKES)
    text = re.sub(r"(?<=月)份?(?:[初底末]|[上中下]旬)?(?:以前|之前|前)?$", "", text)
    if found := re.fullmatch(r"(\d{4}[-/.年]\d{1,2}月?)份?", text):
        try:
            return Parsed(Period.parse(found[1]))
        except UsageError:
            pass
    if (day := parse_date(text)).value is not None:
        return Parsed(Period.of_date(day.value))
    if re.search(r"\d[-至到]\d{1,2}月", text):
        return Parsed(reason="这里是一段时间，请填一个月份")
    if re.fullmatch(r"\d{1,2}月份?", text):
        return Parsed(reason="缺少年份，请按“2024-05”填写")
    if re.fullmatch(r"\d{4}年?", text):
        return Parsed(reason="缺少月份，请按“2024-05”填写")
    return Parsed(reason="不是有效的年月，请按“2024-05”填写")


def _number_as_period(raw: int | float | Decimal) -> Parsed[Period]:
    text = format(raw, FLOAT_DIGITS)
    if text.isdigit() and int(text) in _SERIAL_RANGE:
        return Parsed(Period.of_date(_EXCEL_EPOCH + timedelta(days=int(text))))
    if re.fullmatch(r"\d{4}\.1", text):
        # A cell that holds the number 2024.1 was typed as 2024.1 or as 2024.10: nobody can tell.
        return Parsed(reason="“2024.1”可能是 1 月也可能是 10 月，请按“2024-01”填写")
    if re.fullmatch(r"\d{6}|\d{4}\.\d{1,2}", text):
        try:
            return Parsed(Period.parse(text))
        except UsageError:
            pass
    return Parsed(reason="这个数不是年月")
