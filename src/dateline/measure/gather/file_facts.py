"""Pictures and videos with what they say of themselves: metadata, container, content credentials."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from dateline.core.errors import InputError
from dateline.measure.gather.clips import Found, prepared
from dateline.measure.gather.images import file_ref
from dateline.measure.request import Prepared, Request
from dateline.media.clip import Clip

LONGEST = 640
"""Pictures are shrunk to this: their pixels serve only to be compared with a thumbnail [px]."""
ANCHORS = "anchors"
_LARGEST_LIST = 4 << 20
"""[bytes]"""


def prepare(request: Request) -> Prepared:
    """Clips of every role of kind clips with their `facts`, and `photo` where the pixels can be read.

    The role `anchors` names PEM files of certificates whose signers the user trusts. Raises InputError `certificates`
    for files that are none.
    """
    files = [path for one in request.roles.get(ANCHORS, ()) for path in one.files]
    anchors = "\n".join(_certificates(path) for path in files) or None

    def read(found: Found) -> Clip:
        return _with_facts(found, anchors)

    made = prepared(request, read)
    return replace(made, refs=(*made.refs, *(file_ref(path, ANCHORS, request.items) for path in files)))


def _with_facts(found: Found, anchors: str | None) -> Clip:
    from dateline.media.credentials import read_credentials
    from dateline.media.photo import read_photo
    from dateline.media.probe import probe_file

    facts = probe_file(found.path)
    with found.path.open("rb") as stream:
        told = read_credentials(stream, facts.media_type, facts.size, anchors=anchors)
    photo = None
    if found.clip.kind == "picture" and facts.thumbnail is not None:
        try:
            photo = read_photo(found.data, name=found.clip.name, longest=LONGEST)
        except InputError:  # its pixels do not matter here: what it says of itself was read
            photo = None
    return replace(found.clip, facts=replace(facts, credentials=told), photo=photo)


def _certificates(path: Path) -> str:
    """The text of a PEM file. Raises InputError `certificates`."""
    from cryptography import x509

    raw = path.read_bytes() if path.is_file() and path.stat().st_size <= _LARGEST_LIST else b""
    try:
        count = len(x509.load_pem_x509_certificates(raw))
    except ValueError as error:
        raise InputError(
            "This is no list of certificates.",
            saw=f"{path.name}: {error}",
            do="Give a PEM file, with lines BEGIN CERTIFICATE, such as the C2PA trust list.",
            code="certificates",
        ) from error
    return raw.decode("ascii", "ignore") if count else ""
