django-admin startproject mysite .
python manage.py startapp join
echo 'INSTALLED_APPS += ["join"]' >> mysite/settings.py
