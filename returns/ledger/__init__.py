"""Foreign ledgers: any office's own workbook to rows of a register. Returns of our own making are in read.py."""

from returns.ledger.importer import import_ledger
from returns.ledger.table import LedgerTable, read

__all__ = ["LedgerTable", "import_ledger", "read"]
