"""`python -m bot` is the `wenju` command."""

from bot.cli import main

main()
