#!/usr/bin/env python3
"""Django's own commands: ./manage.py runserver --noreload"""

from django.core.management import execute_from_command_line
from message.tracing import instrument


def main() -> None:
    instrument()
    execute_from_command_line()


if __name__ == "__main__":
    main()
