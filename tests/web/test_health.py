"""The load balancer's question."""

import pytest
from django.db import OperationalError, connection


@pytest.mark.django_db
def test_healthy_while_the_database_answers(client):
    response = client.get("/healthz")
    assert (response.status_code, response.json()["status"]) == (200, "ok")


@pytest.mark.django_db(transaction=True)
def test_not_healthy_without_the_database(client, monkeypatch):
    connection.close()
    monkeypatch.setitem(connection.settings_dict, "PORT", "1")
    with pytest.raises(OperationalError):
        connection.ensure_connection()
    response = client.get("/healthz")
    monkeypatch.undo()
    assert (response.status_code, response.json()["status"]) == (503, "no database")
