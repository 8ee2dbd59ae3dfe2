from django.apps import AppConfig


class ConsoleConfig(AppConfig):
    name = "turnout.console"
    label = "console"
