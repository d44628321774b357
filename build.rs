//! Names the build: the index of the decks that a program made is good for that program alone.

#[path = "src/fnv.rs"]
mod fnv;

use fnv::Fnv;
use std::path::Path;
use std::process::Command;
use std::{env, fs, io};

/// What decides how a deck is read: the decks and the sources, the versions of all crates, and the compiler.
const PARTS: [&str; 4] = ["decks", "src", "Cargo.lock", "build.rs"];

fn main() -> io::Result<()> {
    let mut hash = Fnv::new();
    for part in PARTS {
        println!("cargo::rerun-if-changed={part}");
        add(Path::new(part), &mut hash)?;
    }
    let compiler = env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    hash.add(&Command::new(compiler).arg("-vV").output()?.stdout);
    println!("cargo::rustc-env=SYSDRILL_BUILD={:016x}", hash.value());
    Ok(())
}

fn add(path: &Path, hash: &mut Fnv) -> io::Result<()> {
    if !path.is_dir() {
        hash.add(path.to_string_lossy().as_bytes());
        hash.add(&fs::read(path)?);
        return Ok(());
    }
    let mut paths = fs::read_dir(path)?.map(|entry| entry.map(|e| e.path())).collect::<io::Result<Vec<_>>>()?;
    paths.sort();
    paths.iter().try_for_each(|path| add(path, hash))
}
