"""Turnout 到岗: the right people at the right doors by morning."""

__version__ = "0.1.0"
