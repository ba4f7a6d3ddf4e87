"""Runs MiniStack and adds what it lacks of IAM, STS, Step Functions and Lambda on AWS.

The product must not know that it runs on an emulator, so what is missing is added here, by wrapping
MiniStack's own functions before its server starts:

- SourceIdentity: AssumeRole accepts it, trust and identity policies decide on it, sessions keep it,
  also in chained roles, and policies can refer to it (IAM User Guide, "Monitor and control actions
  taken with assumed roles").
- TimeoutSecondsPath and computed TimeoutSeconds of task states (Amazon States Language).
- Answering a task token needs the permission on the token's state machine.
- A Lambda that throws reports the name of its error, which state machines select errors by.
- Policies see the path of a role in IAM calls on that role.
- aws:PrincipalArn is the role of a session, and policies of buckets see s3:if-match and s3:if-none-match.
- An HTTP API decodes every escape of a path once, %25 included.
- aws:SecureTransport is true: plain HTTP on loopback stands in for HTTPS.
- Composite alarms can be deployed; nothing evaluates them.
- Lambdas that read a stream do not wait for each other.
- Trails get CloudTrail files of calls under a grant's keys (`cloudtrail.py`).

The emulator ends with the process that started it: it exits when its standard input closes.
"""

import contextvars
import json
import os
import re
import signal
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path
from urllib.parse import parse_qs, unquote

from ministack import app
from ministack.core import iam_actions, iam_evaluator
from ministack.core.responses import error_response_json, get_region
from ministack.core.router import extract_access_key_id
from ministack.services import apigateway, iam, lambda_svc, stepfunctions, sts
from ministack.services.cloudformation import provisioners

# `python -I` does not look beside the program, and its bytecode is not for the checkout.
sys.path.insert(0, str(Path(__file__).parent))
sys.dont_write_bytecode = True

from cloudtrail import add_cloudtrail_files  # noqa: E402

SET_SOURCE_IDENTITY = "sts:SetSourceIdentity"

# The identity that the AssumeRole call of this request sets or inherits.
requested_identity = contextvars.ContextVar("requested_identity", default=None)


def add_source_identity():
    handle_request = sts.handle_request
    register_session = sts.register_session
    principal_keys = iam_evaluator._principal_keys
    resolve_condition_key = iam_evaluator._resolve_condition_key
    evaluate_trust_policy = iam_evaluator.evaluate_trust_policy
    request_tag_context = iam_actions.request_tag_context

    async def handle_request_with_identity(method, path, headers, body, query_params):
        requested_identity.set(None)
        params = read_parameters(headers, body, query_params)
        if params.get("Action") == "AssumeRole":
            refused = note_identity(params, headers, query_params)
            if refused:
                return refused
        return echo_identity(await handle_request(method, path, headers, body, query_params))

    def register_session_with_identity(access_key, session):
        if requested_identity.get():
            session["SourceIdentity"] = requested_identity.get()
        register_session(access_key, session)

    def principal_keys_with_identity(credential):
        keys = principal_keys(credential)
        identity = identity_of(credential.access_key_id)
        return {**keys, "aws:sourceidentity": identity} if identity else keys

    def resolve_with_identity(key, context):
        if key.lower() == "sts:sourceidentity" and requested_identity.get():
            return requested_identity.get()
        return resolve_condition_key(key, context)

    def trust_with_identity(document, caller_arn, context=None):
        if not evaluate_trust_policy(document, caller_arn, context):
            return False
        if context is None or context.action != "sts:AssumeRole" or not requested_identity.get():
            return True
        return evaluate_trust_policy(document, caller_arn, replace(context, action=SET_SOURCE_IDENTITY))

    # The caller's own policy decides on sts:AssumeRole before the call reaches STS, with the condition
    # keys that this function returns.
    def request_context_with_identity(service, action, body, params):
        keys = request_tag_context(service, action, body, params)
        given = read_parameters({}, body, params).get("SourceIdentity") if action == "sts:AssumeRole" else None
        return {**keys, "sts:sourceidentity": given} if given else keys

    sts.handle_request = handle_request_with_identity
    sts.register_session = register_session_with_identity
    sts._principal_keys = principal_keys_with_identity
    iam_evaluator._principal_keys = principal_keys_with_identity
    iam_evaluator._resolve_condition_key = resolve_with_identity
    iam_evaluator.evaluate_trust_policy = trust_with_identity
    iam_actions.request_tag_context = request_context_with_identity


def note_identity(params, headers, query_params):
    """Remembers the identity of an AssumeRole call. Returns a response if the call is refused, else None."""
    access_key = extract_access_key_id(headers, query_params) or ""
    inherited = identity_of(access_key)
    identity = params.get("SourceIdentity", inherited)
    if identity is None:
        return None
    if not re.fullmatch(r"[\w+=,.@-]{2,64}", identity, re.ASCII) or identity.startswith("aws:"):
        return refuse(headers, 400, "ValidationError", "Invalid SourceIdentity")
    role = params.get("RoleArn", "")
    denied = inherited and identity != inherited
    if app.AUTH and not denied:
        denied = iam_evaluator.enforce(
            access_key,
            SET_SOURCE_IDENTITY,
            "sts",
            get_region(),
            resource_arn=role,
            service_context={"sts:sourceidentity": identity},
        )
    if denied:
        message = f"The caller is not authorized to perform: {SET_SOURCE_IDENTITY} on resource: {role}"
        return refuse(headers, 403, "AccessDenied", message)
    requested_identity.set(identity)
    return None


def echo_identity(answer):
    """Adds the identity to the response of AssumeRole."""
    status, headers, body = answer
    identity = requested_identity.get()
    if status != 200 or not identity:
        return answer
    if body.startswith(b"{"):
        return status, headers, json.dumps({**json.loads(body), "SourceIdentity": identity}).encode()
    # The characters of an identity need no escaping in XML.
    end = b"</AssumeRoleResult>"
    return status, headers, body.replace(end, b"<SourceIdentity>%s</SourceIdentity>%s" % (identity.encode(), end))


def identity_of(access_key):
    return (sts._sessions.get(access_key) or {}).get("SourceIdentity")


def read_parameters(headers, body, query_params):
    """The parameters of a call in either of STS's protocols."""
    params = {key: values[0] if isinstance(values, list) else values for key, values in dict(query_params).items()}
    text = (body or b"").decode("utf-8", errors="replace")
    if text.startswith("{"):
        try:
            given = json.loads(text)
        except ValueError:
            return params
        return {**params, **given, "Action": headers.get("x-amz-target", "").split(".")[-1]}
    # An empty SourceIdentity is too short, not absent.
    return {**params, **{key: values[0] for key, values in parse_qs(text, keep_blank_values=True).items()}}


def refuse(headers, status, code, message):
    if "json" in headers.get("content-type", ""):
        return error_response_json(code, message, status)
    return iam._error(status, code, message, ns="sts")


def add_timeouts():
    execute_task = stepfunctions._execute_task

    def execute_task_in_time(state, data, execution, context):
        seconds = timeout_of(state, data, context)
        if seconds is not None:
            state = {**state, "TimeoutSeconds": seconds}
        return execute_task(state, data, execution, context)

    stepfunctions._execute_task = execute_task_in_time


def timeout_of(state, data, context):
    """The time-out that a state reads from its input, or None if it reads none."""
    path = state.get("TimeoutSecondsPath")
    if path:
        seconds = stepfunctions._resolve_path_or_ctx(
            path, stepfunctions._apply_input_path(state, data, context), context
        )
    elif isinstance(state.get("TimeoutSeconds"), str):
        seconds = stepfunctions._jsonata_state_field(state, "TimeoutSeconds", "number", data, context)
    else:
        return None
    # AWS fails the execution for a wrong value, and nothing can catch that. MiniStack would wait for ever.
    if isinstance(seconds, float) and seconds.is_integer():
        seconds = int(seconds)
    if isinstance(seconds, bool) or not isinstance(seconds, int) or seconds <= 0:
        what = path or "TimeoutSeconds"
        raise stepfunctions._ExecutionError("States.Runtime", f"{what} is not a positive integer: {seconds!r}")
    return seconds


def add_secure_transport():
    pin_request_origin = app.pin_request_origin
    app.pin_request_origin = lambda source_ip, _secure: pin_request_origin(source_ip, True)


def add_task_token_permissions():
    machines = {}
    running = threading.local()
    execute_task = stepfunctions._execute_task
    invoke_with_callback = stepfunctions._invoke_with_callback
    extract_resource_arn = iam_actions.extract_resource_arn

    def execute_task_of_machine(state, data, execution, context):
        running.machine = context.get("StateMachine", {}).get("Id")
        return execute_task(state, data, execution, context)

    def invoke_and_note_machine(resource, data, token, state):
        machines[token] = running.machine
        return invoke_with_callback(resource, data, token, state)

    def extract_machine_of_token(service, method, path, headers, body, *rest, **kwargs):
        arn = extract_resource_arn(service, method, path, headers, body, *rest, **kwargs)
        if service != "states" or arn != "*":
            return arn
        token = read_parameters(headers, body, {}).get("taskToken")
        return machines.get(token) or arn

    stepfunctions._execute_task = execute_task_of_machine
    stepfunctions._invoke_with_callback = invoke_and_note_machine
    iam_actions.extract_resource_arn = extract_machine_of_token


def add_error_names():
    execute = lambda_svc._execute_function_with_config_scope

    def execute_and_name_error(*args, **kwargs):
        result = execute(*args, **kwargs)
        body = result.get("body") if result.get("error") else None
        if isinstance(body, dict) and body.get("errorType") == "Runtime.HandlerError":
            # The name is only in the log, at the beginning of the stack trace.
            pattern = rf"^(\w+): {re.escape(body.get('errorMessage', ''))}$"
            found = re.search(pattern, result.get("log") or "", re.MULTILINE)
            if found:
                body["errorType"] = found[1]
        return result

    lambda_svc._execute_function_with_config_scope = execute_and_name_error


def add_role_paths():
    extract_resource_arn = iam_actions.extract_resource_arn

    def extract_with_path(*args, **kwargs):
        arn = extract_resource_arn(*args, **kwargs)
        found = re.fullmatch(r"arn:aws:iam::(\d{12}):role/([^/]+)", arn or "")
        role = found and iam._roles.get_scoped(found[1], None, found[2])
        return role["Arn"] if role else arn

    iam_actions.extract_resource_arn = extract_with_path


def add_condition_keys():
    resolve_condition_key = iam_evaluator._resolve_condition_key
    s3_object_context = iam_actions._s3_object_context

    def resolve_role(key, context):
        value = resolve_condition_key(key, context)
        if key.lower() != "aws:principalarn":
            return value
        found = re.fullmatch(r"arn:aws:sts::(\d{12}):assumed-role/([^/]+)/.+", value or "")
        role = found and iam._roles.get_scoped(found[1], None, found[2])
        return role["Arn"] if role else value

    def with_preconditions(iam_action, query_params, path, headers):
        context = s3_object_context(iam_action, query_params, path, headers)
        given = {f"s3:{name}": headers[name] for name in ("if-match", "if-none-match") if headers.get(name)}
        return {**context, **given}

    iam_evaluator._resolve_condition_key = resolve_role
    iam_actions._s3_object_context = with_preconditions


def add_decoded_paths():
    # AWS was seen to decode %252F, %253F and %2525 even twice, and to cut the path at a decoded question
    # mark; see core/principal-path.ts. Once is what a client may count on.
    apigateway.decode_http_api_path = unquote


def add_composite_alarms():
    def create(logical_id, props, stack_name):
        return props.get("AlarmName") or f"{stack_name}-{logical_id}", {}

    def update(physical_id, old_props, new_props, stack_name):
        return physical_id, {}

    provisioners._RESOURCE_HANDLERS["AWS::CloudWatch::CompositeAlarm"] = {
        "create": create,
        "update": update,
        "delete": lambda physical_id, props: None,
    }


def add_independent_stream_readers():
    """Gives every Lambda that reads a DynamoDB stream a thread. MiniStack calls them one after the other."""
    all_mappings = lambda_svc._iter_all_esms
    poll = lambda_svc._poll_dynamodb_streams
    reading = threading.local()
    readers = set()

    def mappings_of_thread():
        own = getattr(reading, "mapping", None)
        return (found for found in all_mappings() if own in (None, found[2]["UUID"]))

    def read(mapping):
        reading.mapping = mapping
        while any(mappings_of_thread()):
            try:
                moved = poll()
            except Exception as error:
                lambda_svc.logger.error("stream reader %s: %s", mapping, error)
                moved = False
            if not moved:
                time.sleep(0.05)
        readers.discard(mapping)

    def begin_readers():
        for *_, found in all_mappings():
            mapping = found["UUID"]
            if ":dynamodb:" in found.get("EventSourceArn", "") and mapping not in readers:
                readers.add(mapping)
                threading.Thread(target=read, args=(mapping,), daemon=True).start()
        return False

    lambda_svc._iter_all_esms = mappings_of_thread
    lambda_svc._poll_dynamodb_streams = begin_readers


def end_with_parent():
    """Ends the emulator when the parent does: its standard input, an unused pipe, closes at that moment."""

    def watch():
        sys.stdin.buffer.read()
        os.killpg(os.getpgrp(), signal.SIGKILL)

    threading.Thread(target=watch, daemon=True).start()


if __name__ == "__main__":
    # The argument is the state folder. It only identifies the process of a stack in a process list.
    sys.argv = sys.argv[:1]
    add_source_identity()
    add_timeouts()
    add_task_token_permissions()
    add_error_names()
    add_role_paths()
    add_condition_keys()
    add_decoded_paths()
    add_secure_transport()
    add_composite_alarms()
    add_independent_stream_readers()
    add_cloudtrail_files()
    end_with_parent()
    app.main()
