from django.apps import AppConfig


class NoticesConfig(AppConfig):
    name = "turnout.notices"
    label = "notices"

    def ready(self) -> None:
        from turnout.notices import following

        following.register()
