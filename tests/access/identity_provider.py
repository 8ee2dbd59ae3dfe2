"""A small OpenID Connect provider over 127.0.0.1 that speaks the real protocol: discovery, authorization with a
one-time code, token endpoint that checks client, code, address and PKCE, signed id tokens, userinfo, keys."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

CLIENT, SECRET = "turnout-client", "turnout-secret"


class IdentityProvider:
    """Whoever comes to `authorize` is `subject`, who has signed in there and agrees. `asked` is what was asked for."""

    def __init__(self) -> None:
        self.subject = "staff-1"
        self.codes: dict[str, dict[str, str]] = {}
        self.tokens: dict[str, str] = {}
        self.asked: list[str] = []
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self.issuer = f"http://127.0.0.1:{self.server.server_address[1]}"

    def claims(self) -> dict[str, Any]:
        return {"sub": self.subject, "name": "欧阳测试", "email": "ouyang@example.org", "phone_number": "13800138899"}

    def discovery(self) -> dict[str, Any]:
        paths = ("authorization", "token", "userinfo")
        return {
            "issuer": self.issuer, "jwks_uri": f"{self.issuer}/jwks", "response_types_supported": ["code"],
            "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
            "id_token_signing_alg_values_supported": ["RS256"], "subject_types_supported": ["public"],
            **{f"{path}_endpoint": f"{self.issuer}/{path}" for path in paths},
        }  # fmt: skip

    def jwks(self) -> dict[str, Any]:
        public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(self.key.public_key()))
        return {"keys": [public | {"kid": "1", "alg": "RS256", "use": "sig"}]}

    def authorize(self, query: dict[str, str]) -> str:
        """Return where the browser is sent: back, with a code that is good once."""
        assert (query["response_type"], query["client_id"]) == ("code", CLIENT)
        code = secrets.token_urlsafe(16)
        self.codes[code] = query
        return f"{query['redirect_uri']}?{urlencode({'code': code, 'state': query['state']})}"

    def token(self, form: dict[str, str], authorization: str) -> dict[str, Any] | None:
        given = base64.b64decode(authorization.removeprefix("Basic ")).decode() if authorization else ""
        client = given or f"{form.get('client_id')}:{form.get('client_secret')}"
        query = self.codes.pop(form.get("code", ""), None)
        if query is None or client != f"{CLIENT}:{SECRET}" or form["redirect_uri"] != query["redirect_uri"]:
            return None
        if challenge := query.get("code_challenge"):
            digest = hashlib.sha256(form["code_verifier"].encode()).digest()
            if base64.urlsafe_b64encode(digest).decode().rstrip("=") != challenge:
                return None
        token, now = secrets.token_urlsafe(16), int(time.time())
        self.tokens[token] = self.subject
        claims = self.claims() | {"iss": self.issuer, "aud": CLIENT, "iat": now, "exp": now + 300}
        if "nonce" in query:
            claims["nonce"] = query["nonce"]
        signed = jwt.encode(claims, self.key, algorithm="RS256", headers={"kid": "1"})
        return {"access_token": token, "token_type": "Bearer", "expires_in": 300, "id_token": signed}


@contextmanager
def running() -> Iterator[IdentityProvider]:
    provider = IdentityProvider()
    thread = threading.Thread(target=provider.server.serve_forever, daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        provider.server.shutdown()
        provider.server.server_close()
        thread.join(10)


def _handler(provider: IdentityProvider) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            address = urlsplit(self.path)
            provider.asked.append(address.path)
            query = {name: values[0] for name, values in parse_qs(address.query).items()}
            if address.path == "/.well-known/openid-configuration":
                self._json(provider.discovery())
            elif address.path == "/jwks":
                self._json(provider.jwks())
            elif address.path == "/authorization":
                self.send_response(302)
                self.send_header("Location", provider.authorize(query))
                self.end_headers()
            elif address.path == "/userinfo":
                token = self.headers.get("Authorization", "").removeprefix("Bearer ")
                self._json(provider.claims() if token in provider.tokens else None, 401)
            else:
                self._json(None, 404)

        def do_POST(self) -> None:
            provider.asked.append(self.path)
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            form = {name: values[0] for name, values in parse_qs(body).items()}
            self._json(provider.token(form, self.headers.get("Authorization", "")), 400)

        def _json(self, content: dict[str, Any] | None, otherwise: int = 400) -> None:
            body = json.dumps(content or {"error": "invalid_request"}).encode()
            self.send_response(200 if content else otherwise)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            pass

    return Handler
