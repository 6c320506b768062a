"""What Django needs to know of this service."""

import os

SECRET_KEY = os.environ.get("SECRET_KEY", "only for a demonstration")
ALLOWED_HOSTS = ["127.0.0.1", "localhost"]
ROOT_URLCONF = "message.urls"
WSGI_APPLICATION = "message.wsgi.application"
MIDDLEWARE = ["django.middleware.common.CommonMiddleware"]
USE_TZ = True

DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.mysql",
        "NAME": os.environ.get("MYSQL_DATABASE", "message"),
        "USER": os.environ.get("MYSQL_USER", "root"),
        "PASSWORD": os.environ.get("MYSQL_PASSWORD", ""),
        "HOST": os.environ.get("MYSQL_HOST", "localhost"),  # with a leading /, a Unix socket
        "CONN_MAX_AGE": None,
    }
}
