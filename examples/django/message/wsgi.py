"""The application, for Gunicorn and the development server."""

from django.core.wsgi import get_wsgi_application

application = get_wsgi_application()
