from django.apps import AppConfig


class PlacesConfig(AppConfig):
    name = "turnout.places"
    label = "places"
