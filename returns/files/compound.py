"""The directory and streams of an OLE compound file, as far as sniffing needs them. Never raises on garbage."""

from __future__ import annotations

import struct
from contextlib import suppress

MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_END = 0xFFFFFFFA  # sector numbers from here on are marks (free, end of chain, FAT …)
_MOST_ENTRIES = 4_000


class Compound:
    """A compound file. What is broken in it is simply not there."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.entries: dict[str, tuple[int, int]] = {}  # lower name → first sector, size; of the root only
        self.all_names: set[str] = set()
        self.root = (0xFFFFFFFE, 0)
        with suppress(struct.error, IndexError, OverflowError):
            self._read()

    def names(self) -> set[str]:
        """Names (lower case) of what lies in the root; of all entries when the tree can not be followed."""
        return set(self.entries) or self.all_names

    def has(self, start: str) -> bool:
        """Whether any entry, at any depth, has a name that begins so (lower case)."""
        return any(name.startswith(start) for name in self.all_names)

    def _read(self) -> None:
        shift, mini = struct.unpack_from("<HH", self.data, 30)
        if not 7 <= shift <= 16 or not 4 <= mini <= shift:
            return
        self.size, self.mini_size = 1 << shift, 1 << mini
        first_directory, _, self.cutoff, first_mini = struct.unpack_from("<IIII", self.data, 48)
        first_more, _ = struct.unpack_from("<II", self.data, 68)
        fat_sectors = [each for each in struct.unpack_from("<109I", self.data, 76) if each < _END]
        per = self.size // 4
        seen = set()
        while first_more < _END and first_more not in seen:
            seen.add(first_more)
            block = self._sector(first_more)
            if len(block) < self.size:
                break
            numbers = struct.unpack(f"<{per}I", block)
            fat_sectors += [each for each in numbers[:-1] if each < _END]
            first_more = numbers[-1]
        self.fat: list[int] = []
        for each in fat_sectors[: len(self.data) // self.size + 1]:
            block = self._sector(each)
            self.fat += struct.unpack(f"<{len(block) // 4}I", block[: len(block) // 4 * 4])
        self.first_mini = first_mini
        self._directory(self._chain(first_directory, _MOST_ENTRIES * 128))

    def _directory(self, raw: bytes) -> None:
        entries = []
        for at in range(0, len(raw) - 127, 128):
            size = min(max(struct.unpack_from("<H", raw, at + 64)[0] - 2, 0), 62)
            name = raw[at : at + size].decode("utf-16-le", "replace").lower()
            left, right, child = struct.unpack_from("<III", raw, at + 68)
            first, length = struct.unpack_from("<II", raw, at + 116)
            entries.append((name, raw[at + 66], left, right, child, first, length))
        if not entries:
            return
        self.all_names = {each[0] for each in entries[1:] if each[1]}
        self.root = (entries[0][5], entries[0][6])
        waiting, seen = [entries[0][4]], set()
        while waiting:
            number = waiting.pop()
            if number >= len(entries) or number in seen:
                continue
            seen.add(number)
            name, _, left, right, _, first, length = entries[number]
            self.entries[name] = (first, length)
            waiting += [left, right]

    def _sector(self, number: int) -> bytes:
        start = (number + 1) * self.size
        return self.data[start : start + self.size]

    def _chain(self, number: int, most: int) -> bytes:
        found, got, seen = [], 0, 0
        while number < _END and got < most and seen <= len(self.fat):
            block = self._sector(number)
            if not block:
                break
            found.append(block)
            got += len(block)
            seen += 1
            number = self.fat[number] if number < len(self.fat) else _END
        return b"".join(found)

    def stream(self, name: str, most: int = 1 << 31) -> bytes:
        """The first `most` bytes of a stream in the root; as much of it as there is."""
        try:
            first, size = self.entries[name]
            wanted = min(size, most)
            if size >= self.cutoff:
                return self._chain(first, wanted)[:wanted]
            return self._mini(first, wanted)
        except (KeyError, struct.error, IndexError, AttributeError):
            return b""

    def _mini(self, number: int, wanted: int) -> bytes:
        box = self._chain(*self.root)
        raw = self._chain(self.first_mini, 1 << 22)
        table = struct.unpack(f"<{len(raw) // 4}I", raw[: len(raw) // 4 * 4])
        found, seen = b"", 0
        while number < _END and len(found) < wanted and seen <= len(table):
            found += box[number * self.mini_size : (number + 1) * self.mini_size]
            seen += 1
            number = table[number] if number < len(table) else _END
        return found[:wanted]
