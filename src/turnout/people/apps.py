from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "turnout.people"
    label = "people"

    def ready(self) -> None:
        from turnout.people import following

        following.register()
