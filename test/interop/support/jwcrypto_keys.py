"""Answers in JSON what jwcrypto makes of a private JWK: its thumbprint, its PEM, the PEM under a password."""
import json
import sys

from jwcrypto.jwk import JWK

request = json.load(sys.stdin)
if "pem" in request:
    key = JWK.from_pem(request["pem"].encode(), request.get("password", "").encode() or None)
else:
    key = JWK(**request["jwk"])
json.dump(
    {
        "jwk": key.export(private_key=True, as_dict=True),
        "thumbprint": key.thumbprint(),
        "private": key.export_to_pem(private_key=True, password=None).decode(),
        "public": key.export_to_pem().decode(),
        "encrypted": key.export_to_pem(private_key=True, password=b"correct").decode(),
    },
    sys.stdout,
)
