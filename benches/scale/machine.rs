//! What the figures were measured on.

use std::fs;
use std::path::Path;

/// The machine in one line, as far as the system tells.
pub(crate) fn describe(dir: &Path) -> String {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let cpu = found("/proc/cpuinfo", "model name").unwrap_or_else(|| std::env::consts::ARCH.to_owned());
    let memory = found("/proc/meminfo", "MemTotal").and_then(|size| size.strip_suffix(" kB")?.parse::<u64>().ok());
    let memory = memory.map_or_else(String::new, |kilobytes| format!("{} GB of memory, ", kilobytes / 1_000_000));
    let kernel = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    let system = filesystem(dir).unwrap_or_else(|| "unknown".to_owned());
    format!("{cores} cores ({cpu}), {memory}{} {}, {system}", std::env::consts::OS, kernel.trim())
}

/// What a file says after the first `key :`.
fn found(path: &str, key: &str) -> Option<String> {
    let text = fs::read_to_string(path).ok()?;
    let line = text.lines().find(|line| line.starts_with(key))?;
    Some(line.split_once(':')?.1.trim().to_owned())
}

/// The file system of a folder, and what it lies on.
fn filesystem(dir: &Path) -> Option<String> {
    let dir = dir.canonicalize().ok()?;
    let mounts = fs::read_to_string("/proc/mounts").ok()?;
    let fields = mounts.lines().map(|line| line.split(' ').collect::<Vec<_>>());
    let holding = fields.filter(|mount| mount.len() > 2 && dir.starts_with(mount[1]));
    holding.max_by_key(|mount| mount[1].len()).map(|mount| format!("{} on {}", mount[2], mount[0]))
}
