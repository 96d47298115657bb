"""Backups of what cannot be rebuilt: the query log, the state, and the key of the keyed hashes.

`manifest` says what a backup is, `making` makes and deletes them, `restoring` puts one in use, `copies`
changes what is kept of a database beside the one in use.
"""
