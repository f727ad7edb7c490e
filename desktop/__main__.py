"""`python -m desktop` is `qianqi`."""

from desktop.cli import main

if __name__ == "__main__":
    main()
