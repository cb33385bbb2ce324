"""An OpenID provider on Flask with Authlib. It knows one person, who is signed in and agrees to everything.

Takes `{"client_id": …, "client_secret": …, "redirect_uri": …, "signed_out_uri": …}` as its argument, and writes its origin
to stdout when it listens.
"""
import json
import secrets
import sys
import time

from authlib.integrations.flask_oauth2 import AuthorizationServer, ResourceProtector, current_token
from authlib.jose import JsonWebKey
from authlib.oauth2.rfc6749 import AuthorizationCodeMixin, ClientMixin, TokenMixin
from authlib.oauth2.rfc6749.grants import AuthorizationCodeGrant, RefreshTokenGrant
from authlib.oauth2.rfc6750 import BearerTokenValidator
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oidc.core import OpenIDCode
from flask import Flask, jsonify, redirect, request
from werkzeug.serving import make_server

settings = json.loads(sys.argv[1])
key = JsonWebKey.generate_key("RSA", 2048, {"use": "sig", "alg": "RS256", "kid": "authlib"}, is_private=True)
codes, tokens = {}, []


class User:
    id = "grace"

    def get_user_id(self):
        return self.id


class Client(ClientMixin):
    client_id = settings["client_id"]
    scopes = ("openid", "profile", "email", "offline_access")

    def get_client_id(self):
        return self.client_id

    def get_default_redirect_uri(self):
        return settings["redirect_uri"]

    def get_allowed_scope(self, scope):
        return " ".join(name for name in (scope or "").split() if name in self.scopes)

    def check_redirect_uri(self, redirect_uri):
        return redirect_uri == settings["redirect_uri"]

    def check_client_secret(self, client_secret):
        return secrets.compare_digest(client_secret, settings["client_secret"])

    def check_endpoint_auth_method(self, method, endpoint):
        return method == "client_secret_basic"

    def check_response_type(self, response_type):
        return response_type == "code"

    def check_grant_type(self, grant_type):
        return grant_type in ("authorization_code", "refresh_token")


class Code(AuthorizationCodeMixin):
    def __init__(self, **members):
        self.__dict__.update(members)

    def get_redirect_uri(self):
        return self.redirect_uri

    def get_scope(self):
        return self.scope

    def get_nonce(self):
        return self.nonce

    def get_auth_time(self):
        return self.auth_time


class Token(TokenMixin):
    def __init__(self, token, client):
        self.__dict__.update(token, client=client, issued_at=time.time(), revoked=False)

    def check_client(self, client):
        return client.client_id == self.client.client_id

    def get_scope(self):
        return self.scope

    def get_expires_in(self):
        return self.expires_in

    def is_expired(self):
        return time.time() >= self.issued_at + self.expires_in

    def is_revoked(self):
        return self.revoked


class CodeGrant(AuthorizationCodeGrant):
    TOKEN_ENDPOINT_AUTH_METHODS = ["client_secret_basic"]

    def save_authorization_code(self, code, request):
        codes[code] = Code(
            code=code,
            redirect_uri=request.redirect_uri,
            scope=request.scope,
            nonce=request.data.get("nonce"),
            auth_time=int(time.time()),
            code_challenge=request.data.get("code_challenge"),
            code_challenge_method=request.data.get("code_challenge_method"),
        )

    def query_authorization_code(self, code, client):
        return codes.get(code)

    def delete_authorization_code(self, authorization_code):
        del codes[authorization_code.code]

    def authenticate_user(self, authorization_code):
        return User()


class RotatingRefreshGrant(RefreshTokenGrant):
    TOKEN_ENDPOINT_AUTH_METHODS = ["client_secret_basic"]
    INCLUDE_NEW_REFRESH_TOKEN = True

    def authenticate_refresh_token(self, refresh_token):
        found = (token for token in tokens if getattr(token, "refresh_token", None) == refresh_token)
        return next((token for token in found if not token.revoked), None)

    def authenticate_user(self, credential):
        return User()

    def revoke_old_credential(self, credential):
        credential.revoked = True


class Identity(OpenIDCode):
    def exists_nonce(self, nonce, request):
        return any(code.nonce == nonce for code in codes.values())

    def get_jwt_config(self, grant):
        return {"key": key, "alg": "RS256", "iss": issuer, "exp": 3600}

    def generate_user_info(self, user, scope):
        return {"sub": user.id, "name": "Grace Hopper"}


class Validator(BearerTokenValidator):
    def authenticate_token(self, token_string):
        return next((token for token in tokens if token.access_token == token_string), None)


app = Flask(__name__)
app.config["OAUTH2_REFRESH_TOKEN_GENERATOR"] = True
client = Client()
server = AuthorizationServer(
    app,
    query_client=lambda client_id: client if client_id == client.client_id else None,
    save_token=lambda token, request: tokens.append(Token(token, request.client)),
)
server.register_grant(CodeGrant, [Identity(require_nonce=True), CodeChallenge(required=True)])
server.register_grant(RotatingRefreshGrant)
protected = ResourceProtector()
protected.register_token_validator(Validator())


@app.get("/.well-known/openid-configuration")
def metadata():
    return jsonify(
        issuer=issuer,
        authorization_endpoint=f"{issuer}/authorize",
        token_endpoint=f"{issuer}/token",
        userinfo_endpoint=f"{issuer}/userinfo",
        jwks_uri=f"{issuer}/jwks",
        end_session_endpoint=f"{issuer}/logout",
        response_types_supported=["code"],
        subject_types_supported=["public"],
        id_token_signing_alg_values_supported=["RS256"],
    )


@app.get("/jwks")
def jwks():
    return jsonify(keys=[key.as_dict()])


@app.get("/authorize")
def authorize():
    return server.create_authorization_response(grant_user=User())


@app.post("/token")
def token():
    return server.create_token_response()


@app.get("/userinfo")
@protected("openid")
def userinfo():
    return jsonify(sub="grace", name="Grace Hopper", scope=current_token.get_scope())


@app.get("/logout")
def logout():
    if request.args.get("post_logout_redirect_uri") != settings["signed_out_uri"]:
        return "signed out"
    return redirect(f"{settings['signed_out_uri']}?state={request.args.get('state')}")


listener = make_server("127.0.0.1", 0, app, threaded=True)
issuer = f"http://127.0.0.1:{listener.server_port}"
print(issuer, flush=True)
listener.serve_forever()
