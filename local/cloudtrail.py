"""Delivers CloudTrail files of the calls that were made under a grant's keys.

MiniStack knows trails but records nothing for them. Every call of a session that has a SourceIdentity becomes a
record, and so does every AssumeRole that sets one, refused or not. A trail gets what its settings select, as
files in its bucket. Calls of the stack itself are left out: they would be most of every file.

A request whose signature does not match has no record, as on AWS:
https://docs.aws.amazon.com/AmazonS3/latest/userguide/cloudtrail-logging-s3-info.html
"""

import asyncio
import contextvars
import gzip
import json
import logging
import random
import string
import time

from cloudtrail_record import Call, make_records
from ministack import app
from ministack.core import iam_evaluator
from ministack.core.responses import get_request_client_ip, set_request_account_id, set_request_region
from ministack.core.router import detect_service, extract_region
from ministack.services import cloudtrail, s3, sts

logger = logging.getLogger("cloudtrail")

# AWS takes about five minutes. A test cannot wait that long.
DELIVERY_SECONDS = 2

# The credential that the request of this context is signed with.
caller = contextvars.ContextVar("caller", default=None)

# Records that wait for their file, by trail and by the account and Region of the record.
waiting = {}


def add_cloudtrail_files():
    authenticate = iam_evaluator.authenticate
    dispatch = app._dispatch_service_request
    handle_vhost = app._handle_s3_vhost_request

    def authenticate_and_note(access_key, account):
        checked = authenticate(access_key, account)
        if isinstance(checked, iam_evaluator.ResolvedCredential):
            caller.set(checked)
        return checked

    async def dispatch_and_record(method, path, headers, body, query, request_id):
        caller.set(None)
        answer = await dispatch(method, path, headers, body, query, request_id)
        if has_identity() or sets_identity(body, query):
            routing = app._routing_params(method, path, headers, body, query)
            service = detect_service(method, path, headers, routing)
            # Policies that name the condition key contain the word, too.
            if has_identity() or service == "sts":
                record(service, method, path, headers, body, routing, request_id, answer)
        return answer

    async def handle_vhost_and_record(host, path, method, headers, body, query):
        caller.set(None)
        answer = await handle_vhost(host, path, method, headers, body, query)
        if answer and has_identity():
            path = f"/{app._extract_s3_vhost_bucket(host)}{path}"
            record("s3", method, path, headers, body, query, "", answer)
        return answer

    iam_evaluator.authenticate = authenticate_and_note
    app._dispatch_service_request = dispatch_and_record
    app._handle_s3_vhost_request = handle_vhost_and_record


def has_identity():
    session = caller.get() and sts._sessions.get(caller.get().access_key_id)
    return bool(session) and "SourceIdentity" in session


def sets_identity(body, query):
    return caller.get() is not None and (b"SourceIdentity" in body or "SourceIdentity" in query)


def record(service, method, path, headers, body, query, request_id, answer):
    try:
        call = Call(service, method, path, headers, body, query, extract_region(headers, query),
                    get_request_client_ip(), request_id, caller.get())
        for made in make_records(call, answer):
            for trail in cloudtrail._trails._data:
                if selects(trail, made):
                    keep(trail, made)
    except Exception:
        # The call itself has its answer.
        logger.exception("no record of %s %s", method, path)


def keep(trail, made):
    if not waiting:
        asyncio.get_running_loop().create_task(deliver_soon())
    file = (trail, made["recipientAccountId"], made["awsRegion"])
    waiting.setdefault(file, []).append(made)


async def deliver_soon():
    await asyncio.sleep(DELIVERY_SECONDS)
    files = list(waiting.items())
    waiting.clear()
    for (trail, account, region), records in files:
        try:
            await deliver(cloudtrail._trails._data.get(trail), account, region, records)
        except Exception:
            logger.exception("no file for the trail %s", trail)


async def deliver(trail, account, region, records):
    if trail is None:
        return
    bucket = trail["S3BucketName"]
    set_request_account_id(s3._bucket_owner_account(bucket) or account)
    set_request_region(trail["HomeRegion"])
    now = time.gmtime()
    name = "".join(random.choices(string.ascii_letters + string.digits, k=16))
    file = f"{account}_CloudTrail_{region}_{time.strftime('%Y%m%dT%H%MZ', now)}_{name}.json.gz"
    folder = f"AWSLogs/{account}/CloudTrail/{region}/{time.strftime('%Y/%m/%d', now)}"
    prefix = f"{trail['S3KeyPrefix']}/" if trail.get("S3KeyPrefix") else ""
    body = gzip.compress(json.dumps({"Records": records}, separators=(",", ":")).encode())
    headers = {"content-type": "application/json", "content-encoding": "gzip"}
    status, _, answer = await s3.handle_request(
        "PUT", f"/{bucket}/{prefix}{folder}/{file}", headers, body, {}, internal=True)
    if status >= 400:
        logger.error("no file in the bucket %s: %s", bucket, answer)


def selects(key, made):
    """Whether a trail is to record it: its account, its Regions, and its event selectors.

    https://docs.aws.amazon.com/awscloudtrail/latest/userguide/logging-data-events-with-cloudtrail.html
    """
    account, region, name = key
    trail = cloudtrail._trails._data[key]
    if account != made["recipientAccountId"] or not trail.get("IsLogging"):
        return False
    if region != made["awsRegion"] and not trail.get("IsMultiRegionTrail"):
        return False
    selectors = cloudtrail._event_selectors.get_scoped(account, region, name, cloudtrail._DEFAULT_EVENT_SELECTORS)
    return any(
        matches_fields(one["FieldSelectors"], made) if "FieldSelectors" in one else matches(one, made)
        for one in selectors
    )


def matches(selector, made):
    reading = {"ReadOnly": True, "WriteOnly": False}.get(selector.get("ReadWriteType"))
    if reading is not None and reading != made["readOnly"]:
        return False
    if made["managementEvent"]:
        left_out = selector.get("ExcludeManagementEventSources") or []
        return selector.get("IncludeManagementEvents", True) and made["eventSource"] not in left_out
    return any(
        has_value(found, value)
        for wanted in selector.get("DataResources") or []
        for found in made.get("resources", [])
        if found.get("type") == wanted["Type"]
        for value in wanted.get("Values") or []
    )


def has_value(found, value):
    """Values are ARNs, or the beginnings of ARNs: of all of a service, and of objects."""
    arn = found.get("ARN") or found["ARNPrefix"]
    everything = value.count(":") == 2 or value == "arn:aws:s3:::"
    return arn.startswith(value) if everything or found["type"] == "AWS::S3::Object" else arn == value


def matches_fields(fields, made):
    return all(matches_field(field, values_of(field["Field"], made)) for field in fields)


def matches_field(field, values):
    tests = {"Equals": str.__eq__, "StartsWith": str.startswith, "EndsWith": str.endswith}
    for operator, test in tests.items():
        for wanted, expected in ((operator, True), (f"Not{operator}", False)):
            given = field.get(wanted)
            if given and any(test(value, one) for value in values for one in given) != expected:
                return False
    return True


def values_of(field, made):
    resources = made.get("resources", [])
    return {
        "eventCategory": [made["eventCategory"]],
        "eventName": [made["eventName"]],
        "eventSource": [made["eventSource"]],
        "readOnly": ["true" if made["readOnly"] else "false"],
        "resources.ARN": [one.get("ARN") or one["ARNPrefix"] for one in resources],
        "resources.type": [one["type"] for one in resources if "type" in one],
        "userIdentity.arn": [made["userIdentity"].get("arn", "")],
    }.get(field, [])
