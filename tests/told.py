"""A command run as a script would run it: what --json tells."""

from __future__ import annotations

import json
from typing import Any

from click.testing import CliRunner

from desktop.commands.all import qianqi


def told(*args: object, code: int = 0) -> dict[str, Any]:
    """The answer of `qianqi args --json`; its exit code must be `code`."""
    result = CliRunner().invoke(qianqi, [*map(str, args), "--json"])
    assert result.exit_code == code, result.output
    data = json.loads(result.stdout)
    assert isinstance(data, dict)
    return data
