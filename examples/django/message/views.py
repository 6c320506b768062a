"""A message, as JSON, and how often it was read."""

from django.db import connection
from django.http import Http404, JsonResponse
from opentelemetry import trace

tracer = trace.get_tracer("message.views")


def awesome_action(id: int) -> dict:
    with tracer.start_as_current_span("awesome_action") as span:
        span.set_attribute("id", id)
        with connection.cursor() as cursor:
            cursor.execute("UPDATE message SET reads_count = reads_count + 1 WHERE id = %s", [id])
            cursor.execute("SELECT body, reads_count FROM message WHERE id = %s", [id])
            row = cursor.fetchone()
    if row is None:
        raise Http404(f"there is no message {id}")
    return {"id": id, "body": row[0], "reads": row[1]}


def message(request, id: int) -> JsonResponse:
    return JsonResponse(awesome_action(id))
