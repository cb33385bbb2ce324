"""Signs and verifies with jwcrypto. Reads a list of jobs from stdin and writes the list of their results."""
import json
import sys

from jwcrypto import jwk, jws

ALGORITHMS = jws.default_allowed_algs + ["ES256K"]


def sign(job):
    is_unencoded = any(signer["protected"].get("b64") is False for signer in job["signers"])
    token = jws.JWS(job["payload"] if is_unencoded else job["payload"].encode())
    token.allowed_algs = ALGORITHMS
    for signer in job["signers"]:
        key = jwk.JWK(**signer["key"])
        header = json.dumps(signer["header"]) if "header" in signer else None
        token.add_signature(key, None, json.dumps(signer["protected"]), header)
    if job.get("detached"):
        token.detach_payload()
    return token.serialize(compact=job.get("compact", False))


def verify(job):
    token = jws.JWS()
    token.allowed_algs = ALGORITHMS
    token.deserialize(job["jws"])
    if job.get("detached"):
        token.objects["payload"] = job["payload"].encode()
    token.verify(jwk.JWK(**job["key"]))
    return token.payload if isinstance(token.payload, str) else token.payload.decode()


def run(job):
    try:
        return {"value": {"sign": sign, "verify": verify}[job["do"]](job)}
    except Exception as error:  # whatever it is, the test wants to see it
        return {"error": type(error).__name__ + ": " + str(error)}


json.dump([run(job) for job in json.load(sys.stdin)], sys.stdout)
