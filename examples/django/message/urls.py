"""The one page there is."""

from django.urls import path

from .views import message

urlpatterns = [path("messages/<int:id>", message, name="message")]
