from django.apps import AppConfig


class IncidentsConfig(AppConfig):
    name = "turnout.incidents"
    label = "incidents"
