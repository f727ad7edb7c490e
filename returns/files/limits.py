"""How much a process that reads foreign files may use. POSIX: set by the child itself; Windows: a job object."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import suppress
from typing import Any

# Bytes of address space: what a parser may need by its own reckoning (package.MOST_WORTH) beside the interpreter itself.
MOST_MEMORY = 512 * 1024 * 1024
MOST_WRITTEN = 0  # bytes of any file: the child writes to its pipe only


def confine() -> None:
    """In the child, before the first file: address space, no file written, no core dump."""
    sys.dont_write_bytecode = True
    if sys.platform == "win32":
        return
    import resource

    for what, most in (
        (resource.RLIMIT_AS, MOST_MEMORY),
        (resource.RLIMIT_FSIZE, MOST_WRITTEN),
        (resource.RLIMIT_CORE, 0),
    ):
        _, hard = resource.getrlimit(what)
        if hard == resource.RLIM_INFINITY or most <= hard:
            resource.setrlimit(what, (most, hard))


def allow_seconds(seconds: float) -> None:
    """In the child, for one file: processor time from now on, after which the system ends the process."""
    if sys.platform == "win32":
        return
    import resource

    used = resource.getrusage(resource.RUSAGE_SELF)
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    most = int(used.ru_utime + used.ru_stime + seconds) + 1
    if hard == resource.RLIM_INFINITY or most <= hard:
        resource.setrlimit(resource.RLIMIT_CPU, (most, hard))


def peak_memory() -> int:
    """The most memory that this process ever held, in bytes; 0 where it can not be told."""
    if sys.platform == "win32":
        return 0
    # What the system counts for the process begins with what its parent held: that is not ours.
    with suppress(OSError), open("/proc/self/status", encoding="ascii", errors="replace") as status:
        for line in status:
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def job_for(process: subprocess.Popen[bytes]) -> Any:
    """On Windows a job object that caps the memory of the child and ends it with us; None elsewhere.

    The handle must be kept as long as the child lives.
    """
    if os.name != "nt":
        return None
    with suppress(OSError):  # in a job that allows no other: the caps on time still hold
        return _windows_job(process)
    return None


def _windows_job(process: Any) -> Any:
    import ctypes
    from ctypes import wintypes

    class Basic(ctypes.Structure):
        _fields_ = [
            ("PerProcessUserTimeLimit", ctypes.c_int64),
            ("PerJobUserTimeLimit", ctypes.c_int64),
            ("LimitFlags", wintypes.DWORD),
            ("MinimumWorkingSetSize", ctypes.c_size_t),
            ("MaximumWorkingSetSize", ctypes.c_size_t),
            ("ActiveProcessLimit", wintypes.DWORD),
            ("Affinity", ctypes.c_size_t),
            ("PriorityClass", wintypes.DWORD),
            ("SchedulingClass", wintypes.DWORD),
        ]

    class Extended(ctypes.Structure):
        _fields_ = [
            ("Basic", Basic),
            ("IoInfo", ctypes.c_uint64 * 6),
            ("ProcessMemoryLimit", ctypes.c_size_t),
            ("JobMemoryLimit", ctypes.c_size_t),
            ("PeakProcessMemoryUsed", ctypes.c_size_t),
            ("PeakJobMemoryUsed", ctypes.c_size_t),
        ]

    kernel: Any = getattr(ctypes, "WinDLL")("kernel32")  # noqa: B009 - known to the type checker on Windows only
    kernel.CreateJobObjectW.restype = wintypes.HANDLE
    job = kernel.CreateJobObjectW(None, None)
    about = Extended()
    process_memory, kill_on_close = 0x100, 0x2000
    about.Basic.LimitFlags = process_memory | kill_on_close
    about.ProcessMemoryLimit = MOST_MEMORY
    extended_limits = 9
    kernel.SetInformationJobObject(
        wintypes.HANDLE(job), extended_limits, ctypes.byref(about), ctypes.sizeof(about)
    )
    kernel.AssignProcessToJobObject(wintypes.HANDLE(job), wintypes.HANDLE(int(process._handle)))
    return job


def let_go(job: Any) -> None:
    """Close the job object of a child that has ended."""
    if job is not None:
        import ctypes

        kernel: Any = getattr(ctypes, "WinDLL")("kernel32")  # noqa: B009 - known to the type checker on Windows only
        kernel.CloseHandle(ctypes.c_void_p(job))
