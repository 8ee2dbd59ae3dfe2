"""Addresses of the staff pages. The first word of an address is the part of the navigation it belongs to."""

from django.urls import path

from turnout.console.views import home, me, welcome

urlpatterns = [
    path("", home.home, name="home"),
    path("me/", me.me, name="me"),
    path("welcome/<str:token>/", welcome.welcome, name="welcome"),
]
