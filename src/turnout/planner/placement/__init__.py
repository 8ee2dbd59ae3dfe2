"""Placement: people to posts at least cost, with a proof of how far from the optimum a plan can be."""
