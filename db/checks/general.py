"""GEN rules: what holds for every field of every register, from its declaration alone."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from db import classifications
from db.checks.context import RECORDS, Check, Context, Values, has_sentence, is_empty, items_of, number
from db.checks.rules import RULES
from db.codes import phone_kind
from db.fields import NOTE_LIMIT, Field, Kind
from db.findings import Finding, Severity
from db.registers import Register
from db.text import BLANK_WORDS, clean
from db.values import parse

_TEXTS = (Kind.TEXT, Kind.LONG)
_NUMBERS = (Kind.INTEGER, Kind.NUMBER)
_FALLBACK = {  # the rule of a text that was not understood, by the kind of its field
    Kind.INTEGER: "GEN-003",
    Kind.NUMBER: "GEN-002",
    Kind.DATE: "GEN-004",
    Kind.PERIOD: "GEN-004",
}
_UNITS = ("unit", "street", "park")
_YEAR = re.compile(r"20\d\d")


def checks(
    missing: Mapping[str, str | None] | None = None,
    unread: Mapping[str, str] | None = None,
    answers: Collection[str] = (),
) -> tuple[Check, ...]:
    """The general checks of one register.

    `missing` names the rule that speaks for an empty required field in place of GEN-001 (None: a check of the
    register says it); `unread` likewise for a text that was not understood. So nobody hears a complaint twice.
    `answers` are the long texts in which “无” is an answer (GEN-008).
    """
    return (
        required(missing or {}),
        unparsed(unread or {}),
        typed_numbers,
        typed_choices(unread or {}),
        references(unread or {}),
        retired,
        lengths,
        blank_words(answers),
        cleaned,
    )


def _register(ctx: Context) -> Register:
    assert ctx.register is not None
    return ctx.register


def required(speakers: Mapping[str, str | None]) -> Check:
    """GEN-001, or the register's own rule for that field."""

    def check(ctx: Context, record: Values) -> Iterable[Finding]:
        kept, answered = record.get("unparsed") or {}, record.get("not_applicable") or ()
        for field in _register(ctx).fields:
            if field.computed or not is_empty(record.get(field.name)) or not field.is_required(record):
                continue
            if field.name in kept or field.name in answered:
                continue
            rule = speakers.get(field.name, "GEN-001")
            if rule is not None:
                more = "missing" if has_sentence(rule, "missing") else ""
                state: dict[str, Any] = {
                    "状态": record.get("status"),
                    "阶段": record.get("stage"),
                    "名称": _called(ctx, record),
                }
                yield ctx.say(rule, record, field.name, more=more, **state)

    return check


def _called(ctx: Context, record: Values) -> str:
    """What people call the record, where that is a text of its own."""
    title = record.get(_register(ctx).title_field)
    return title if isinstance(title, str) and title.strip() else "未填名称"


def unparsed(speakers: Mapping[str, str]) -> Check:
    """GEN-002, 003, 004, 005, 009: what was typed and not understood; the text is kept and named."""

    def check(ctx: Context, record: Values) -> Iterable[Finding]:
        fields = {field.name: field for field in _register(ctx).fields}
        for name, raw in (record.get("unparsed") or {}).items():
            if name in fields:
                yield _unread(ctx, record, fields[name], str(raw), speakers.get(name))

    return check


def _unread(ctx: Context, record: Values, field: Field, raw: str, speaker: str | None) -> Finding:
    if speaker:
        return ctx.say(speaker, record, field.name, 值=raw)
    # Asking again tells the reason; enterprises are not looked up anew for every list that is shown.
    again = None if field.source in ("enterprise", *RECORDS) else parse(field, raw, ctx.directory)
    fallback = "GEN-009" if field.source in _UNITS else _FALLBACK.get(field.kind, "GEN-005")
    rule = again.rule if again is not None and again.rule else fallback
    reason = again.reason if again is not None and again.reason else "请重新填写"
    more = ""
    if rule not in RULES:  # an error cell, a code whose digits are lost: rules of files alone
        rule, more = "GEN-005", "broken"
    elif rule == "GEN-004" and field.kind is Kind.PERIOD:
        more = "month"
    elif rule == "GEN-005":
        more = "yes_no" if field.kind is Kind.BOOL else "enterprise" if field.source == "enterprise" else ""
        if field.source in RECORDS:
            more = "record"
    return ctx.say(rule, record, field.name, more=more, 值=raw, 原因=reason)


def typed_numbers(ctx: Context, record: Values) -> Iterable[Finding]:
    """GEN-002 and GEN-003 for values that are numbers but cannot be: below zero where nothing is."""
    for field in _register(ctx).fields:
        value = record.get(field.name)
        if field.kind not in _NUMBERS or field.computed or field.negative or value is None or value >= 0:
            continue
        if field.count:
            yield ctx.say("GEN-003", record, field.name, 值=value)
        else:
            yield ctx.say("GEN-002", record, field.name, more="negative", 值=number(value))


def typed_choices(speakers: Mapping[str, str]) -> Check:
    """GEN-005 for a value that is none of the choices (it came past the form)."""

    def check(ctx: Context, record: Values) -> Iterable[Finding]:
        for field in _register(ctx).fields:
            if field.kind not in (Kind.CHOICE, Kind.CHOICES):
                continue
            for item in items_of(record.get(field.name)):
                if not _is_choice(field, item):
                    yield ctx.say(speakers.get(field.name, "GEN-005"), record, field.name, 值=item)

    return check


def _is_choice(field: Field, item: Any) -> bool:
    if field.choices:
        return item in field.choices
    if field.source == "industry":
        return classifications.industry(str(item)) is not None
    if field.source == "de_class":
        return classifications.digital_class(str(item)) is not None
    if field.source == "year":
        return _YEAR.fullmatch(str(item)) is not None
    return True


def references(speakers: Mapping[str, str]) -> Check:
    """GEN-009 and GEN-005 for a reference to a unit, park, firm or record that is not there (any more)."""

    def check(ctx: Context, record: Values) -> Iterable[Finding]:
        for field in _register(ctx).fields:
            if field.kind not in (Kind.REF, Kind.REFS):
                continue
            for item in items_of(record.get(field.name)):
                if field.source in _UNITS and _place(ctx, field, item) is None:
                    yield ctx.say("GEN-009", record, field.name, 值=item)
                elif field.source == "enterprise" and ctx.facts.card(item) is None:
                    gone = ctx.directory.name("enterprise", item) or "已删除"
                    rule = speakers.get(field.name, "GEN-005")
                    more = "enterprise" if rule == "GEN-005" else ""
                    yield ctx.say(rule, record, field.name, more=more, 值=gone)
                elif field.source in RECORDS and not ctx.facts.alive(field.source, item):
                    yield ctx.say("GEN-005", record, field.name, more="gone")
                elif not _in_plan(ctx, field, item, record):
                    yield ctx.say("GEN-005", record, field.name, 值=item)

    return check


def _in_plan(ctx: Context, field: Field, item: Any, record: Values) -> bool:
    if field.source == "indicator":
        return ctx.plan_of(record.get("period")).indicator(item) is not None
    if field.source == "action":
        return any(action.id == item for action in ctx.plan.actions)
    return True


def _place(ctx: Context, field: Field, code: str) -> Any:
    return ctx.facts.park(code) if field.source == "park" else ctx.facts.unit(code)


def retired(ctx: Context, record: Values) -> Iterable[Finding]:
    """GEN-010: new data under a unit or street that is no longer in force. Old rows keep what they had."""
    if not ctx.is_new(record) and ctx.previous is None:
        return
    for field in _register(ctx).fields:
        if field.source not in _UNITS:
            continue
        before = items_of(ctx.previous.get(field.name)) if ctx.previous is not None else []
        for item in items_of(record.get(field.name)):
            found = _place(ctx, field, item) if item not in before else None
            if found is not None and not found.active:
                yield ctx.say("GEN-010", record, field.name, 值=found.name)


def lengths(ctx: Context, record: Values) -> Iterable[Finding]:
    """GEN-007. A credit code's length is ENT-001's business."""
    for field in _register(ctx).fields:
        value = record.get(field.name)
        if field.limit and isinstance(value, str) and len(value) > field.limit and field.editor != "code":
            yield ctx.say("GEN-007", record, field.name, 字数=len(value), 上限=field.limit)


def blank_words(answers: Collection[str]) -> Check:
    """GEN-008: a free text that only says “无”."""

    def check(ctx: Context, record: Values) -> Iterable[Finding]:
        for field in _register(ctx).fields:
            value = record.get(field.name)
            if (
                field.kind not in _TEXTS
                or not isinstance(value, str)
                or field.computed
                or field.name in answers
            ):
                continue
            descriptive = field.kind is Kind.LONG or (field.limit or 0) >= NOTE_LIMIT
            if descriptive and value.strip() and clean(value, lines=True).text in BLANK_WORDS:
                more = "required" if field.is_required(record) else ""
                yield ctx.say("GEN-008", record, field.name, more=more, 值=value)

    return check


def cleaned(ctx: Context, record: Values) -> Iterable[Finding]:
    """GEN-006: what the import cleaned, as counted in record["origin"]["cleaned"] ({field: places}).

    The program has already mended it, so a stored row only informs: as 警告 every stray blank of an imported
    ledger would have to be explained before the month could be handed in.
    """
    counts = (record.get("origin") or {}).get("cleaned") or {}
    fields = {field.name for field in _register(ctx).fields}
    for name, places in counts.items():
        if name in fields and places:
            yield ctx.say("GEN-006", record, name, severity=Severity.INFO, 次数=places)


def in_order(first: str, then: str) -> Check:
    """GEN-004: of two days the one that ends is not before the one that begins."""

    def check(ctx: Context, record: Values) -> Iterable[Finding]:
        start, end = record.get(first), record.get(then)
        if start is not None and end is not None and end < start:
            yield ctx.say(
                "GEN-004", record, then, more="order",
                值=end.isoformat(), 前项=ctx.label(first), 前值=start.isoformat(),
            )  # fmt: skip

    return check


def happened(day: str, *states: str) -> Check:
    """GEN-004: what has happened did not happen after today; with `states`, once the record is in one of them."""

    def check(ctx: Context, record: Values) -> Iterable[Finding]:
        value = record.get(day)
        if value is None or value <= ctx.today or (states and record.get("status") not in states):
            return
        yield ctx.say("GEN-004", record, day, more="future", 值=value.isoformat())

    return check


def reachable(field: str) -> Check:
    """ENT-009 for a telephone of the lists: offices have short internal numbers, so it only informs."""

    def check(ctx: Context, record: Values) -> Iterable[Finding]:
        phone = record.get(field)
        if not is_empty(phone) and phone_kind(str(phone)) is None:
            yield ctx.say(
                "ENT-009", record, field, severity=Severity.INFO, 值=phone, 区号=ctx.plan.area_code or "0791"
            )

    return check
