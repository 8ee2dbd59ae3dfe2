from django.conf import settings
from django.urls import path

from . import views

urlpatterns = [path("display/", views.set_display, name="display")]
if settings.DEBUG:
    urlpatterns += [path("styleguide/", views.styleguide, name="styleguide")]
