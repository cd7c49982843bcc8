"""One authorization code from oidc-provider, through its own login and consent."""

import sys

FOLDER = __file__.rpartition("/")[0]
sys.path[0] = FOLDER + "/.."

import authorize  # noqa: E402


def drive(browser, query):
    # A session of its own for every code: codes of one session share a grant, and oidc-provider
    # revokes a grant as a whole when one of its codes comes twice.
    answer = browser.get(f"/auth?{query}&prompt=consent")  # without consent, no offline_access
    for form in ({"prompt": "login", "login": "alice", "password": "any"}, {"prompt": "consent"}):
        if answer.location is None or not answer.location.startswith("/interaction/"):
            break
        resume = browser.post(answer.location, form)
        if resume.location is None:
            return resume
        answer = browser.get(resume.location)
    return answer


def error_in(page):
    return page.partition("<strong>error</strong>: ")[2].partition("<")[0] or None


authorize.main(FOLDER, drive, error_in)
