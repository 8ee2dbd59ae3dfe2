"""What a load balancer asks: can this process answer, and does its database answer it?"""

from __future__ import annotations

from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse

from turnout import __version__
from turnout.web.marks import unscoped


@unscoped
def healthz(request: HttpRequest) -> JsonResponse:
    """Answer 200 when the database does, 503 otherwise. Says nothing that a stranger may not know."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        connection.close()
        return JsonResponse({"status": "no database", "version": __version__}, status=503)
    return JsonResponse({"status": "ok", "version": __version__})
