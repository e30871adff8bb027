"""The dashboard and the reports, made from the published folder and nothing else."""
