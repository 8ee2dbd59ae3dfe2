"""Addresses of the staff pages. The first word of an address is the part of the navigation it belongs to."""

from django.urls import path

from turnout.console.views import areas, home, me, search, welcome

urlpatterns = [
    path("", home.home, name="home"),
    path("search/", search.search, name="search"),
    path("me/", me.me, name="me"),
    path("welcome/<str:token>/", welcome.welcome, name="welcome"),
    path("areas/", areas.index, name="areas"),
    path("areas/go/", areas.go, name="area-go"),
    path("areas/pick/", areas.pick, name="area-pick"),
    path("areas/<str:code>/", areas.detail, name="area"),
    path("areas/<str:code>/map.json", areas.map_json, name="area-map"),
    path("areas/<str:code>/history/", areas.history, name="area-history"),
    path("areas/<str:code>/outside/", areas.outside, name="area-outside"),
    path("areas/<str:code>/add/<str:level>/", areas.add, name="area-add"),
    path("areas/<str:code>/edit/", areas.edit, name="area-edit"),
    path("areas/<str:code>/close/", areas.close, name="area-close"),
    path("areas/<str:code>/sites/add/", areas.add_site, name="site-add"),
    path("sites/<uuid:site_id>/edit/", areas.edit_site, name="site-edit"),
    path("sites/<uuid:site_id>/close/", areas.close_site, name="site-close"),
]
