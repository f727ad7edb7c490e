"""Archives written byte by byte, so that they may be wrong in any way one likes. What is in them is ooxml.py's."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

STORED, DEFLATED = 0, 8
_MEBIBYTE = 1 << 20


@dataclass(frozen=True, slots=True)
class Part:
    """One entry as it stands in the file: `body` is what is written, whatever the header claims of it."""

    name: bytes
    body: bytes
    crc: int
    size: int
    method: int = DEFLATED
    flags: int = 0x800  # names are UTF-8


def part(name: str | bytes, content: bytes | str, **changes: int) -> Part:
    """An honest entry; `changes` are what it should lie about."""
    data = content.encode() if isinstance(content, str) else content
    packer = zlib.compressobj(6, zlib.DEFLATED, -15)
    body = packer.compress(data) + packer.flush()
    known = {"crc": zlib.crc32(data), "size": len(data), **changes}
    return Part(name.encode() if isinstance(name, str) else name, body, **known)


def swollen(
    name: str, head: bytes, unit: bytes, times: int, tail: bytes, *, claims: int | None = None
) -> Part:
    """An entry of `head`, `unit` × `times` and `tail`, made without ever holding it.

    `claims` is the size that the header tells, if not the true one. The check sum is left wrong above
    64 MiB: whoever reads that far has already lost.
    """
    count = max(1, _MEBIBYTE // len(unit))
    block = unit * count
    blocks, rest = divmod(times, count)

    def packed(data: bytes, last: bool = False) -> bytes:
        packer = zlib.compressobj(9, zlib.DEFLATED, -15)
        return packer.compress(data) + packer.flush(zlib.Z_FINISH if last else zlib.Z_FULL_FLUSH)

    body = packed(head) + packed(block) * blocks + packed(unit * rest + tail, last=True)
    size = len(head) + len(unit) * times + len(tail)
    crc = 0
    if size <= 64 * _MEBIBYTE:
        crc = zlib.crc32(head)
        for _ in range(blocks):
            crc = zlib.crc32(block, crc)
        crc = zlib.crc32(unit * rest + tail, crc)
    return Part(name.encode(), body, crc, min(size, 0xFFFFFFFE) if claims is None else claims)


def archive(parts: Mapping[str, bytes | str] | Iterable[Part]) -> bytes:
    """The parts as a zip file, in this order, duplicates and all."""
    entries = (
        [part(name, data) for name, data in parts.items()] if isinstance(parts, Mapping) else list(parts)
    )
    out, directory = bytearray(), bytearray()
    for entry in entries:
        facts = (
            20, entry.flags, entry.method, 0, 0x21, entry.crc, len(entry.body), entry.size, len(entry.name), 0,
        )  # fmt: skip
        directory += struct.pack("<4sH5H3L2H", b"PK\x01\x02", 20, *facts)
        directory += struct.pack("<3H2L", 0, 0, 0, 0, len(out)) + entry.name
        out += struct.pack("<4s5H3L2H", b"PK\x03\x04", *facts) + entry.name + entry.body
    end = struct.pack(
        "<4s4H2LH", b"PK\x05\x06", 0, 0, len(entries), len(entries), len(directory), len(out), 0
    )
    return bytes(out + directory + end)
