"""An S3 for tests: moto's, and what S3 does and moto does not.

Each signature is checked with botocore, AWS's own code that signs; writes happen one at a time, so that a condition is
looked at and the object replaced in one step. Each request is noted in a file, one line of JSON.

    s3_server.py LOG BUCKET KEY SECRET TOKEN REGION     says on standard output which port it listens on
"""

import datetime
import json
import os
import sys
import threading
import urllib.parse

log_path, bucket, key, secret, token, region = sys.argv[1:7]
os.environ.update(AWS_ACCESS_KEY_ID="x", AWS_SECRET_ACCESS_KEY="x", MOTO_S3_DEFAULT_MAX_KEYS="4")  # four keys a page

from botocore.auth import SIGV4_TIMESTAMP, S3SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import WSGIRequestHandler, make_server
from werkzeug.test import Client

moto = DomainDispatcherApplication(create_backend_app)
lock = threading.Lock()


def fault(environ):
    """Why S3 would not look at this request any further: a status and a code."""
    target = urllib.parse.urlsplit(environ["REQUEST_URI"])
    query = urllib.parse.parse_qsl(target.query, keep_blank_values=True)
    sent = dict(query)
    scope = sent.get("X-Amz-Credential", "").split("/")
    if len(scope) != 5:
        return 403, "AccessDenied", "no signature"
    if scope[0] != key:
        return 403, "InvalidAccessKeyId", "no such key"
    if scope[2] != region:
        return 400, "AuthorizationHeaderMalformed", f"the region is wrong</Message><Region>{region}</Region><Message>"
    if token and sent.get("X-Amz-Security-Token") != token:
        return 400, "InvalidToken", "the token is none"
    signed = datetime.datetime.strptime(sent["X-Amz-Date"], SIGV4_TIMESTAMP).replace(tzinfo=datetime.timezone.utc)
    age = (datetime.datetime.now(datetime.timezone.utc) - signed).total_seconds()
    if age > int(sent["X-Amz-Expires"]) or age < -900:
        return 403, "AccessDenied", "Request has expired"
    # Signed again from what arrived: only the headers that the signature names, and the query without the signature.
    headers = {name: environ.get("HTTP_" + name.upper().replace("-", "_"), "") for name in sent["X-Amz-SignedHeaders"].split(";")}
    for name in ("if-match", "if-none-match", "x-amz-date"):
        if name not in headers and "HTTP_" + name.upper().replace("-", "_") in environ:
            return 403, "AccessDenied", f"{name} is not signed"
    rest = [(name, value) for name, value in query if not name.startswith("X-Amz-")]
    url = f"http://{environ['HTTP_HOST']}{target.path}"
    if rest:
        url += "?" + urllib.parse.urlencode(rest, quote_via=urllib.parse.quote)
    request = AWSRequest(environ["REQUEST_METHOD"], url, headers)
    request.context["timestamp"] = sent["X-Amz-Date"]
    signer = S3SigV4QueryAuth(Credentials(key, secret, token or None), "s3", region, int(sent["X-Amz-Expires"]))
    signer._modify_request_before_signing(request)
    expected = signer.signature(signer.string_to_sign(request, signer.canonical_request(request)), request)
    if expected != sent.get("X-Amz-Signature"):
        return 403, "SignatureDoesNotMatch", "the signature is wrong"
    return None


def application(environ, start_response):
    with lock:
        refused = fault(environ)
        if refused:
            status, code, message = refused
            body = f"<?xml version='1.0'?><Error><Code>{code}</Code><Message>{message}</Message></Error>".encode()
            environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
            note(environ, status)
            start_response(f"{status} {code}", [("Content-Type", "application/xml"), ("Content-Length", str(len(body)))])
            return [body]

        def started(status, headers, *rest):
            note(environ, int(status.split()[0]))
            return start_response(status, headers, *rest)

        return list(moto(environ, started))


def note(environ, status):
    headers = {name[5:].lower().replace("_", "-"): value for name, value in environ.items() if name.startswith("HTTP_")}
    entry = {"method": environ["REQUEST_METHOD"], "target": environ["REQUEST_URI"], "headers": headers, "status": status}
    with open(log_path, "a") as log:
        log.write(json.dumps(entry) + "\n")


class Quiet(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"

    def log(self, *_):
        pass


made = Client(moto).put(f"/{bucket}", headers={"Host": "127.0.0.1"})
assert made.status_code == 200, made.data
server = make_server("127.0.0.1", 0, application, threaded=True, request_handler=Quiet)
print(server.server_port, flush=True)
server.serve_forever()
