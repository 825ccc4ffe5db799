"""Who the sandbox is: a service account of its own, and a certificate in Google's name.

Both are made on this machine and trusted by nobody who was not told to (`environment`).
"""

import json
import os
import secrets
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import certifi
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

# Pushes go to the first; google-auth asks the second, unasked, where an account may be used.
HOSTS = ("fcm.googleapis.com", "iamcredentials.googleapis.com")
PROJECT = "hien-truong-sandbox"
EMAIL = f"pushes@{PROJECT}.iam.gserviceaccount.com"
VALID_DAYS = 397

SERVICE_ACCOUNT = "service-account.json"
TRUSTED = "trusted.pem"
SERVER = "server.pem"

_PEM = serialization.Encoding.PEM
_PKCS8 = serialization.PrivateFormat.PKCS8
_PLAIN = serialization.NoEncryption()


def environment(folder: Path) -> dict[str, str]:
    """Return the variables that lead firebase-admin to the sandbox of this folder.

    They are settings of `requests`, which firebase-admin speaks through: the way to Google's
    two hosts by a proxy, and whom to trust. Other hosts are reached as before.
    """
    token_uri = json.loads((folder / SERVICE_ACCOUNT).read_text(encoding="utf-8"))["token_uri"]
    place = urlsplit(token_uri)
    direct = os.environ.get("no_proxy") or os.environ.get("NO_PROXY") or ""
    hosts = [host for host in direct.split(",") if host]
    if place.hostname and place.hostname not in hosts:
        hosts.append(place.hostname)
    return {
        **{f"https://{host}_proxy": f"http://{place.netloc}" for host in HOSTS},
        "REQUESTS_CA_BUNDLE": str(folder / TRUSTED),
        "no_proxy": ",".join(hosts),
    }


def write_service_account(folder: Path, *, token_uri: str) -> dict[str, Any]:
    """Write the file that FCM_CREDENTIALS would name; its key is made once for the folder."""
    path = folder / SERVICE_ACCOUNT
    try:
        account: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        account = {
            "type": "service_account",
            "project_id": PROJECT,
            "private_key_id": secrets.token_hex(20),
            "private_key": key.private_bytes(_PEM, _PKCS8, _PLAIN).decode("ascii"),
            "client_email": EMAIL,
            "client_id": "100000000000000000000",
        }
    account["token_uri"] = token_uri
    _write_secret(path, json.dumps(account, indent=2).encode())
    return account


def public_key(account: dict[str, Any]) -> rsa.RSAPublicKey:
    """Return the key that proves the account's signature."""
    key = serialization.load_pem_private_key(account["private_key"].encode("ascii"), None)
    assert isinstance(key, rsa.RSAPrivateKey)
    return key.public_key()


def write_certificates(folder: Path) -> Path:
    """Write a new certificate for HOSTS, and whom to trust; returns the server's file."""
    authority, issuer = _authority()
    key = ec.generate_private_key(ec.SECP256R1())
    certificate = _certificate(HOSTS[0], key, issuer=issuer, signer=authority, authority=False)
    _write_secret(
        folder / SERVER,
        key.private_bytes(_PEM, _PKCS8, _PLAIN)
        + certificate.public_bytes(_PEM)
        + issuer.public_bytes(_PEM),
    )
    usual = Path(os.environ.get("REQUESTS_CA_BUNDLE") or certifi.where())
    if usual == folder / TRUSTED or not usual.is_file():
        usual = Path(certifi.where())
    (folder / TRUSTED).write_bytes(usual.read_bytes() + b"\n" + issuer.public_bytes(_PEM))
    return folder / SERVER


def _authority() -> tuple[ec.EllipticCurvePrivateKey, x509.Certificate]:
    key = ec.generate_private_key(ec.SECP256R1())
    return key, _certificate(
        "Hien Truong FCM sandbox", key, issuer=None, signer=key, authority=True
    )


def _certificate(
    name: str,
    key: ec.EllipticCurvePrivateKey,
    *,
    issuer: x509.Certificate | None,
    signer: ec.EllipticCurvePrivateKey,
    authority: bool,
) -> x509.Certificate:
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    moment = datetime.now(UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.subject if issuer else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(moment - timedelta(hours=1))
        .not_valid_after(moment + timedelta(days=VALID_DAYS))
        .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False
        )
        .add_extension(_usage(authority), critical=True)
    )
    if not authority:
        names = x509.SubjectAlternativeName([x509.DNSName(host) for host in HOSTS])
        builder = builder.add_extension(names, critical=False).add_extension(
            x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False
        )
    return builder.sign(signer, hashes.SHA256())


def _usage(authority: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not authority,
        key_cert_sign=authority,
        crl_sign=authority,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _write_secret(path: Path, content: bytes) -> None:
    fresh = path.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with open(descriptor, "wb") as file:
        file.write(content)
    fresh.replace(path)
