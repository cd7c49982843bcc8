"""One authorization code from the @node-oauth/oauth2-server peer: its one form logs in and consents."""

import sys

FOLDER = __file__.rpartition("/")[0]
sys.path[0] = FOLDER + "/.."

import authorize  # noqa: E402


def drive(browser, query):
    if "&state=" not in query:  # this server insists on one
        query += "&state=none"
    return browser.post(f"/authorize?{query}", {"username": "alice", "password": "alice-password"})


def error_in(page):
    import json

    try:
        return json.loads(page).get("error")
    except ValueError:
        return None


authorize.main(FOLDER, drive, error_in)
