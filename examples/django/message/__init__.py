"""The service. Its settings are named here, before anything else runs: DjangoInstrumentor would take empty ones."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "message.settings")
