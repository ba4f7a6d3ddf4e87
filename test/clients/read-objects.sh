#!/bin/sh
# The AWS CLI knows nothing of Valet Key: reads an object as often as it is told, and says how it went.
bucket=$1 key=$2 times=$3
while [ "$times" -gt 0 ]; do
  if said=$(aws s3api get-object --bucket "$bucket" --key "$key" /dev/null 2>&1); then
    said=allowed
  fi
  # The last characters of its key.
  id=$(aws configure list 2>/dev/null | sed -n 's/^ *access_key *\**\([A-Z0-9]*\) .*/\1/p')
  echo "$(echo "$said" | tr -d '\n') with $id"
  times=$((times - 1))
done
