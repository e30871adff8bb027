"""The yearly report package: workbook, Word file, CSV files, pictures and PDF of one year.

Everything here is a pure function of a publication, but `pictures` and `paper`, which run a
browser. `content` says what the package holds and in which order, once, for all of its files; each
of the others writes one kind of file. Where the files are put is not decided here.
"""
