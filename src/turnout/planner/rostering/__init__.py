"""Rostering: who works which shift, under hard rest rules, with every uncovered place named and priced."""
