"""Reads an object with boto3 a number of times, and prints each result with the access key used."""
import sys
import time

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

bucket, key, times = sys.argv[1], sys.argv[2], int(sys.argv[3])
session = boto3.Session()
s3 = session.client("s3", config=Config(retries={"total_max_attempts": 1}, s3={"addressing_style": "path"}))
for _ in range(times):
    # Calls in the middle of a second, because credentials expire at its beginning.
    time.sleep(1.5 - time.time() % 1)
    try:
        s3.get_object(Bucket=bucket, Key=key)["Body"].read()
        result = "allowed"
    except ClientError as error:
        result = error.response["Error"]["Code"]
    print(f"{result} with {session.get_credentials().get_frozen_credentials().access_key}", flush=True)
