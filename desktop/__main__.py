"""`python -m desktop` is `qianqi`; in the frozen program also the process that reads foreign files."""

import sys


def main() -> None:
    """The one program that is frozen, in its two parts. The reader of files starts without anything of the other."""
    # The option of returns.files.worker, which is not imported to find it out.
    if sys.argv[1:] == ["--read-files"]:
        from returns.files.worker import main as read_files

        read_files()
    else:
        from desktop.cli import main as qianqi

        qianqi()


if __name__ == "__main__":
    main()
