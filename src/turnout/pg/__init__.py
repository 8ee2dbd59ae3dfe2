"""Supervisor of the embedded PostgreSQL: finds its programs, makes, starts, provisions and stops one server.

    with pg.ensure() as cluster:
        psycopg.connect(**cluster.params("turnout_app"))

No Django and nothing else of ours in here.
"""

from turnout.pg.binaries import Installation, at_least, find
from turnout.pg.cluster import Cluster, ensure
from turnout.pg.control import Status, halt, status
from turnout.pg.home import Home, home_of
from turnout.pg.provision import DATABASE
from turnout.pg.refused import Refused
from turnout.pg.server import disk_full

__all__ = [
    "DATABASE",
    "Cluster",
    "Home",
    "Installation",
    "Refused",
    "Status",
    "at_least",
    "disk_full",
    "ensure",
    "find",
    "halt",
    "home_of",
    "status",
]
