"""`python -m bot` is the `wenju` command."""

from bot.cli import main

if __name__ == "__main__":  # workers of the index load it too
    main()
