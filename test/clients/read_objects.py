"""A program that knows nothing of Valet Key: reads an object as often as it is told, and says how it went."""
import sys
import time

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

bucket, key, times = sys.argv[1], sys.argv[2], int(sys.argv[3])
session = boto3.Session()
s3 = session.client("s3", config=Config(retries={"total_max_attempts": 1}, s3={"addressing_style": "path"}))
for _ in range(times):
    # In the middle of a second: keys end at its beginning.
    time.sleep(1.5 - time.time() % 1)
    try:
        s3.get_object(Bucket=bucket, Key=key)["Body"].read()
        said = "allowed"
    except ClientError as error:
        said = error.response["Error"]["Code"]
    print(f"{said} with {session.get_credentials().get_frozen_credentials().access_key}", flush=True)
