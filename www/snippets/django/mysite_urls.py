from django.urls import path

from join import views

urlpatterns = [path("join", views.join)]
