"""The yearly report package: workbook, Word file, CSV files, pictures and PDF of one year.

Everything here is a pure function of a publication, except `pictures` and `paper`, which run a
browser. `content` defines the content of the package and its order once, for all its files; each
of the other modules writes one kind of file. The place of the files is not decided here.
"""
