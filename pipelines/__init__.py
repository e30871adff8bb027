"""How everything runs: the only package with paths, connections and commands."""
