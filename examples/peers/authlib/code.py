"""One authorization code from the Authlib server: its login form, then its consent form."""

import sys

FOLDER = __file__.rpartition("/")[0]
sys.path[0] = FOLDER + "/.."

import authorize  # noqa: E402


def drive(browser, query):
    endpoint = f"/oauth/authorize?{query}"
    browser.post("/login?next=/", {"username": "alice", "password": "alice-password"})
    return browser.post(endpoint, {"confirm": "yes"})


def error_in(page):
    import json

    try:
        return json.loads(page).get("error")
    except ValueError:
        return None


authorize.main(FOLDER, drive, error_in)
