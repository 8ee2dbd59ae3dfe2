"""States of an incident. Text, never a database enum: an enum's equality is not leakproof and loses its index."""

ACTIVE = "active"
STOOD_DOWN = "stood_down"
INCIDENT = (ACTIVE, STOOD_DOWN)
