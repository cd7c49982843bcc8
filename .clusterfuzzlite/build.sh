#!/bin/bash -eu
# Builds every target with the toolchain of the image, and packs its corpus and dictionary beside it.
cd "$SRC/tokenspec/fuzz"
cargo fuzz build -O --debug-assertions
for target in $(cargo fuzz list); do
  cp "target/x86_64-unknown-linux-gnu/release/$target" "$OUT/"
  cp "dictionaries/$target.dict" "$OUT/"
  folders=("corpus/$target")
  [ ! -d "regressions/$target" ] || folders+=("regressions/$target")
  find "${folders[@]}" -type f -print0 | sort -z | xargs -0 zip -q -j "$OUT/${target}_seed_corpus.zip"
  printf '[libfuzzer]\nmax_len = 4096\ntimeout = 10\n' > "$OUT/$target.options"
done
