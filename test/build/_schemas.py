"""Manifests against their schemas, which are in schemas/.

SPDX-License-Identifier: MIT"""
import json

from _checks import ROOT, Skip, expect, run

FOLDER = ROOT / "test/build/schemas"


def must_be_valid(instance, name):
    """By the JSON Schema of this name."""
    try:
        import jsonschema
    except ImportError as error:
        raise Skip("no jsonschema here: apt-get install python3-jsonschema") from error
    schema = json.loads((FOLDER / f"{name}.schema.json").read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    errors = [f"{'/'.join(map(str, error.path))}: {error.message}"
              for error in jsonschema.Draft202012Validator(schema).iter_errors(instance)]
    expect(not errors, f"{name}: {errors[:3]}")


def must_be_valid_xml(file, name):
    """By the XML Schema of this name."""
    try:
        status, output = run(["xmllint", "--noout", "--nonet", "--schema", str(FOLDER / f"{name}.xsd"), str(file)])
    except FileNotFoundError as error:
        raise Skip("no xmllint here: apt-get install libxml2-utils") from error
    expect(status == 0, output)
