"""Is an OAuth client with requests-oauthlib. Reads one job from stdin and writes its result."""
import json
import sys

from oauthlib.oauth2 import BackendApplicationClient, LegacyApplicationClient, OAuth2Error, WebApplicationClient
from requests_oauthlib import OAuth2Session


def tokens(answer):
    return {name: answer[name] for name in ("access_token", "refresh_token", "token_type", "scope") if name in answer}


def authorize(job):
    """The URL to send a browser to, and what has to be remembered of it."""
    client = WebApplicationClient(job["client_id"])
    verifier = client.create_code_verifier(64)
    session = OAuth2Session(client=client, redirect_uri=job["redirect_uri"], scope=job["scope"])
    challenge = client.create_code_challenge(verifier, "S256")
    url, state = session.authorization_url(job["url"], code_challenge=challenge, code_challenge_method="S256")
    return {"url": url, "state": state, "verifier": verifier}


def redeem(job):
    session = OAuth2Session(
        job["client_id"], redirect_uri=job["redirect_uri"], scope=job["scope"], state=job["state"]
    )
    return tokens(
        session.fetch_token(
            job["url"],
            authorization_response=job["answer"],
            code_verifier=job["verifier"],
            client_secret=job.get("client_secret"),
            include_client_id=job.get("in_body", False),
        )
    )


def password(job):
    session = OAuth2Session(client=LegacyApplicationClient(job["client_id"], scope=job["scope"]), scope=job["scope"])
    secret, person = job["client_secret"], {"username": job["username"], "password": job["password"]}
    return tokens(session.fetch_token(job["url"], client_secret=secret, include_client_id=job["in_body"], **person))


def client_credentials(job):
    session = OAuth2Session(client=BackendApplicationClient(job["client_id"], scope=job["scope"]), scope=job["scope"])
    return tokens(session.fetch_token(job["url"], client_secret=job["client_secret"], include_client_id=job["in_body"]))


def refresh(job):
    token = {"access_token": "old", "refresh_token": job["refresh_token"], "token_type": "Bearer"}
    session = OAuth2Session(job["client_id"], token=token, scope=job["scope"])
    secret = job.get("client_secret")
    if secret is None or job.get("in_body"):
        credentials = {"client_id": job["client_id"], **({} if secret is None else {"client_secret": secret})}
        return tokens(session.refresh_token(job["url"], **credentials))
    return tokens(session.refresh_token(job["url"], auth=(job["client_id"], secret)))


def get(job):
    session = OAuth2Session(job["client_id"], token={"access_token": job["access_token"], "token_type": "Bearer"})
    answer = session.get(job["url"])
    return {"status": answer.status_code, "body": answer.json() if answer.ok else None}


JOBS = {job.__name__: job for job in (authorize, redeem, password, client_credentials, refresh, get)}
job = json.load(sys.stdin)
try:
    result = {"value": JOBS[job["do"]](job)}
except OAuth2Error as error:
    result = {"error": error.error}
json.dump(result, sys.stdout)
