#!/usr/bin/env python3
"""How fast tokenspec is, as ratios and rates of one run on one machine.

    cargo build --release -p tokenspec
    benches/speed.py embedded
    benches/speed.py oidc-provider          # starts the example peer on port 9391

embedded       all suites against the embedded server: seconds, variants/s (wanted: under 10 s on two cores); seconds with a JSON report.
oidc-provider  variants/s of what needs no authorization code (wanted: at least 100), and for what needs codes the
               time of the run against the time that fetching as many codes takes by itself (wanted: at most 1.2).
"""
import json, os, re, subprocess, sys, tempfile, time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
BINARY = os.environ.get("TOKENSPEC", os.path.join(os.environ.get("CARGO_TARGET_DIR", os.path.join(ROOT, "target")), "release", "tokenspec"))
PEER = os.path.join(ROOT, "examples", "peers", "oidc-provider")
PORT = "9391"


def run(arguments):
    """Runs tokenspec; returns seconds and the JSON report."""
    with tempfile.TemporaryDirectory() as folder:
        report = os.path.join(folder, "report.json")
        start = time.monotonic()
        ended = subprocess.run([BINARY, "run", *arguments, "--report", "json=" + report], stdout=subprocess.DEVNULL,
                               stderr=subprocess.PIPE, check=False)
        seconds = time.monotonic() - start
        if not os.path.exists(report):
            sys.exit(ended.stderr.decode())
        with open(report, encoding="utf-8") as text:
            return seconds, json.load(text)


def judged(report):
    return sum(result["verdict"] != "skipped" for result in report["results"])


def codes(report):
    """How many different codes the run fetched, by the numbers that redaction gave them."""
    seen = set()
    for result in report["results"]:
        for exchange in result["exchanges"]:
            sent = exchange.get("sent")
            text = sent if isinstance(sent, str) else (sent or {}).get("text", "")
            seen.update(re.findall(r"‹code#(\d+) ", text))
    return len(seen)


def embedded():
    start = time.monotonic()
    subprocess.run([BINARY, "run"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
    seconds = time.monotonic() - start
    with_report, report = run([])
    count = judged(report)
    print(f"embedded: {seconds:.1f} s for {count} variants, {count / seconds:.0f} variants/s; "
          f"{with_report:.1f} s with every exchange in a JSON report")


def only(target, grants):
    """The target file with these grants, and without the clients that have none of them."""
    def of_grants(found):
        return "grants: [%s]" % ", ".join(grant for grant in re.findall(r"\w+", found.group(1)) if grant in grants)

    def of_scopes(found):
        scopes = re.findall(r"\w+: \[[^\]]*\]", found.group(1))
        return "scopes: {%s}" % ", ".join(scope for scope in scopes if scope.split(":")[0] in grants)

    target = re.sub(r"grants: \[([^\]]*)\]", of_grants, target)
    target = re.sub(r"scopes: \{(.*?)\}", of_scopes, target, flags=re.DOTALL)
    return re.sub(r"^  \w+:\n(?:    .*\n|      .*\n)*?    grants: \[\]\n(?:    .*\n)*", "", target, flags=re.MULTILINE)


def oidc_provider():
    subprocess.run([os.path.join(PEER, "start"), PORT], check=True, stdout=subprocess.DEVNULL)
    try:
        with open(os.path.join(ROOT, "examples", "targets", "oidc-provider.yaml"), encoding="utf-8") as text:
            target = text.read().replace("9301", PORT)
        for name, grants in (("no-codes", ["client_credentials"]), ("codes", ["authorization_code", "refresh_token"])):
            changed = only(target, grants)
            path = os.path.join(ROOT, "examples", "targets", f".speed-{name}.yaml")
            with open(path, "w", encoding="utf-8") as text:
                text.write(changed)
            try:
                seconds, report = run([path])
            finally:
                os.remove(path)
            count = judged(report)
            if name == "no-codes":
                print(f"oidc-provider, no code needed: {count} variants in {seconds:.1f} s, {count / seconds:.0f} variants/s")
            else:
                fetched = codes(report)
                start = time.monotonic()
                subprocess.run(["xargs", "-P8", "-I{}", "sh", "-c", os.path.join(PEER, "code") + " --client c-basic >/dev/null"],
                               input="\n".join("x" * 1 for _ in range(fetched)), text=True, check=False)
                alone = time.monotonic() - start
                print(f"oidc-provider, codes needed: {count} variants in {seconds:.1f} s; {fetched} codes alone take "
                      f"{alone:.1f} s; ratio {seconds / alone:.2f}")
    finally:
        subprocess.run([os.path.join(PEER, "stop")], check=False, stdout=subprocess.DEVNULL)


if __name__ == "__main__":
    {"embedded": embedded, "oidc-provider": oidc_provider}[sys.argv[1] if len(sys.argv) > 1 else "embedded"]()
