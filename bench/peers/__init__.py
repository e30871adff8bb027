"""Seven marts by this product and by other tools, each in a process of its own, in one run.

Every script takes the folder of the records tables as Parquet (ours: the warehouse) and the folder
to write its answers into, one Parquet file for each mart. It prints the CPU seconds that the start
of Python and the imports took, before it does anything. `python -m bench.peers` runs them all.
"""

MARTS = (
    "gender_split",
    "country_of_origin",
    "age_bands",
    "exit_outcomes",
    "dropout_reasons",
    "caseload",
    "key_figures",
)
