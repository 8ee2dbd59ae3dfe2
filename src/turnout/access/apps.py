from django.apps import AppConfig
from django.db.backends.signals import connection_created


class AccessConfig(AppConfig):
    name = "turnout.access"
    label = "access"

    def ready(self) -> None:
        from turnout.access import following, scope

        connection_created.connect(scope.guard_connection, dispatch_uid="turnout.scope")
        following.register()
