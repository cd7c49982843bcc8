# Aliases only; what they run is documented in README.md and .ci/run.

# everything that CI does
ci *STAGES:
    .ci/run {{STAGES}}

test:
    .ci/run tests

lint:
    .ci/run fmt clippy docs deny

run *ARGS:
    cargo run --release -p tokenspec -- {{ARGS}}

# start, stop or code of an example server: just peer oidc-provider start 9301
peer NAME *ARGS:
    examples/peers/{{NAME}}/{{ARGS}}
