"""The machine a test runs on: no screen, a UTF-8 locale, folders of its own. Nothing about the product.

Runs before anything imports Qt, so that the platform and the locale are settled by then.
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, settings

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.pop("QT_STYLE_OVERRIDE", None)

# Qt warns about every other encoding, and a warning is a failure here.
os.environ["LC_ALL"] = os.environ["LANG"] = "C.UTF-8"

# Whatever forgets to name a folder writes here, never into the developer's own data or settings.
_scratch = Path(tempfile.mkdtemp(prefix="qianqi-tests-"))
atexit.register(shutil.rmtree, _scratch, ignore_errors=True)
for _name in ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_RUNTIME_DIR"):
    _folder = _scratch / _name.lower()
    _folder.mkdir(mode=0o700)
    os.environ[_name] = str(_folder)

# What the processes of one run share. Only the first to come here makes it: the others are its children.
_shared = Path(os.environ.setdefault("QIANQI_TESTS_SHARED", str(_scratch / "shared")))
_shared.mkdir(exist_ok=True)

pytest_plugins = ["tests.registers"]

settings.register_profile(
    "ci",
    deadline=None,  # the machine is shared: a slow example says nothing about the code
    max_examples=40,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile("search", deadline=None, max_examples=1000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))
