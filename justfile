# Shortcuts; each is one command that can be typed as well.

# The one gate: format, lints, docs, dependencies, a short fuzz, tests.
check:
    .ci/run

# The tests alone.
test *args:
    cargo test {{args}}

# A longer run of kills and races.
kills n="1000":
    SYSDRILL_KILLS={{n}} cargo test --test it -- crash one_file

# Mutated input for one parser: expression, reply, deck, import or salvage.
fuzz target n="1000000":
    cargo run --release --example fuzz -- {{target}} {{n}}

# How long a start, an answer and the rest take on a large log.
bench:
    cargo bench --bench scale
