"""The bill of materials of a release, as SPDX 2.3 in JSON: what is delivered, and each file of the source. moat has no
dependencies.

SPDX-License-Identifier: MIT"""
import datetime
import hashlib
import pathlib
from typing import Any, Dict, List, Sequence

from .archive import Contents, sha256

COPYRIGHT = "Copyright (c) 2026 the moat authors"
KINDS = {".c": "SOURCE", ".h": "SOURCE", ".hpp": "SOURCE", ".S": "SOURCE", ".cpp": "SOURCE", ".cc": "SOURCE",
         ".py": "SOURCE", ".ld": "SOURCE", ".md": "DOCUMENTATION", ".png": "IMAGE", ".svg": "IMAGE"}


def package(path: pathlib.Path, number: str, identifier: str) -> Dict[str, Any]:
    return {"SPDXID": identifier, "name": "moat", "versionInfo": number, "packageFileName": path.name,
            "downloadLocation": "NOASSERTION", "filesAnalyzed": False, "licenseConcluded": "MIT",
            "licenseDeclared": "MIT", "copyrightText": COPYRIGHT, "supplier": "Organization: the moat authors",
            "primaryPackagePurpose": "SOURCE", "checksums": [{"algorithm": "SHA256", "checksumValue": sha256(path)}]}


def file(name: str, content: bytes, number: int) -> Dict[str, Any]:
    return {"SPDXID": f"SPDXRef-File-{number}", "fileName": f"./{name}",
            "fileTypes": [KINDS.get(pathlib.PurePosixPath(name).suffix, "TEXT")],
            "licenseConcluded": "MIT", "licenseInfoInFiles": ["MIT"], "copyrightText": COPYRIGHT,
            "checksums": [{"algorithm": "SHA1", "checksumValue": hashlib.sha1(content).hexdigest()},
                          {"algorithm": "SHA256", "checksumValue": hashlib.sha256(content).hexdigest()}]}


def document(number: str, commit: str, seconds: int, source: pathlib.Path, contents: Contents,
             others: Sequence[pathlib.Path]) -> Dict[str, Any]:
    """`source` is the archive that has `contents`; the others are made from it."""
    files = [file(name, contents[name], at) for at, name in enumerate(sorted(contents), 1)]
    whole = package(source, number, "SPDXRef-moat")
    whole["filesAnalyzed"] = True
    whole["licenseInfoFromFiles"] = ["MIT"]
    sums = sorted(entry["checksums"][0]["checksumValue"] for entry in files)
    whole["packageVerificationCode"] = {
        "packageVerificationCodeValue": hashlib.sha1("".join(sums).encode()).hexdigest()}
    packages = [whole, *(package(path, number, f"SPDXRef-moat-{at}") for at, path in enumerate(others, 1))]

    def related(one: str, how: str, other: str) -> Dict[str, str]:
        return {"spdxElementId": one, "relationshipType": how, "relatedSpdxElement": other}

    relations: List[Dict[str, str]] = [related("SPDXRef-DOCUMENT", "DESCRIBES", each["SPDXID"]) for each in packages]
    relations += [related(each["SPDXID"], "GENERATED_FROM", whole["SPDXID"]) for each in packages[1:]]
    relations += [related(whole["SPDXID"], "CONTAINS", entry["SPDXID"]) for entry in files]
    created = datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    return {"spdxVersion": "SPDX-2.3", "dataLicense": "CC0-1.0", "SPDXID": "SPDXRef-DOCUMENT",
            "name": f"moat-{number}", "documentNamespace": f"https://spdx.org/spdxdocs/moat-{number}-{commit}",
            "creationInfo": {"created": created, "creators": ["Tool: moat-scripts-dist"]},
            "packages": packages, "files": files, "relationships": relations}
