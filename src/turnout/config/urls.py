"""Addresses. Sign-in is django-allauth's; every page of ours lives in a front end."""

from django.urls import include, path

from turnout.web.health import healthz

urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("accounts/", include("allauth.urls")),
    path("", include("turnout.console.urls")),
]
