"""Addresses. Sign-in is django-allauth's; every page of ours lives in a front end."""

from django.urls import include, path

from turnout.web.health import healthz

urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("accounts/", include("allauth.urls")),
    path("", include("turnout.web.urls")),
    path("", include("turnout.console.urls")),
]
handler400 = "turnout.web.views.bad_request"
handler403 = "turnout.web.views.forbidden"
handler404 = "turnout.web.views.not_found"
handler429 = "turnout.web.views.too_many"  # read by django-allauth
handler500 = "turnout.web.views.server_error"
