"""The shell: one module per command. Environment, terminal and wall clock live here and nowhere else."""
