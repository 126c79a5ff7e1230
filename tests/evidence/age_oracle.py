"""An age file for a passphrase, written from the specification and not by the library."""

from __future__ import annotations

import base64
import hmac
import secrets

from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt


def age_file(words: str, plain: bytes) -> bytes:
    """Oracle: an age file for a passphrase, made from the specification (C2SP age v1) with a cheap scrypt (N = 2)."""
    file_key, salt, nonce = secrets.token_bytes(16), secrets.token_bytes(16), secrets.token_bytes(16)
    wrap = Scrypt(salt=b"age-encryption.org/v1/scrypt" + salt, length=32, n=2, r=8, p=1).derive(words.encode())
    body = ChaCha20Poly1305(wrap).encrypt(bytes(12), file_key, None)
    header = b"age-encryption.org/v1\n-> scrypt %s 1\n%s\n---" % (_b64(salt), _b64(body))
    mac = hmac.digest(HKDF(SHA256(), 32, None, b"header").derive(file_key), header, "sha256")
    stream = HKDF(SHA256(), 32, nonce, b"payload").derive(file_key)
    return header + b" " + _b64(mac) + b"\n" + nonce + ChaCha20Poly1305(stream).encrypt(bytes(11) + b"\1", plain, None)


def _b64(data: bytes) -> bytes:
    return base64.b64encode(data).rstrip(b"=")
