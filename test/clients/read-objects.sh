#!/bin/sh
# Reads an object with the AWS CLI a number of times, and prints each result with the access key used.
bucket=$1 key=$2 times=$3
while [ "$times" -gt 0 ]; do
  if result=$(aws s3api get-object --bucket "$bucket" --key "$key" /dev/null 2>&1); then
    result=allowed
  fi
  # The AWS CLI shows only the last characters of the access key.
  id=$(aws configure list 2>/dev/null | sed -n 's/^ *access_key *\**\([A-Z0-9]*\) .*/\1/p')
  echo "$(echo "$result" | tr -d '\n') with $id"
  times=$((times - 1))
done
