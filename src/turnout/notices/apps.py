from django.apps import AppConfig


class NoticesConfig(AppConfig):
    name = "turnout.notices"
    label = "notices"
