"""Content credentials (C2PA), read without any network call: present, intact, signer trusted, signer's claim."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, BinaryIO
from urllib.parse import urlsplit

from dateline.media.facts import Credentials

OFFLINE: Mapping[str, Any] = {
    "verify": {
        "remote_manifest_fetch": False,
        "ocsp_fetch": False,
        "verify_trust": True,
        "skip_ingredient_conflict_resolution": True,
    },
    "core": {"allowed_network_hosts": [], "allow_redirects": False},
}
"""Two locks on the library's own network code, which no Python guard sees: nothing is fetched, and no host allowed."""

READABLE = frozenset(
    {"image/jpeg", "image/png", "image/webp", "image/gif", "image/tiff", "image/heic", "image/avif", "video/mp4",
     "video/quicktime"}
)  # fmt: skip
MOST_CLAIMS = 40
LARGEST = 512 << 20
"""A longer file is not hashed for its credentials [bytes]."""

INGREDIENT = "ingredient: "
"""Before codes that concern the credentials of something that went into the picture, and not its own."""

_TRUST = {"signingCredential.untrusted"}
_EXPIRED = {"signingCredential.expired"}
_TIMES = {"timeStamp.untrusted", "timeStamp.mismatch", "timeStamp.outsideValidity"}
_ADDRESS = re.compile(r"https?://[^\s\"']+")
_NO_MANIFEST = ("ManifestNotFound", "NotSupported")


def read_credentials(stream: BinaryIO, media_type: str, size: int, *, anchors: str | None = None) -> Credentials:
    """The four facts of one file. anchors: certificates whose signers the user trusts, as PEM.

    A manifest that lies elsewhere is reported as `remote` and never fetched. The codes are those of the C2PA
    specification 2.1 (2024), 15.2.2. Where c2pa-python is not installed they are not looked for.
    """
    if media_type not in READABLE:
        return Credentials(manifest="not looked for", why=f"{media_type} is not read for credentials here")
    if size > LARGEST:
        return Credentials(manifest="not looked for", why=f"the file has more than {LARGEST >> 20} MB")
    try:
        import c2pa
    except ImportError:
        return Credentials(manifest="not looked for", why="they need the extra media: pip install 'dateline[media]'")
    settings: dict[str, Any] = dict(OFFLINE)
    if anchors is not None:
        settings["trust"] = {"trust_anchors": anchors}
    try:
        with c2pa.Context.from_dict(settings) as context, c2pa.Reader(media_type, stream, context=context) as reader:
            told = json.loads(reader.json())
            remote = None if reader.is_embedded() else reader.get_remote_url()
    except c2pa.C2paError as error:
        return _failed(str(error))
    except (ValueError, RecursionError) as error:  # of a report that is no JSON
        return Credentials(manifest="unreadable", why=str(error)[:200])
    return _facts(told, remote=remote, asked=anchors is not None)


def _failed(message: str) -> Credentials:
    """What an error of the library means. Its sentences name the address of a remote manifest."""
    if message.startswith(_NO_MANIFEST):
        return Credentials(manifest="none")
    if message.startswith("Remote"):
        address = _ADDRESS.search(message)
        host = urlsplit(address.group()).hostname if address else None
        return Credentials(manifest="remote", remote=host, why="it lies elsewhere and is not fetched")
    return Credentials(manifest="unreadable", why=_ADDRESS.sub("(address left out)", message)[:200])


def _facts(told: Mapping[str, Any], *, remote: str | None, asked: bool) -> Credentials:
    label = str(told.get("active_manifest"))
    manifests = told.get("manifests") or {}
    active: Mapping[str, Any] = manifests.get(label) or {}
    codes = tuple(dict.fromkeys(_codes(told.get("validation_status") or (), label)))
    faults = [code for code in codes if code.removeprefix(INGREDIENT) not in _TRUST | _EXPIRED | _TIMES]
    signature: Mapping[str, Any] = active.get("signature_info") or {}
    issuers = [signature.get("issuer"), signature.get("common_name")]
    return Credentials(
        manifest="present",
        intact=not faults and told.get("validation_state") is not None,
        trusted=_trusted(told) if asked else None,
        expired=bool(_EXPIRED & set(codes)),
        faults=codes,
        issuer=" / ".join(str(one) for one in issuers if one) or None,
        signed=_text(signature.get("time")),
        generator=_text(active.get("claim_generator")) or _generator(active.get("claim_generator_info")),
        actions=tuple(_actions(active.get("assertions") or ()))[:MOST_CLAIMS],
        ingredients=tuple(_text(one.get("title")) or "untitled" for one in active.get("ingredients") or ())[
            :MOST_CLAIMS
        ],
        remote=None if remote is None else urlsplit(remote).hostname,
    )


def _codes(faults: Sequence[Mapping[str, Any]], active: str) -> Iterator[str]:
    """The codes of what is wrong; those of an ingredient's own credentials are told as such."""
    for one in faults:
        of_ingredient = active not in str(one.get("url") or active)
        yield (INGREDIENT if of_ingredient else "") + str(one.get("code"))


def _trusted(told: Mapping[str, Any]) -> bool:
    """Whether the active manifest's own signer is trusted; ingredients have signers of their own."""
    results = (told.get("validation_results") or {}).get("activeManifest") or {}
    good = {str(one.get("code")) for one in results.get("success") or ()}
    bad = {str(one.get("code")) for one in results.get("failure") or ()}
    return "signingCredential.trusted" in good and not bad & (_TRUST | _EXPIRED)


def _generator(info: Sequence[Mapping[str, Any]] | None) -> str | None:
    told = [f"{one.get('name', '')} {one.get('version', '')}".strip() for one in info or ()]
    return ", ".join(one for one in told if one) or None


def _actions(assertions: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    for assertion in assertions:
        if str(assertion.get("label", "")).startswith("c2pa.actions"):
            data = assertion.get("data")
            for action in (data.get("actions") or ()) if isinstance(data, Mapping) else ():
                source = str(action.get("digitalSourceType") or "").rsplit("/", 1)[-1]
                yield str(action.get("action")) + (f" ({source})" if source else "")


def _text(value: object) -> str | None:
    return str(value)[:500] if value else None
