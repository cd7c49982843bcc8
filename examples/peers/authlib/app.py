"""Authlib's Flask authorization server, put together as its documentation and example server do it.

Ours are: storage, the login and consent forms, which client may introspect what, and the key files.
Authlib's are all the checks at the token endpoint.
"""

import json
import os
import pathlib
import time
import urllib.parse

from authlib.integrations.flask_oauth2 import AuthorizationServer
from authlib.integrations.sqla_oauth2 import (
    OAuth2AuthorizationCodeMixin,
    OAuth2ClientMixin,
    OAuth2TokenMixin,
    create_query_client_func,
    create_revocation_endpoint,
    create_save_token_func,
)
from authlib.oauth2 import OAuth2Error
from authlib.oauth2.rfc6749 import grants
from authlib.oauth2.rfc7523 import JWTBearerClientAssertion
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oauth2.rfc7662 import IntrospectionEndpoint
from flask import Flask, jsonify, redirect, request, session
from flask_sqlalchemy import SQLAlchemy
from joserfc import jwk
from sqlalchemy.exc import IntegrityError

ISSUER = f"http://127.0.0.1:{os.environ['PEER_PORT']}"
RUN = pathlib.Path(__file__).resolve().parent
METHODS = ["client_secret_basic", "client_secret_post", "none", "private_key_jwt"]
GRANTS = ["client_credentials", "authorization_code", "refresh_token", "password"]

app = Flask(__name__)
app.config.update(
    SECRET_KEY="loopback only",
    SQLALCHEMY_DATABASE_URI=f"sqlite:///{RUN}/db.sqlite",
    SQLALCHEMY_ENGINE_OPTIONS={"connect_args": {"timeout": 20}},
    OAUTH2_REFRESH_TOKEN_GENERATOR=True,
)
db = SQLAlchemy(app)


class User(db.Model):
    id = db.Column(db.Integer, primary_key=True)
    username = db.Column(db.String(40), unique=True)
    password = db.Column(db.String(80))

    def get_user_id(self):
        return self.id


class Client(db.Model, OAuth2ClientMixin):
    __tablename__ = "oauth2_client"
    id = db.Column(db.Integer, primary_key=True)


class Code(db.Model, OAuth2AuthorizationCodeMixin):
    __tablename__ = "oauth2_code"
    id = db.Column(db.Integer, primary_key=True)
    user_id = db.Column(db.Integer, db.ForeignKey("user.id"))


class Token(db.Model, OAuth2TokenMixin):
    __tablename__ = "oauth2_token"
    id = db.Column(db.Integer, primary_key=True)
    user_id = db.Column(db.Integer, db.ForeignKey("user.id"))
    user = db.relationship("User")


class Jti(db.Model):
    jti = db.Column(db.String(200), primary_key=True)


class AuthorizationCodeGrant(grants.AuthorizationCodeGrant):
    TOKEN_ENDPOINT_AUTH_METHODS = METHODS

    def save_authorization_code(self, code, request):
        parameters = request.payload.data
        db.session.add(
            Code(
                code=code,
                client_id=request.client.client_id,
                redirect_uri=request.payload.redirect_uri,
                scope=request.payload.scope,
                user_id=request.user.id,
                code_challenge=parameters.get("code_challenge"),
                code_challenge_method=parameters.get("code_challenge_method"),
            )
        )
        db.session.commit()

    def query_authorization_code(self, code, client):
        found = Code.query.filter_by(code=code, client_id=client.client_id).first()
        return found if found and not found.is_expired() else None

    def delete_authorization_code(self, code):
        db.session.delete(code)
        db.session.commit()

    def authenticate_user(self, code):
        return db.session.get(User, code.user_id)


class PasswordGrant(grants.ResourceOwnerPasswordCredentialsGrant):
    TOKEN_ENDPOINT_AUTH_METHODS = METHODS

    def authenticate_user(self, username, password):
        return User.query.filter_by(username=username, password=password).first()


class RefreshTokenGrant(grants.RefreshTokenGrant):
    TOKEN_ENDPOINT_AUTH_METHODS = METHODS
    INCLUDE_NEW_REFRESH_TOKEN = True

    def authenticate_refresh_token(self, refresh_token):
        found = Token.query.filter_by(refresh_token=refresh_token).first()
        return found if found and not found.is_revoked() else None

    def authenticate_user(self, token):
        return db.session.get(User, token.user_id)

    def revoke_old_credential(self, token):
        token.access_token_revoked_at = token.refresh_token_revoked_at = int(time.time())
        db.session.commit()


class ClientCredentialsGrant(grants.ClientCredentialsGrant):
    TOKEN_ENDPOINT_AUTH_METHODS = [method for method in METHODS if method != "none"]


class PrivateKeyJwt(JWTBearerClientAssertion):
    CLIENT_AUTH_METHOD = "private_key_jwt"

    def validate_jti(self, claims, jti):
        db.session.add(Jti(jti=jti))
        try:
            db.session.commit()
        except IntegrityError:  # it was there, maybe since an instant ago
            db.session.rollback()
            return False
        return True

    def get_audiences(self):
        return [f"{ISSUER}/oauth/token", ISSUER]

    def resolve_client_public_key(self, client, headers=None):
        if not client.jwks:  # of a client with a secret, say
            return jwk.KeySet([])
        return jwk.KeySet.import_key_set(client.jwks)


class Introspection(IntrospectionEndpoint):
    def check_permission(self, token, client, request):
        return True

    def query_token(self, token, hint):
        return Token.query.filter((Token.access_token == token) | (Token.refresh_token == token)).first()

    def introspect_token(self, token):
        active = not token.is_expired() and not token.is_revoked()
        return {"active": active, "client_id": token.client_id, "scope": token.scope}


server = AuthorizationServer(
    app,
    query_client=create_query_client_func(db.session, Client),
    save_token=create_save_token_func(db.session, Token),
)
server.register_grant(AuthorizationCodeGrant, [CodeChallenge(required=True)])
server.register_grant(PasswordGrant)
server.register_grant(RefreshTokenGrant)
server.register_grant(ClientCredentialsGrant)
server.register_client_auth_method("private_key_jwt", PrivateKeyJwt())
server.register_endpoint(create_revocation_endpoint(db.session, Token))
server.register_endpoint(Introspection)


@app.route("/login", methods=["GET", "POST"])
def login():
    if request.method == "POST":
        user = User.query.filter_by(username=request.form["username"], password=request.form["password"]).first()
        if user:
            session["id"] = user.id
            return redirect(request.args["next"])
    return "<form method=post><input name=username><input type=password name=password><button>log in</button></form>"


@app.route("/oauth/authorize", methods=["GET", "POST"])
def authorize():
    user = db.session.get(User, session["id"]) if "id" in session else None
    if user is None:
        return redirect("/login?" + urllib.parse.urlencode({"next": request.full_path}))
    try:
        grant = server.get_consent_grant(end_user=user)
    except OAuth2Error as error:
        return jsonify(dict(error.get_body())), 400
    if request.method == "GET":
        return "<form method=post><button name=confirm value=yes>allow</button></form>"
    return server.create_authorization_response(grant=grant, grant_user=user)


@app.route("/oauth/token", methods=["POST"])
def token():
    return server.create_token_response()


@app.route("/oauth/revoke", methods=["POST"])
def revoke():
    return server.create_endpoint_response("revocation")


@app.route("/oauth/introspect", methods=["POST"])
def introspect():
    return server.create_endpoint_response("introspection")


def public_keys(client):
    """The client's JWK set; its private key is made on the first start."""
    file = RUN / f"{client['client_id']}.pem"
    if not file.exists():
        made = jwk.RSAKey.generate_key(2048) if client["alg"] == "RS256" else jwk.ECKey.generate_key("P-256")
        file.touch(mode=0o600)
        file.write_bytes(made.as_pem(private=True))
    kind = jwk.RSAKey if client["alg"] == "RS256" else jwk.ECKey
    key = kind.import_key(file.read_bytes(), {"kid": client["kid"], "use": "sig", "alg": client["alg"]})
    return {"keys": [key.as_dict(private=False)]}


def registered(client):
    """A client as Authlib stores it."""
    metadata = {
        "client_name": client["client_id"],
        "grant_types": [grant for grant in client["grants"] if grant in GRANTS],
        "redirect_uris": client["redirect_uris"],
        "response_types": ["code"],
        "scope": "read write",
        "token_endpoint_auth_method": client["auth"],
    }
    if client["auth"] == "private_key_jwt":
        metadata["jwks"] = public_keys(client)
    row = Client(
        client_id=client["client_id"],
        client_id_issued_at=int(time.time()),
        client_secret=client.get("secret", ""),
    )
    row.set_client_metadata(metadata)
    return row


def set_up():
    """Fills an empty database."""
    clients = json.loads(pathlib.Path(os.environ["PEER_CLIENTS"]).read_text())
    with app.app_context():
        db.create_all()
        db.session.add(User(id=1, username="alice", password="alice-password"))
        db.session.add_all(registered(client) for client in clients if client["auth"] in METHODS)
        db.session.commit()


if __name__ == "__main__":
    set_up()
