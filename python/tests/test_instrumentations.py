"""Instrumentations of others, from PyPI and unchanged, over cero."""

import asyncio
import http.server
import sqlite3
import threading

import fastapi
import flask
import httpx
import requests
from opentelemetry.instrumentation.fastapi import FastAPIInstrumentor
from opentelemetry.instrumentation.flask import FlaskInstrumentor
from opentelemetry.instrumentation.requests import RequestsInstrumentor
from opentelemetry.instrumentation.sqlite3 import SQLite3Instrumentor


def by_id(spans):
    return {span["spanId"]: span for span in spans.values()}


def test_requests(traced):
    headers = {}

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            headers.update(self.headers)
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_):
            pass

    server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    tracer = traced.start()
    RequestsInstrumentor().instrument(tracer_provider=traced.provider)
    try:
        with tracer.start_as_current_span("outer"):
            requests.get(f"http://127.0.0.1:{server.server_port}/x", timeout=30)
    finally:
        RequestsInstrumentor().uninstrument()
        server.shutdown()
        server.server_close()
        thread.join()
    spans = traced.delivered()
    client = spans["GET"]
    assert client["kind"] == 3
    assert client["parentSpanId"] == spans["outer"]["spanId"]
    assert 204 in client["attributes"].values()
    assert headers["traceparent"].split("-")[2] == client["spanId"]


def test_sqlite3(traced):
    tracer = traced.start()
    SQLite3Instrumentor().instrument(tracer_provider=traced.provider)
    try:
        with tracer.start_as_current_span("outer"):
            cursor = sqlite3.connect(":memory:").cursor()
            cursor.execute("CREATE TABLE t (x)")
            cursor.executemany("INSERT INTO t VALUES (?)", [(1,), (2,)])
    finally:
        SQLite3Instrumentor().uninstrument()
    spans = traced.delivered()
    for name in ("CREATE", "INSERT"):
        assert spans[name]["parentSpanId"] == spans["outer"]["spanId"]
        assert spans[name]["attributes"]["db.system"] == "sqlite"


def test_flask(traced):
    app = flask.Flask("tests")

    @app.route("/carts/<int:number>")
    def cart(number):
        tracer.start_span("inner").end()
        return str(number)

    @app.route("/broken")
    def broken():
        raise RuntimeError("on purpose")

    tracer = traced.start()
    FlaskInstrumentor().instrument_app(app, tracer_provider=traced.provider)
    client = app.test_client()
    header = "00-0102030405060708090a0b0c0d0e0f10-a1a2a3a4a5a6a7a8-01"
    assert client.get("/carts/7", headers={"traceparent": header}).data == b"7"
    assert client.get("/broken").status_code == 500
    spans = traced.delivered()
    server = spans["GET /carts/<int:number>"]
    assert server["kind"] == 2
    assert server["parentSpanId"] == "a1a2a3a4a5a6a7a8"
    assert spans["inner"]["parentSpanId"] == server["spanId"]
    assert spans["GET /broken"]["status"]["code"] == 2


def test_fastapi(traced):
    app = fastapi.FastAPI()

    @app.get("/carts/{number}")
    async def cart(number: int):
        with tracer.start_as_current_span(f"inner {number}"):
            await asyncio.sleep(0)
        return number

    tracer = traced.start()
    FastAPIInstrumentor.instrument_app(app, tracer_provider=traced.provider)

    async def main():
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://t") as client:
            await asyncio.gather(*(client.get(f"/carts/{i}") for i in range(5)))

    asyncio.run(main())
    assert traced.provider.force_flush()
    spans = traced.delivered()
    ids = by_id(spans)
    for i in range(5):
        inner = spans[f"inner {i}"]
        # Names repeat, so the server span is looked for by what both are in.
        assert "parentSpanId" in inner
        if inner["parentSpanId"] in ids:
            assert ids[inner["parentSpanId"]]["name"] == "GET /carts/{number}"
