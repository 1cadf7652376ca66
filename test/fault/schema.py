"""Whether an object is as docs/fault-record.schema.json has it: as much of JSON Schema as that file uses.

SPDX-License-Identifier: MIT"""
import json
import os
import re

from support import ROOT

TYPES = {"object": dict, "array": list, "string": str, "integer": int, "boolean": bool, "null": type(None)}
KNOWN = {"$schema", "$id", "title", "description", "$defs", "$ref", "type", "additionalProperties", "required",
         "properties",
         "items", "minItems", "maxItems", "minimum", "maximum", "pattern", "enum", "const"}

with open(os.path.join(ROOT, "docs", "fault-record.schema.json"), encoding="utf-8") as _file:
    SCHEMA = json.load(_file)


def problem(value, schema=SCHEMA, where="object"):
    """None, or what is wrong with the value."""
    unknown = set(schema) - KNOWN
    if unknown:
        return f"{where}: the schema uses {unknown}, which this check does not know"
    if "$ref" in schema:
        return problem(value, SCHEMA["$defs"][schema["$ref"].rpartition("/")[2]], where)
    if "const" in schema and value != schema["const"] or "enum" in schema and value not in schema["enum"]:
        return f"{where} is {value!r}"
    names = schema.get("type", [])
    names = [names] if isinstance(names, str) else names
    if names and not any(isinstance(value, TYPES[name]) and (name == "boolean") == isinstance(value, bool)
                         for name in names):
        return f"{where} is {value!r}, not {names}"
    if isinstance(value, dict):
        return _object_problem(value, schema, where)
    if isinstance(value, list):
        if not schema.get("minItems", 0) <= len(value) <= schema.get("maxItems", len(value)):
            return f"{where} has {len(value)} elements"
        return next(filter(None, (problem(item, schema.get("items", {}), f"{where}[{i}]")
                                  for i, item in enumerate(value))), None)
    if isinstance(value, str) and "pattern" in schema and not re.search(schema["pattern"], value):
        return f"{where} is {value!r}"
    if isinstance(value, int) and not schema.get("minimum", value) <= value <= schema.get("maximum", value):
        return f"{where} is {value}"
    return None


def _object_problem(value, schema, where):
    missing = set(schema.get("required", ())) - set(value)
    properties, others = schema.get("properties", {}), schema.get("additionalProperties", True)
    extra = set(value) - set(properties)
    if missing or extra and others is False:
        return f"{where}: missing {sorted(missing)}, extra {sorted(extra)}"
    for name, item in value.items():
        wanted = properties.get(name, others if isinstance(others, dict) else {})
        wrong = problem(item, wanted, f"{where}.{name}")
        if wrong:
            return wrong
    return None
