"""The data dictionary is what the fields say, and every field explains itself."""

from __future__ import annotations

from pathlib import Path

import pytest

from db.dictionary import dictionary
from db.fields import fields_of
from db.models import ReturnFile
from db.registers import REGISTERS

MODELS = [register.model for register in REGISTERS.values()] + [ReturnFile]
DOCUMENT = Path(__file__).parents[2] / "docs" / "data-dictionary.md"


def test_the_document_is_up_to_date() -> None:
    assert DOCUMENT.read_text(encoding="utf-8") == dictionary()


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__tablename__)
def test_every_field_has_a_label_a_help_and_a_place_to_take_values_from(model: type) -> None:
    labels = [field.label for field in fields_of(model)]
    assert len(labels) == len(set(labels)), "two fields of a register with the same label"
    for field in fields_of(model):
        assert field.help.endswith("。"), f"{field.name}: help is a sentence"
        assert field.kind.value not in ("枚举", "多选") or field.choices or field.source, (
            f"{field.name}: no choices"
        )
        if field.required_when:
            assert field.required_when.field in {each.name for each in fields_of(model)}, field.name


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__tablename__)
def test_no_two_fields_of_a_register_answer_to_the_same_header(model: type) -> None:
    seen: dict[str, str] = {}
    for field in fields_of(model):
        for header in (field.label, *field.aliases):
            assert seen.setdefault(header, field.name) == field.name, f"“{header}” names two fields"
