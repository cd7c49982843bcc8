#!/usr/bin/env python3
"""How fast `tokenspec fuzz` is, against wrk on the same server in the same run.

    cargo build --release -p tokenspec
    apt-get install wrk
    benches/fuzz.py [SECONDS]

Starts the reference server as a process of its own, without the clients that need asymmetric signatures or certificates, and sends to
it in turns: wrk, one fixed valid request over and over; the fuzzer, whatever it draws. Both have 64 connections, wrk 2 threads. Prints
the ratio of the requests a second (wanted: 0.8), and exits with 1 below 0.5.
"""
import base64, os, re, signal, subprocess, sys, tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
BINARY = os.environ.get("TOKENSPEC", os.path.join(os.environ.get("CARGO_TARGET_DIR", os.path.join(ROOT, "target")), "release", "tokenspec"))
CONNECTIONS = 64
FLOOR = 0.5


def without_assertions(grants):
    """The grants for which nobody signs anything."""
    return [grant for grant in grants.split(", ") if grant.strip('"') not in ("jwt_bearer", "saml2_bearer", "token_exchange", "")]


def symmetric(target):
    """The target file without clients that have a key or a certificate, and without assertions of others."""
    head, clients = target.split("\nclients:\n", 1)
    entries = re.match(r"(?:  .*\n)*", clients).group(0)
    rest = clients[len(entries):]
    kept = [entry for entry in re.findall(r'  "[^"]+":\n(?:    .*\n)*', entries)
            if not re.search(r"auth: (private_key_jwt|saml2_client_auth|\w*tls_client_auth)", entry)]
    kept = [re.sub(r"grants: \[(.*)\]", lambda grants: f"grants: [{', '.join(without_assertions(grants[1]))}]", entry) for entry in kept]
    return head + "\nclients:\n" + "".join(kept) + rest


def wrk(endpoint, secret, seconds, folder):
    script = os.path.join(folder, "request.lua")
    credentials = base64.b64encode(f"machine:{secret}".encode()).decode()
    with open(script, "w", encoding="utf-8") as text:
        text.write('wrk.method = "POST"\n'
                   'wrk.body = "grant_type=client_credentials&scope=read"\n'
                   'wrk.headers["Content-Type"] = "application/x-www-form-urlencoded"\n'
                   f'wrk.headers["Authorization"] = "Basic {credentials}"\n')
    ended = subprocess.run(["wrk", "-t2", f"-c{CONNECTIONS}", f"-d{seconds}s", "-s", script, endpoint],
                           capture_output=True, text=True, check=True)
    if "Non-2xx" in ended.stdout:
        sys.exit("wrk was refused: " + ended.stdout)
    return float(re.search(r"Requests/sec: *([0-9.]+)", ended.stdout).group(1))


def fuzz(target, seconds, seed):
    ended = subprocess.run([BINARY, "fuzz", target, "--time", f"{seconds}s", "--jobs", str(CONNECTIONS), "--seed", str(seed)],
                           capture_output=True, text=True, check=False)
    line = re.search(r": (\d+) requests, (\d+)/s, .* (\d+) findings", ended.stdout)
    if ended.returncode != 0 or not line:
        sys.exit(ended.stdout + ended.stderr)
    return float(line.group(2))


def main():
    seconds = int(sys.argv[1]) if len(sys.argv) > 1 else 10
    with tempfile.TemporaryDirectory() as folder:
        target = os.path.join(folder, "target.yaml")
        server = subprocess.Popen([BINARY, "serve", "--log", "off", "--write-target", target], stdout=subprocess.PIPE, text=True)
        try:
            endpoint = server.stdout.readline().strip()
            with open(target, encoding="utf-8") as text:
                whole = text.read()
            secret = re.search(r'  "machine":\n(?:    .*\n)*?    secret: "([^"]+)"', whole).group(1)
            with open(target, "w", encoding="utf-8") as text:
                text.write(symmetric(whole))
            rates = [(wrk(endpoint, secret, seconds, folder), fuzz(target, seconds, seed)) for seed in (1, 2, 3)]
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait()
    for fixed, drawn in rates:
        print(f"wrk {fixed:.0f}/s, tokenspec fuzz {drawn:.0f}/s, ratio {drawn / fixed:.2f}")
    ratio = sorted(drawn / fixed for fixed, drawn in rates)[1]
    print(f"the middle one: {ratio:.2f} (floor {FLOOR}, wanted 0.8)")
    return 0 if ratio >= FLOOR else 1


if __name__ == "__main__":
    sys.exit(main())
