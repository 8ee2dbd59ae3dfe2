from django.urls import path

from turnout.console.views import home, me

urlpatterns = [
    path("", home.home, name="home"),
    path("me/", me.me, name="me"),
]
