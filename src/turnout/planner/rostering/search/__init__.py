"""Fast search: compiled checks of one person's row, annealing over a block, bounds without a solver."""
