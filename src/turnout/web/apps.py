from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "turnout.web"
    label = "web"
