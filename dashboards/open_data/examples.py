"""Code that reads the open data: for Excel, R and Python. The tests run the one in Python."""

from __future__ import annotations

from typing import NamedTuple

_EXCEL = """let
    Source = Csv.Document(
        {source},
        [Delimiter = ",", Encoding = 65001]
    ),
    Header = Table.PromoteHeaders(Source, [PromoteAllScalars = true]),
    Empty = Table.ReplaceValue(Header, "", null, Replacer.ReplaceValue, {{"n"}}),
    Typed = Table.TransformColumnTypes(
        Empty, {{{{"year", Int64.Type}}, {{"n", Int64.Type}}}}, "en-US"
    )
in
    Typed
"""

_R = """folder <- "{folder}"
read_table <- function(name) {{
  read.csv(paste0(folder, name), na.strings = "", encoding = "UTF-8")
}}

exits <- read_table("exit_outcomes.csv")
labels <- read_table("codes/outcome.csv")
chosen <- subset(exits, year == {year} & gender == "total")
found <- merge(chosen, labels, by.x = "outcome", by.y = "code")
print(found[, c("{label}", "n", "status")])
"""

_PYTHON = """import pandas as pd

folder = "{folder}"


def read_table(name):
    table = pd.read_csv(folder + name, keep_default_na=False, na_values=[""])
    return table.convert_dtypes()


exits = read_table("exit_outcomes.csv")
labels = read_table("codes/outcome.csv")
chosen = exits[(exits["year"] == {year}) & (exits["gender"] == "total")]
found = chosen.merge(labels, left_on="outcome", right_on="code")
print(found[["{label}", "n", "status"]].to_string(index=False))
"""


class Examples(NamedTuple):
    """The code for each program."""

    excel: str
    r: str
    python: str


def examples(folder: str, year: int, language: str) -> Examples:
    """Return the code that reads the newest `year`.

    `folder` is the address of the files, or their folder beside the page, with a slash at its end.
    """
    name = "exit_outcomes.csv"
    source = (
        f'Web.Contents("{folder}{name}")'
        if "://" in folder
        else f'File.Contents("C:\\NorA\\{folder.strip("/")}\\{name}")'
    )
    given = {"folder": folder, "year": year, "label": f"label_{language}"}
    return Examples(_EXCEL.format(source=source), _R.format(**given), _PYTHON.format(**given))
