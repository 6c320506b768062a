"""What is claimed about the GIL: delivery needs none, a flush releases it, no thread of cero's takes it."""

import ctypes
import os
import socket
import subprocess
import sys
import threading

import cero

# Says its port, and then when it has a request.
BACKEND = r"""
import http.server, os

class Handler(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.end_headers()
        os.write(1, b"delivered\n")
    def log_message(self, *_):
        pass

server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
print(server.server_port, flush=True)
server.handle_request()
"""


def test_delivery_goes_on_while_python_keeps_the_gil():
    """This thread keeps the GIL, in a call of C, until the backend says that it has the span."""
    backend = subprocess.Popen([sys.executable, "-c", BACKEND], stdout=subprocess.PIPE, bufsize=0)
    port = int(backend.stdout.readline())
    provider = cero.TracerProvider(endpoint=f"http://127.0.0.1:{port}/v1/traces", batch_delay_max=0)
    provider.get_tracer("t").start_span("held").end()
    read = ctypes.PyDLL(None).read  # of a PyDLL: without releasing the GIL
    buffer = ctypes.create_string_buffer(16)
    read(backend.stdout.fileno(), buffer, 16)
    assert buffer.value == b"delivered\n"
    backend.stdout.close()
    backend.wait()
    provider.shutdown()


def test_flush_releases_the_gil():
    """Another thread runs, and ends the wait, while a flush waits for a backend that does not answer."""
    server = socket.create_server(("127.0.0.1", 0))
    provider = cero.TracerProvider(
        endpoint=f"http://127.0.0.1:{server.getsockname()[1]}/v1/traces", batch_delay_max=0
    )
    provider.get_tracer("t").start_span("s").end()

    def answer():
        connection, _ = server.accept()
        with connection:
            data = b""
            while b"\r\n\r\n" not in data:
                data += connection.recv(65536)
            head, body = data.split(b"\r\n\r\n", 1)
            length = next(
                int(line.split(b":")[1])
                for line in head.split(b"\r\n")
                if line.lower().startswith(b"content-length")
            )
            while len(body) < length:
                body += connection.recv(65536)
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")

    thread = threading.Thread(target=answer)
    thread.start()
    assert provider.force_flush()
    thread.join()
    provider.shutdown()
    server.close()


def test_threads_of_cero_are_not_known_to_python(receiver):
    before = threading.active_count()
    provider = cero.TracerProvider(endpoint=receiver.url)
    provider.get_tracer("t").start_span("s").end()
    assert provider.force_flush()  # both threads have begun
    names = {
        open(f"/proc/self/task/{task}/comm", encoding="ascii").read().strip()
        for task in os.listdir("/proc/self/task")
    }
    assert {"cero-batch", "cero-export"} <= names
    assert threading.active_count() == before
    provider.shutdown()
