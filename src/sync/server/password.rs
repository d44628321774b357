//! The password: from the environment or `.pgpass`, by the rules of PostgreSQL's own programs. It is kept nowhere.

use super::address::{Address, Host};
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

/// Finds the password: `PGPASSWORD`, or a line of the file that `PGPASSFILE` names, which is `~/.pgpass` by itself.
///
/// # Errors
/// The file cannot be read, or others can read it too: then nothing is taken from it, and why is said.
pub fn find(address: &Address, variable: &dyn Fn(&str) -> Option<OsString>) -> Result<Option<String>, String> {
    let set = |name| variable(name).filter(|value| !value.is_empty());
    if let Some(password) = set("PGPASSWORD") {
        return password.into_string().map(Some).map_err(|_| "PGPASSWORD is no UTF-8".to_owned());
    }
    let of_home = || {
        if cfg!(windows) {
            set("APPDATA").map(|folder| PathBuf::from(folder).join("postgresql").join("pgpass.conf"))
        } else {
            set("HOME").map(|home| PathBuf::from(home).join(".pgpass"))
        }
    };
    let Some(path) = set("PGPASSFILE").map(PathBuf::from).or_else(of_home) else { return Ok(None) };
    if !path.is_file() {
        return Ok(None);
    }
    if is_open_to_others(&path) {
        return Err(format!("others can read {0} too, so nothing is taken from it: chmod 600 {0}", path.display()));
    }
    let text = fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    Ok(in_file(&text, address))
}

#[cfg(unix)]
fn is_open_to_others(path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    fs::metadata(path).is_ok_and(|found| found.mode() & 0o077 != 0)
}

#[cfg(not(unix))]
fn is_open_to_others(_: &Path) -> bool {
    false
}

/// The password of the first line `host:port:database:user:password` that fits; `*` fits all.
fn in_file(text: &str, address: &Address) -> Option<String> {
    let is_socket = matches!(address.host, Host::Socket(_));
    let (name, port) = (address.host_name(), address.port.to_string());
    text.lines().filter(|line| !line.starts_with('#')).find_map(|line| {
        let [host, of_port, database, user, password] = <[String; 5]>::try_from(fields(line)).ok()?;
        let fits = |field: &str, value: &str| field == "*" || field == value;
        let fits_host = fits(&host, &name) || (is_socket && host == "localhost");
        let fits_all = fits_host && fits(&of_port, &port) && fits(&database, &address.database);
        (fits_all && fits(&user, &address.user)).then_some(password)
    })
}

/// The five fields of a line; a backslash takes the sense out of what follows it.
fn fields(line: &str) -> Vec<String> {
    let mut fields = vec![String::new()];
    let mut chars = line.chars();
    while let Some(c) = chars.next() {
        let taken = match c {
            ':' if fields.len() < 5 => {
                fields.push(String::new());
                continue;
            }
            '\\' => chars.next().unwrap_or('\\'),
            c => c,
        };
        fields.last_mut().expect("there is one from the start").push(taken);
    }
    fields
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_the_file_is_found_as_other_programs_find_it() {
        let text = "# host:port:database:user:password\n\
                    db:5432:class:bob:first\n\
                    db:*:class:ada:a\\:b\\\\c\n\
                    localhost:*:*:*:socket\n\
                    short:line\n\
                    *:*:*:eve:of:colons\n";
        for (url, password) in [
            ("postgres://bob@db/class", Some("first")),
            ("postgres://bob@db:1/class", None),
            ("postgres://ada@db:1/class", Some("a:b\\c")),
            ("postgres://eve@anywhere/x", Some("of:colons")),
            ("postgres://bob@/x?host=/run/pg", Some("socket")),
            ("postgres://bob@other/class", None),
        ] {
            let address = Address::parse(url, &|_| None).unwrap();
            assert_eq!(in_file(text, &address).as_deref(), password, "{url}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_file_that_others_can_read_gives_nothing() {
        use std::os::unix::fs::PermissionsExt;
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join(".pgpass");
        fs::write(&path, "*:*:*:*:s3cret\n").unwrap();
        let address = Address::parse("postgres://bob@db/class", &|_| None).unwrap();
        let home = |name: &str| (name == "HOME").then(|| dir.path().as_os_str().to_owned());
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        let said = find(&address, &home).unwrap_err();
        assert!(said.contains("chmod 600") && !said.contains("s3cret"), "{said}");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        assert_eq!(find(&address, &home), Ok(Some("s3cret".to_owned())));
        let both = |name: &str| if name == "PGPASSWORD" { Some("env".into()) } else { home(name) };
        assert_eq!(find(&address, &both), Ok(Some("env".to_owned())));
    }
}
