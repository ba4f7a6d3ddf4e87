"""Prints what Apache Arrow reads from a Parquet file: its codecs, and its rows as JSON."""

import json
import sys

import pyarrow.parquet as parquet


def without_nulls(value):
    if isinstance(value, dict):
        return {key: without_nulls(one) for key, one in value.items() if one is not None}
    if isinstance(value, list):
        return [without_nulls(one) for one in value]
    return value


file = parquet.ParquetFile(sys.argv[1])
groups = [file.metadata.row_group(index) for index in range(file.num_row_groups)]
codecs = {group.column(at).compression for group in groups for at in range(group.num_columns)}
rows = [without_nulls(row) for row in file.read().to_pylist(maps_as_pydicts="strict")]
json.dump({"codecs": sorted(codecs), "groups": [group.num_rows for group in groups], "rows": rows}, sys.stdout)
