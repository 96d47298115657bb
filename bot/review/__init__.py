"""The query log as a web page: Datasette over the live log, with charts, ready queries and a page a question.

It reads only, runs no script, and never writes to the log; what the bot writes is there at the next look.
"""
