"""A notebook with a web page and a small JSON API. Python's standard library and SQLite, nothing else.

    python3 app.py            serve on PORT (8080), data in NUA_DATA_DIR (./data)
    python3 app.py migrate    bring the database to the schema that this version needs
"""

import html
import json
import os
import pathlib
import signal
import sqlite3
import sys
import threading
import urllib.parse
from contextlib import closing
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

# MIGRATIONS[n] takes a database of schema n to schema n + 1. The number is SQLite's own user_version, and the same one that
# nua-config.toml declares as data-version. Never edit an entry that has been released: append the next.
MIGRATIONS = [
    """
    CREATE TABLE note (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        text TEXT NOT NULL,
        written TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%SZ', 'now'))
    );
    """,
]
SCHEMA = len(MIGRATIONS)
LONGEST_BODY = 64 * 1024
WRONG_DATA = 65  # exit status when the data has another schema than this version needs

PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Notes</title>
<style>
  body {{ font: 1rem/1.5 system-ui, sans-serif; max-width: 40rem; margin: 2rem auto; padding: 0 1rem }}
  li {{ margin: .5rem 0; white-space: pre-wrap }}
  li form {{ display: inline }}
  time {{ color: #666; font-size: .8rem }}
  textarea {{ width: 100%; box-sizing: border-box }}
</style>
<h1>Notes</h1>
<form method="post" action="/notes">
  <textarea name="text" rows="3" required aria-label="New note"></textarea>
  <button>Keep it</button>
</form>
<ul>{items}</ul>
</html>
"""

ITEM = """
<li>{text} <time>{written}</time>
<form method="post" action="/notes/{id}/delete"><button aria-label="Delete">&times;</button></form></li>"""


class Notebook:
    """The notes on disk. Every call opens its own connection, so threads never share one."""

    def __init__(self, folder):
        self.path = pathlib.Path(folder) / "notes.sqlite"

    def connect(self):
        connection = sqlite3.connect(self.path, timeout=5)
        connection.row_factory = sqlite3.Row
        # Also the removal of the journal is synced: without it a note that was confirmed can be gone after a power cut.
        connection.execute("PRAGMA synchronous = EXTRA")
        return connection

    def schema(self):
        with closing(self.connect()) as db:
            return db.execute("PRAGMA user_version").fetchone()[0]

    def migrate(self, found):
        """Step by step, each in a transaction with its number: killed at any moment, it goes on from there."""
        with closing(self.connect()) as db:
            for number in range(found, SCHEMA):
                db.executescript(f"BEGIN; {MIGRATIONS[number]} PRAGMA user_version = {number + 1}; COMMIT;")

    def all(self):
        with closing(self.connect()) as db:
            return [dict(row) for row in db.execute("SELECT id, text, written FROM note ORDER BY id DESC")]

    def one(self, number):
        with closing(self.connect()) as db:
            row = db.execute("SELECT id, text, written FROM note WHERE id = ?", (number,)).fetchone()
            return dict(row) if row else None

    def add(self, text):
        with closing(self.connect()) as db, db:
            return db.execute("INSERT INTO note (text) VALUES (?)", (text,)).lastrowid

    def change(self, number, text):
        with closing(self.connect()) as db, db:
            return db.execute("UPDATE note SET text = ? WHERE id = ?", (text, number)).rowcount == 1

    def delete(self, number):
        with closing(self.connect()) as db, db:
            return db.execute("DELETE FROM note WHERE id = ?", (number,)).rowcount == 1


class Refused(Exception):
    """A request that is answered with an error status."""

    def __init__(self, status, message):
        super().__init__(message)
        self.status = status


class Handler(BaseHTTPRequestHandler):
    server_version = "notes"
    protocol_version = "HTTP/1.1"
    timeout = 30
    notebook = None

    def do_GET(self):
        match self.parts():
            case []:
                self.send_page()
            case ["health"]:
                self.notebook.schema()
                self.send_json({"status": "ok"})
            case ["api", "notes"]:
                self.send_json(self.notebook.all())
            case ["api", "notes", number]:
                self.send_json(self.found(self.notebook.one(self.number(number))))
            case _:
                raise Refused(HTTPStatus.NOT_FOUND, "there is nothing at this address")

    def do_POST(self):
        match self.parts():
            case ["notes"]:
                fields = urllib.parse.parse_qs(self.body().decode("utf-8", "replace"))
                self.notebook.add(self.text(fields.get("text", [""])[0]))
                self.send_redirect("/")
            case ["notes", number, "delete"]:
                self.body()
                self.notebook.delete(self.number(number))
                self.send_redirect("/")
            case ["api", "notes"]:
                number = self.notebook.add(self.json_text())
                self.send_json(self.notebook.one(number), HTTPStatus.CREATED)
            case _:
                raise Refused(HTTPStatus.NOT_FOUND, "there is nothing at this address")

    def do_PUT(self):
        match self.parts():
            case ["api", "notes", number]:
                number = self.number(number)
                self.found(self.notebook.change(number, self.json_text()))
                self.send_json(self.notebook.one(number))
            case _:
                raise Refused(HTTPStatus.NOT_FOUND, "there is nothing at this address")

    def do_DELETE(self):
        match self.parts():
            case ["api", "notes", number]:
                self.found(self.notebook.delete(self.number(number)))
                self.send_json({"deleted": self.number(number)})
            case _:
                raise Refused(HTTPStatus.NOT_FOUND, "there is nothing at this address")

    def handle_one_request(self):
        """Turns what goes wrong in a request into an answer instead of a closed connection."""
        try:
            super().handle_one_request()
        except Refused as refused:
            # The body may not have been read: whatever follows on this connection would be taken for the next request.
            self.close_connection = True
            self.send_json({"error": str(refused)}, refused.status)
        except sqlite3.Error as error:
            self.close_connection = True
            self.log_error("database: %s", error)
            self.send_json({"error": "the notes cannot be read or written"}, HTTPStatus.SERVICE_UNAVAILABLE)

    def parts(self):
        return [part for part in urllib.parse.urlsplit(self.path).path.split("/") if part]

    def number(self, text):
        if not (text.isascii() and text.isdigit() and len(text) < 16):
            raise Refused(HTTPStatus.NOT_FOUND, "a note is named by its number")
        return int(text)

    def found(self, result):
        if not result:
            raise Refused(HTTPStatus.NOT_FOUND, "there is no note of that number")
        return result

    def body(self):
        length = self.headers.get("Content-Length", "")
        if not length.isdigit():
            raise Refused(HTTPStatus.LENGTH_REQUIRED, "Content-Length is missing")
        if int(length) > LONGEST_BODY:
            raise Refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"a request may have {LONGEST_BODY} bytes")
        return self.rfile.read(int(length))

    def json_text(self):
        try:
            value = json.loads(self.body())
        except ValueError:
            raise Refused(HTTPStatus.BAD_REQUEST, "the body is not JSON") from None
        if not isinstance(value, dict) or not isinstance(value.get("text"), str):
            raise Refused(HTTPStatus.BAD_REQUEST, 'the body must be {"text": "…"}')
        return self.text(value["text"])

    def text(self, value):
        if not value.strip():
            raise Refused(HTTPStatus.BAD_REQUEST, "a note needs some text")
        return value.strip()

    def send_page(self):
        items = "".join(
            ITEM.format(id=note["id"], text=html.escape(note["text"]), written=note["written"])
            for note in self.notebook.all()
        )
        self.send(HTTPStatus.OK, "text/html; charset=utf-8", PAGE.format(items=items).encode())

    def send_json(self, value, status=HTTPStatus.OK):
        self.send(status, "application/json", json.dumps(value, ensure_ascii=False).encode() + b"\n")

    def send_redirect(self, where):
        self.send(HTTPStatus.SEE_OTHER, "text/plain", b"", {"Location": where})

    def send(self, status, kind, body, headers=()):
        self.send_response(status)
        for name, value in dict(headers).items():
            self.send_header(name, value)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("X-Content-Type-Options", "nosniff")
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format, *args):
        # Health probes every few seconds would bury everything else.
        if getattr(self, "path", "") != "/health":
            print(f"{self.client_address[0]} {format % args}", flush=True)


def serve(notebook, port):
    Handler.notebook = notebook
    server = ThreadingHTTPServer(("", port), Handler)
    server.daemon_threads = True

    def stop(*_):
        # shutdown() waits for the loop that this thread is running: it must be called from another.
        threading.Thread(target=server.shutdown).start()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    print(f"notes: {notebook.path}, schema {SCHEMA}, listening on port {port}", flush=True)
    server.serve_forever()
    server.server_close()
    print("notes: stopped", flush=True)


def main(arguments):
    if arguments not in ([], ["migrate"]):
        print(__doc__, file=sys.stderr)
        return 64
    folder = os.environ.get("NUA_DATA_DIR", "data")
    os.makedirs(folder, exist_ok=True)
    notebook = Notebook(folder)
    found = notebook.schema()
    if found > SCHEMA:
        print(f"notes: the data has schema {found}, this version knows up to {SCHEMA}", file=sys.stderr)
        return WRONG_DATA
    if arguments == ["migrate"] or found == 0:
        notebook.migrate(found)
        print(f"notes: schema {found} -> {SCHEMA}", flush=True)
    elif found < SCHEMA:
        print(f"notes: the data has schema {found}, this version needs {SCHEMA}: run 'app.py migrate'", file=sys.stderr)
        return WRONG_DATA
    if not arguments:
        serve(notebook, int(os.environ.get("PORT", "8080")))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
