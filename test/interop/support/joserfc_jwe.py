"""Encrypts and decrypts with joserfc. Reads a list of jobs from stdin and writes the list of their results."""
import json
import sys
import warnings

from joserfc import jwe
from joserfc.drafts.jwe_ecdh_1pu import register_ecdh_1pu
from joserfc.jwe import JWERegistry
from joserfc.jwk import JWKRegistry

warnings.simplefilter("ignore")
register_ecdh_1pu()
try:  # it needs pycryptodome
    from joserfc.drafts.jwe_chacha20 import register_chacha20_poly1305

    register_chacha20_poly1305()
except ImportError:
    pass
REGISTRY = JWERegistry(
    algorithms=[*JWERegistry.algorithms["alg"], *JWERegistry.algorithms["enc"], "DEF"],
    strict_check_header=False,
)


def load(member):
    return JWKRegistry.import_key(member) if member else None


def encrypt(job):
    key, sender = load(job["key"]), load(job.get("sender"))
    return jwe.encrypt_compact(job["protected"], job["plaintext"], key, registry=REGISTRY, sender_key=sender)


def decrypt(job):
    key, sender = load(job["key"]), load(job.get("sender"))
    if isinstance(job["jwe"], str):
        return jwe.decrypt_compact(job["jwe"], key, registry=REGISTRY, sender_key=sender).plaintext.decode()
    return jwe.decrypt_json(job["jwe"], key, registry=REGISTRY, sender_key=sender).plaintext.decode()


def run(job):
    try:
        return {"value": {"encrypt": encrypt, "decrypt": decrypt}[job["do"]](job)}
    except Exception as error:  # whatever it is, the test wants to see it
        return {"error": type(error).__name__ + ": " + str(error)}


json.dump([run(job) for job in json.load(sys.stdin)], sys.stdout)
