"""公布记录 on paper: what was published, when and by whom; of a restatement the differences before the figures."""

from __future__ import annotations

from db.publishing import Published
from desktop.printing.blocks import Block, Column, Document, Heading, Line, Signatures, Table, Text, Title
from desktop.printing.office import Office

_DIFFERENCES = (
    Column("序号", 12, "center"), Column("项目", 84), Column("原公布", 26, "right"), Column("现公布", 26, "right"),
    Column("说明", 30),
)  # fmt: skip
_FIGURES = (Column("序号", 12, "center"), Column("项目", 126), Column("公布的数", 40, "right"))


def publication(found: Published, title: str, office: Office) -> Document:
    """One publication. Figures that have no value stand as “—”."""
    version = f"第 {found.version} 版" + ("（重述）" if found.version > 1 else "")
    blocks: list[Block] = [
        Title(office.title(title), found.title),
        Line(f"公布记录第 {found.number} 号", version, f"{found.day}　{found.published_by}"),
    ]
    if found.version > 1:
        because = f"（{found.who}）" if found.who else ""
        blocks.append(Text(f"{found.event}{because}，理由：{found.reason}。"))
        blocks.append(Heading(f"与上一版的差异（{len(found.changes)}）"))
        if found.changes:
            rows = [
                (
                    str(number),
                    each.name,
                    each.before or "—",
                    each.after or "—",
                    "此前已变" if each.earlier else "",
                )
                for number, each in enumerate(found.changes, 1)
            ]
            blocks.append(Table(_DIFFERENCES, rows))
        else:
            blocks.append(Text("各项汇总数没有变化。"))
    blocks.append(Heading(f"公布的数（{len(found.content)}）"))
    figures = [
        (str(number), found.names.get(key, key), value if value is not None else "—")
        for number, (key, value) in enumerate(found.content.items(), 1)
    ]
    blocks.append(Table(_FIGURES, figures, small=True))
    blocks.append(Text(f"内容摘要（SHA-256）：{found.digest}", small=True))
    blocks.append(Signatures(("经办人：", "审核人：", "负责人：")))
    return Document(
        title, blocks, name=f"公布记录第{found.number}号_{found.key}_第{found.version}版",
        number=f"公布记录第 {found.number} 号", foot=office.foot, printed=office.printed,
    )  # fmt: skip
