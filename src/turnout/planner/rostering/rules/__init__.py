"""The rules, one file each: how the checker counts it and how the model states it."""
