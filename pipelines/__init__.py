"""How it runs: the only place with paths, connections and commands."""
