"""What a file is, by its content, and the same file made anew without what nobody should get along with it.

Knows nothing of Django: `child` runs it in a process of its own with little memory and little time, without the
secrets of the site, because files come from outside and the libraries that read them have had holes. `apart` starts
that process.
"""
