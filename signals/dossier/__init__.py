"""A dossier for somebody outside: chosen parts of a case as a letter, without the names of others.

names.py finds names; people.py says whose; parts.py what can be chosen; compose.py makes the letter; pdf.py prints it.
"""
