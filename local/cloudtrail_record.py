"""Makes CloudTrail records of calls to MiniStack, in the format of AWS.

A record names the API operation, which often differs from the IAM action that MiniStack decided on. Of the
parameters it has only what tells the resource, and never a body or a secret.

https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
"""

import json
import re
import time
import uuid
from dataclasses import dataclass
from urllib.parse import unquote
from xml.sax.saxutils import unescape

from ministack.core import iam_actions
from ministack.services import iam, s3, sts

# The verb and the rest of the name, for requests with one of these words in the query. The names are those of
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/cloudtrail-logging-s3-info.html, not of the API.
VERBS = {"GET": "Get", "PUT": "Put", "DELETE": "Delete"}
OF_BUCKETS = {
    "accelerate": "BucketAccelerateConfiguration",
    "acl": "BucketAcl",
    "cors": "BucketCors",
    "encryption": "BucketEncryption",
    "lifecycle": "BucketLifecycle",
    "location": "BucketLocation",
    "logging": "BucketLogging",
    "notification": "BucketNotification",
    "object-lock": "ObjectLockConfiguration",
    "ownershipControls": "BucketOwnershipControls",
    "policy": "BucketPolicy",
    "publicAccessBlock": "BucketPublicAccessBlock",
    "replication": "BucketReplication",
    "requestPayment": "BucketRequestPayment",
    "tagging": "BucketTagging",
    "versioning": "BucketVersioning",
    "website": "BucketWebsite",
}
OF_OBJECTS = {
    "acl": "ObjectAcl",
    "attributes": "ObjectAttributes",
    "legal-hold": "ObjectLegalHold",
    "retention": "ObjectRetention",
    "tagging": "ObjectTagging",
    "torrent": "ObjectTorrent",
}
POSTED = {"uploads": "CreateMultipartUpload", "restore": "RestoreObject", "select": "SelectObjectContent"}
# Calls on a bucket that S3 counts as calls on its objects, and whose record names no key.
ON_ALL_OBJECTS = {"DeleteObjects", "HeadBucket", "ListObjects", "ListObjectVersions", "PostObject"}

# Lambda writes the version of its API into the name of the event:
# https://docs.aws.amazon.com/lambda/latest/dg/logging-using-cloudtrail.html
OF_LAMBDA = {
    "InvokeFunction": "Invoke",
    **{name: f"{name}20150331" for name in (
        "CreateAlias", "CreateEventSourceMapping", "CreateFunction", "DeleteFunction", "ListAliases",
        "ListEventSourceMappings", "ListFunctions", "ListVersionsByFunction", "PublishVersion")},
    **{name: f"{name}20150331v2" for name in (
        "AddPermission", "GetFunction", "GetFunctionConfiguration", "GetPolicy", "RemovePermission",
        "UpdateFunctionCode", "UpdateFunctionConfiguration")},
}

# What a trail records only if its selectors name the type, from the table of
# https://docs.aws.amazon.com/awscloudtrail/latest/userguide/logging-data-events-with-cloudtrail.html
DATA_EVENTS = {
    "dynamodb": ("AWS::DynamoDB::Table", {
        "BatchExecuteStatement", "BatchGetItem", "BatchWriteItem", "DeleteItem", "ExecuteStatement",
        "ExecuteTransaction", "GetItem", "PutItem", "Query", "Scan", "TransactGetItems", "TransactWriteItems",
        "UpdateItem"}),
    "dynamodbstreams": ("AWS::DynamoDB::Stream", {"GetRecords", "GetShardIterator"}),
    "kinesis": ("AWS::Kinesis::Stream", {
        "GetRecords", "GetShardIterator", "PutRecord", "PutRecords", "SubscribeToShard"}),
    "lambda": ("AWS::Lambda::Function", {"Invoke"}),
    "sns": ("AWS::SNS::Topic", {"Publish", "PublishBatch"}),
    "sqs": ("AWS::SQS::Queue", {
        "ChangeMessageVisibility", "ChangeMessageVisibilityBatch", "DeleteMessage", "DeleteMessageBatch",
        "ReceiveMessage", "SendMessage", "SendMessageBatch"}),
}
# Management events that have resources; SSM gives its parameters no type.
RESOURCE_TYPES = {"dynamodb": "AWS::DynamoDB::Table", "kms": "AWS::KMS::Key", "ssm": None, "sts": "AWS::IAM::Role"}

READING = re.compile(
    r"(Get|List|Describe|Head|BatchGet|TransactGet|Query$|Scan$|Lookup|Search|Select|Filter|Receive"
    r"|AssumeRole|Decrypt$|Encrypt$|ReEncrypt$|GenerateData|Sign$|Verify)")
SOURCES = {"dynamodbstreams": "dynamodb", "opensearch": "es", "rds-data": "rdsdata"}

KEPT_PARAMETERS = re.compile(
    r"(table|function|role|user|group|policy|queue|stream|stack|repository|bucket|logGroup|logStream|cluster|secret)"
    r"(Name|Arn|ARN|Id|Url)|(topic|resource|target|stateMachine|execution)Arn|keyId|names?|cluster|services?"
    r"|logGroupIdentifier|dBInstanceIdentifier|roleSessionName|sourceIdentity|path|durationSeconds")


@dataclass(frozen=True)
class Call:
    """A request, and the credential whose signature it has."""

    service: str
    method: str
    path: str
    headers: dict
    body: bytes
    query: dict
    region: str
    source_ip: str
    request_id: str
    credential: object


def make_records(call, answer):
    """One record for the caller's account, and one for every other account whose resource the call names.

    Returns an empty list for what has no event, such as a request that is no operation of its service.
    """
    name = event_name(call)
    if name is None:
        return []
    session = sts._sessions.get(call.credential.access_key_id)
    resources = resources_of(call, name)
    data_type = data_event_type(call, name)
    record = {
        "eventVersion": "1.11",
        "userIdentity": identity_of(call.credential, session),
        "eventTime": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "eventSource": f"{SOURCES.get(call.service, call.service)}.amazonaws.com",
        "eventName": name,
        "awsRegion": call.region,
        "sourceIPAddress": call.source_ip,
        "userAgent": user_agent(call),
        **error_of(call, answer),
        "requestParameters": parameters_of(call) or None,
        "responseElements": session_made(answer) if name.startswith("AssumeRole") else None,
        "requestID": call.request_id,
        "eventID": str(uuid.uuid4()),
        "readOnly": bool(READING.match(name)),
        **({"resources": resources} if resources else {}),
        "eventType": "AwsApiCall",
        "managementEvent": data_type is None,
        "recipientAccountId": call.credential.account_id,
        "eventCategory": "Data" if data_type else "Management",
    }
    others = {found.get("accountId") for found in resources} - {call.credential.account_id, None, ""}
    shared = {"sharedEventID": str(uuid.uuid4())} if others else {}
    return [{**record, **shared}, *(copy_for(account, {**record, **shared}) for account in sorted(others))]


def copy_for(account, record):
    """The owner of a resource learns the account of a caller from elsewhere, and nothing of its session."""
    caller = record["userIdentity"]
    stranger = {"type": "AWSAccount", "principalId": caller["principalId"], "accountId": caller["accountId"]}
    return {**record, "userIdentity": stranger, "eventID": str(uuid.uuid4()), "recipientAccountId": account}


def event_name(call):
    if call.service == "s3":
        return s3_name(call)
    if call.service == "apigateway":
        return iam_actions._match_rest_action(call.service, call.method, call.path, call.query)
    action = iam_actions.extract_iam_action(
        call.service, call.method, call.path, call.headers, call.body, call.query)
    name = action and action.split(":", 1)[1]
    return OF_LAMBDA.get(name, name) if call.service == "lambda" else name


def s3_name(call):
    method, query = call.method, call.query
    bucket, key = bucket_and_key(call)
    copied = "x-amz-copy-source" in call.headers
    table = OF_OBJECTS if key else OF_BUCKETS
    rest = next((rest for word, rest in table.items() if word in query), None)
    if not bucket:
        return "ListBuckets" if method == "GET" else None
    if rest and method in VERBS:
        return VERBS[method] + rest
    if not key:
        posted = "DeleteObjects" if "delete" in query else "PostObject"
        listed = "ListMultipartUploads" if "uploads" in query else None
        listed = listed or ("ListObjectVersions" if "versions" in query else "ListObjects")
        names = {"GET": listed, "PUT": "CreateBucket", "POST": posted, "DELETE": "DeleteBucket", "HEAD": "HeadBucket"}
    elif "uploadId" in query:
        part = "UploadPartCopy" if copied else "UploadPart"
        names = {"GET": "ListParts", "PUT": part, "POST": "CompleteMultipartUpload", "DELETE": "AbortMultipartUpload"}
    else:
        put = "CopyObject" if copied else "PutObject"
        posted = next((name for word, name in POSTED.items() if word in query), None)
        names = {"GET": "GetObject", "PUT": put, "POST": posted, "DELETE": "DeleteObject", "HEAD": "HeadObject"}
    return names.get(method)


def bucket_and_key(call):
    bucket, _, key = call.path.lstrip("/").partition("/")
    return bucket, key


def data_event_type(call, name):
    """The resource type of a data event; None for a management event."""
    if call.service == "s3":
        return "AWS::S3::Object" if bucket_and_key(call)[1] or name in ON_ALL_OBJECTS else None
    found, names = DATA_EVENTS.get(call.service, (None, ()))
    return found if name in names else None


def resources_of(call, name):
    if call.service == "s3":
        return s3_resources(call, name)
    found = data_event_type(call, name)
    if found is None and call.service not in RESOURCE_TYPES:
        return []
    found = found or RESOURCE_TYPES[call.service]
    account = call.credential.account_id
    if call.service == "dynamodb":
        arns = iam_actions.dynamodb_resource_arns(call.body, call.region, account)
    else:
        arns = [iam_actions.extract_resource_arn(
            call.service, call.method, call.path, call.headers, call.body, call.query, call.region, account)]
    return [
        {"accountId": arn.split(":")[4], **({"type": found} if found else {}), "ARN": arn}
        for arn in arns if arn.startswith("arn:")
    ]


def s3_resources(call, name):
    bucket, key = bucket_and_key(call)
    if not bucket:
        return []
    owner = s3._bucket_owner_account(bucket)
    of_bucket = {**({"accountId": owner} if owner else {}), "type": "AWS::S3::Bucket", "ARN": f"arn:aws:s3:::{bucket}"}
    source = iam_actions._s3_source_object(call.headers)
    copied = [{"type": "AWS::S3::Object", "ARN": source[0]}] if source else []
    if key:
        return [{"type": "AWS::S3::Object", "ARN": f"arn:aws:s3:::{bucket}/{key}"}, of_bucket, *copied]
    if name in ON_ALL_OBJECTS:
        return [{"type": "AWS::S3::Object", "ARNPrefix": f"arn:aws:s3:::{bucket}/"}, of_bucket]
    return [of_bucket]


def identity_of(credential, session):
    account = credential.account_id
    identity = {
        "type": {"AssumedRole": "AssumedRole", "User": "IAMUser"}.get(credential.principal_type, "Root"),
        "principalId": credential.principal_id,
        "arn": credential.principal_arn,
        "accountId": account,
        "accessKeyId": credential.access_key_id,
    }
    if credential.principal_type == "User":
        return {**identity, "userName": credential.principal_name}
    if credential.principal_type != "AssumedRole" or session is None:
        return identity
    name = credential.principal_arn.split("/")[1]
    role = iam._roles.get_scoped(account, None, name) or {}
    begun = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(session.get("IssuedAt")))
    source = session.get("SourceIdentity")
    return {**identity, "sessionContext": {
        "sessionIssuer": {
            "type": "Role",
            "principalId": credential.principal_id.split(":")[0],
            "arn": role.get("Arn") or f"arn:aws:iam::{account}:role/{name}",
            "accountId": account,
            "userName": name,
        },
        "attributes": {"creationDate": begun, "mfaAuthenticated": "false"},
        **({"sourceIdentity": source} if source else {}),
    }}


def user_agent(call):
    agent = call.headers.get("user-agent", "")
    return f"[{agent}]" if call.service == "s3" else agent


def error_of(call, answer):
    status, headers, body = answer
    if status < 400:
        return {}
    code, message = read_error({name.lower(): value for name, value in headers.items()}, body)
    if not code:
        # A HEAD request has no body that tells.
        missing = "NoSuchKey" if bucket_and_key(call)[1] else "NoSuchBucket"
        code = {403: "AccessDenied", 404: missing}.get(status, str(status))
    # The names of the records, which are not always those that the SDKs know.
    if code == "AccessDeniedException":
        code = "AccessDenied"
    if call.service == "ec2":
        code = f"Client.{code}"
    return {"errorCode": code, "errorMessage": with_resource(call, message or code)}


def with_resource(call, message):
    """AWS names the resource of a refusal, S3 in quotes; MiniStack does so for a few services only."""
    refused = re.search(r"is not authorized to perform: (\S+)(?= because | with )", message)
    parts = (call.service, call.method, call.path, call.headers, call.body, call.query)
    # S3 and DynamoDB check some calls for a second action, on another resource.
    if not refused or refused[1] != iam_actions.extract_iam_action(*parts):
        return message
    arn = iam_actions.extract_resource_arn(*parts, call.region, call.credential.account_id)
    if not arn.startswith("arn:"):
        return message
    shown = f'"{arn}"' if call.service == "s3" else arn
    return message.replace(refused[0], f"{refused[0]} on resource: {shown}", 1)


def read_error(headers, body):
    if body.lstrip().startswith(b"{"):
        given = json.loads(body)
        code = headers.get("x-amzn-errortype") or given.get("__type") or given.get("code") or ""
        return code.split("#")[-1].split(":")[0], given.get("message") or given.get("Message")
    text = body.decode("utf-8", errors="replace")
    code, message = (re.search(rf"<{tag}>(.*?)</{tag}>", text, re.DOTALL) for tag in ("Code", "Message"))
    return code and code[1], message and unescape(message[1])


def session_made(answer):
    """The response of AssumeRole, without the secrets of its credentials."""
    status, _, body = answer
    if status != 200:
        return None
    text = body.decode()
    found = {
        tag: re.search(rf'(?:<{tag}>|"{tag}": ")(.*?)[<"]', text)[1]
        for tag in ("AccessKeyId", "AssumedRoleId", "Arn", "SourceIdentity") if tag in text
    }
    source = found.get("SourceIdentity")
    return {
        "credentials": {"accessKeyId": found["AccessKeyId"]},
        "assumedRoleUser": {"assumedRoleId": found["AssumedRoleId"], "arn": found["Arn"]},
        **({"sourceIdentity": source} if source else {}),
    }


def parameters_of(call):
    if call.service == "s3":
        bucket, key = bucket_and_key(call)
        kept = {name: first(call.query[name]) for name in ("list-type", "prefix") if name in call.query}
        copied = call.headers.get("x-amz-copy-source")
        return {
            **({"bucketName": bucket} if bucket else {}),
            **({"key": key} if key else {}),
            **({"x-amz-copy-source": unquote(copied).lstrip("/")} if copied else {}),
            **kept,
        }
    given = {name: first(value) for name, value in call.query.items()}
    if call.body.lstrip().startswith(b"{"):
        try:
            given |= json.loads(call.body)
        except ValueError:
            pass
    function = re.search(r"/functions/([^/]+)", call.path) if call.service == "lambda" else None
    if function:
        given["FunctionName"] = unquote(function[1])
    named = {name[:1].lower() + name[1:]: value for name, value in given.items()}
    return {name: value for name, value in named.items() if KEPT_PARAMETERS.fullmatch(name) and is_kept(value)}


def first(value):
    """Every parameter of a query is a list."""
    return value[0] if isinstance(value, list) else value


def is_kept(value):
    return isinstance(value, (str, int)) or isinstance(value, list) and all(isinstance(one, str) for one in value)
