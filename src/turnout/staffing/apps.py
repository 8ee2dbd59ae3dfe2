from django.apps import AppConfig


class StaffingConfig(AppConfig):
    name = "turnout.staffing"
    label = "staffing"

    def ready(self) -> None:
        from turnout.staffing import following

        following.register()
