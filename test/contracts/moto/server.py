"""Serves moto's DynamoDB on a free port of 127.0.0.1, which it prints, until its standard input closes."""

import copy
import os
import sys
import threading
import types

import moto.dynamodb.models as models
from moto.moto_server.werkzeug_app import (
    DomainDispatcherApplication,
    create_backend_app,
)
from werkzeug.serving import make_server

application = DomainDispatcherApplication(create_backend_app)
one_at_a_time = threading.Lock()
copies = {}


def copy_once(value):
    """moto copies the table once for every part of a transaction; the first copy serves for all."""
    if not isinstance(value, models.Table):
        return copy.deepcopy(value)
    if id(value) not in copies:
        copies[id(value)] = copy.deepcopy(value)
    return copies[id(value)]


models.copy = types.SimpleNamespace(copy=copy.copy, deepcopy=copy_once)


def serve(environ, start_response):
    # moto checks the conditions of a transaction and writes it in two steps.
    with one_at_a_time:
        copies.clear()
        return application(environ, start_response)


server = make_server("127.0.0.1", 0, serve, threaded=True)
threading.Thread(target=server.serve_forever, daemon=True).start()
print(server.server_port, flush=True)
sys.stdin.read()
os._exit(0)
