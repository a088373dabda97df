from django.http import HttpResponse
from django.shortcuts import render

from .verify import is_verified


def join(request):
    if request.method != "POST":
        return render(request, "join.html")
    if is_verified(request.POST):
        return HttpResponse("Welcome")
    error = "The numbers did not match. Play new audio and type them again."
    return render(request, "join.html", {"error": error}, status=422)
