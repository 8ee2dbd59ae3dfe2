"""Placement: people to posts at least cost, with a proof of how far from the optimum a plan can be.

Build a `problem.Problem`, then `solve.solve(problem)` for a plan with its proof and reasons, or
`check.check(problem, plan, prices)` to score any plan with no solver.
"""
