"""How it is seen: pages made from the published folder and nothing else."""
