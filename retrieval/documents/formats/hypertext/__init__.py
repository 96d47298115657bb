"""HTML to blocks: what web pages, their archives, mail and books have in common."""
