"""Signs and verifies with joserfc. Reads a list of jobs from stdin and writes the list of their results."""
import json
import sys
import warnings

from joserfc import jws
from joserfc.jwk import JWKRegistry

warnings.simplefilter("ignore")
REGISTRY = jws.JWSRegistry(algorithms=[name for name in jws.JWSRegistry.algorithms if name != "none"])


def load(job):
    if "pem" in job:
        return JWKRegistry.import_key(job["pem"], job["key"]["kty"])
    return JWKRegistry.import_key(job["key"])


def sign(job):
    member = {"protected": job["protected"], **({"header": job["header"]} if "header" in job else {})}
    if job["form"] == "compact":
        return jws.serialize_compact(job["protected"], job["payload"], load(job), registry=REGISTRY)
    members = [member, member] if job["form"] == "general" else member
    return jws.serialize_json(members, job["payload"], load(job), registry=REGISTRY)


def verify(job):
    if isinstance(job["jws"], str):
        return jws.deserialize_compact(job["jws"], load(job), registry=REGISTRY).payload.decode()
    return jws.deserialize_json(job["jws"], load(job), registry=REGISTRY).payload.decode()


def run(job):
    try:
        return {"value": {"sign": sign, "verify": verify}[job["do"]](job)}
    except Exception as error:  # whatever it is, the test wants to see it
        return {"error": type(error).__name__ + ": " + str(error)}


json.dump([run(job) for job in json.load(sys.stdin)], sys.stdout)
