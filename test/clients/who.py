"""Asks AWS who it is, with whatever boto3 finds."""
import boto3

boto3.client("sts").get_caller_identity()
