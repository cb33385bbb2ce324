"""Encrypts and decrypts with jwcrypto. Reads a list of jobs from stdin and writes the list of their results."""
import json
import sys

from jwcrypto import jwa, jwe, jwk

ALGORITHMS = jwe.default_allowed_algs + ["RSA1_5"]
# So that tests need not wait for passwords to be hashed.
jwa.default_max_pbkdf2_iterations = 16384


def encrypt(job):
    token = jwe.JWE(
        job["plaintext"].encode(),
        json.dumps(job["protected"]),
        unprotected=json.dumps(job["unprotected"]) if "unprotected" in job else None,
        aad=job["aad"].encode() if "aad" in job else None,
        algs=ALGORITHMS,
    )
    for recipient in job["recipients"]:
        header = json.dumps(recipient["header"]) if "header" in recipient else None
        token.add_recipient(jwk.JWK(**recipient["key"]), header)
    return token.serialize(compact=job.get("compact", False))


def decrypt(job):
    token = jwe.JWE(algs=ALGORITHMS)
    token.deserialize(job["jwe"], jwk.JWK(**job["key"]))
    return token.payload.decode()


def run(job):
    try:
        return {"value": {"encrypt": encrypt, "decrypt": decrypt}[job["do"]](job)}
    except Exception as error:  # whatever it is, the test wants to see it
        return {"error": type(error).__name__ + ": " + str(error)}


json.dump([run(job) for job in json.load(sys.stdin)], sys.stdout)
