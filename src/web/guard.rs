//! Who may come in: pure functions over the values of a request's headers.
//!
//! The addresses are checked before all else, for a name that somebody else owns may be made to lead here (DNS rebinding); then the
//! cookie; then, where something would change, that one of our own pages asked for it.

use super::devices::Secret;

/// Why a request is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    /// It is addressed to another host.
    Misdirected,
    /// It has no cookie of a device, or another page than ours sent it.
    Forbidden,
}

impl Refused {
    /// The status that it is answered with.
    pub fn status(self) -> u16 {
        match self {
            Self::Misdirected => 421,
            Self::Forbidden => 403,
        }
    }
}

/// The headers of a request that decide; a header that came several times has several values.
#[derive(Debug, Clone, Copy, Default)]
pub struct Headers<'a> {
    /// The host in the request's first line, where it names one.
    pub authority: Option<&'a str>,
    /// `Host`.
    pub host: &'a [&'a str],
    /// `Origin`.
    pub origin: &'a [&'a str],
    /// `Sec-Fetch-Site`.
    pub fetch_site: &'a [&'a str],
    /// `Cookie`.
    pub cookie: &'a [&'a str],
}

/// The addresses that are served, as `Host` names them.
#[derive(Debug, Clone)]
pub struct Served {
    hosts: Vec<String>,
}

impl Served {
    /// These names and addresses, on this port.
    pub fn new(names: &[String], port: u16) -> Self {
        Self { hosts: names.iter().map(|name| format!("{name}:{port}")).collect() }
    }

    /// Whether a host with its port is one of them. Its case says nothing, nor does the dot at the end of a whole name.
    fn has(&self, host: &str) -> bool {
        // Without a port it is that of the scheme.
        let after_address = host.rsplit_once(']').map_or(host, |(_, rest)| rest);
        let (name, port) = match after_address.rsplit_once(':') {
            Some((_, port)) => (&host[..host.len() - port.len() - 1], port),
            None => (host, "80"),
        };
        let name = name.strip_suffix('.').unwrap_or(name).to_ascii_lowercase();
        let host = format!("{name}:{port}");
        self.hosts.contains(&host)
    }

    /// A request must be addressed to us, and say so once.
    ///
    /// # Errors
    /// It is not.
    pub fn check_host(&self, headers: Headers) -> Result<(), Refused> {
        match headers.host {
            [host] if self.has(host) && headers.authority.is_none_or(|authority| self.has(authority)) => Ok(()),
            _ => Err(Refused::Misdirected),
        }
    }

    /// What changes something must come from a page of ours: a browser says so in `Sec-Fetch-Site` or in `Origin`, and neither may say
    /// otherwise. Whoever says nothing of it is no browser, or a very old one.
    ///
    /// # Errors
    /// Another page sent it, or none that is known.
    pub fn check_sender(&self, headers: Headers) -> Result<(), Refused> {
        let is_from_here = match headers.fetch_site {
            [] => None,
            ["same-origin"] => Some(true),
            _ => Some(false),
        };
        let is_our_origin = match headers.origin {
            [] => None,
            // A page that tells nobody where it comes from.
            ["null"] => is_from_here,
            [origin] => Some(origin.strip_prefix("http://").is_some_and(|host| {
                self.has(host) && headers.host.first().is_some_and(|own| own.eq_ignore_ascii_case(host))
            })),
            _ => Some(false),
        };
        let said = [is_from_here, is_our_origin];
        let is_ours = said.contains(&Some(true)) && !said.contains(&Some(false));
        if is_ours { Ok(()) } else { Err(Refused::Forbidden) }
    }
}

/// The secret in the cookie of this name. Two of them are none: somebody put one before ours.
pub fn cookie(headers: Headers, name: &str) -> Option<Secret> {
    let pairs = headers.cookie.iter().flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    let mut values = pairs.filter(|(own, _)| *own == name).map(|(_, value)| value);
    let value = values.next()?;
    if values.next().is_some() { None } else { Secret::parse(value) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PORT: u16 = 8377;

    fn local() -> Served {
        Served::new(&["127.0.0.1".to_owned(), "localhost".to_owned()], PORT)
    }

    #[test]
    fn only_what_is_served_is_a_host() {
        let lan = Served::new(&["192.168.1.5".to_owned()], PORT);
        let six = Served::new(&["[fe80::1]".to_owned()], PORT);
        let eighty = Served::new(&["127.0.0.1".to_owned()], 80);
        for (served, host, is_ours) in [
            (&local(), "127.0.0.1:8377", true),
            (&local(), "localhost:8377", true),
            (&local(), "LocalHost:8377", true),
            (&local(), "localhost.:8377", true),
            (&local(), "localhost", false),
            (&local(), "localhost:80", false),
            (&local(), "localhost:", false),
            (&local(), "localhost..:8377", false),
            (&local(), "evil.example:8377", false),
            (&local(), "127.0.0.1.evil.example:8377", false),
            (&local(), "localhost:8377.evil.example", false),
            (&local(), "evil.example@127.0.0.1:8377", false),
            (&local(), "127.0.0.1:8377, evil.example", false),
            (&local(), "127.0.0.2:8377", false),
            (&local(), "127.1:8377", false),
            (&local(), "2130706433:8377", false),
            (&local(), "[::1]:8377", false),
            (&local(), "192.168.1.5:8377", false),
            (&local(), "", false),
            (&local(), ":8377", false),
            (&lan, "192.168.1.5:8377", true),
            (&lan, "127.0.0.1:8377", false),
            (&lan, "localhost:8377", false),
            (&six, "[FE80::1]:8377", true),
            (&six, "[fe80::1]", false),
            (&six, "fe80::1:8377", false),
            (&eighty, "127.0.0.1", true),
            (&eighty, "127.0.0.1:80", true),
        ] {
            let headers = Headers { host: &[host], ..Headers::default() };
            assert_eq!(served.check_host(headers).is_ok(), is_ours, "{host}");
        }
        for host in [&[][..], &["localhost:8377", "localhost:8377"], &["localhost:8377", "evil.example"]] {
            let headers = Headers { host, ..Headers::default() };
            assert_eq!(local().check_host(headers), Err(Refused::Misdirected), "{host:?}");
        }
        for (authority, is_ours) in [("localhost:8377", true), ("evil.example", false)] {
            let headers = Headers { host: &["localhost:8377"], authority: Some(authority), ..Headers::default() };
            assert_eq!(local().check_host(headers).is_ok(), is_ours, "{authority}");
        }
    }

    #[test]
    fn only_a_page_of_ours_may_send_a_form() {
        for (origin, fetch_site, is_ours) in [
            (&["http://127.0.0.1:8377"][..], &["same-origin"][..], true),
            (&["http://127.0.0.1:8377"], &[], true),
            (&[], &["same-origin"], true),
            (&["null"], &["same-origin"], true),
            (&["null"], &[], false),
            (&["null"], &["cross-site"], false),
            (&[], &[], false),
            (&[], &["none"], false),
            (&[], &["same-site"], false),
            (&["http://127.0.0.1:8377"], &["cross-site"], false),
            (&["http://127.0.0.1:8377"], &["same-site"], false),
            (&["http://127.0.0.1:8377"], &["same-origin", "same-origin"], false),
            (&["http://127.0.0.1:9999"], &["same-site"], false),
            (&["http://127.0.0.1"], &[], false),
            (&["https://127.0.0.1:8377"], &[], false),
            (&["http://evil.example"], &[], false),
            (&["http://evil.example"], &["same-origin"], false),
            (&["http://127.0.0.1:8377.evil.example"], &[], false),
            // One of ours, but not the one that was asked.
            (&["http://localhost:8377"], &[], false),
            (&["http://127.0.0.1:8377", "http://127.0.0.1:8377"], &["same-origin"], false),
        ] {
            let headers = Headers { host: &["127.0.0.1:8377"], origin, fetch_site, ..Headers::default() };
            assert_eq!(local().check_sender(headers).is_ok(), is_ours, "{origin:?} {fetch_site:?}");
        }
    }

    #[test]
    fn a_cookie_is_one_secret() {
        let secret = "0123456789abcdef0123456789abcdef";
        let ours = format!("sysdrill={secret}");
        let beside = format!("a=b; sysdrill={secret};c=d");
        let twice = format!("sysdrill={secret}; sysdrill={secret}");
        for (cookie_line, is_there) in [
            (ours.as_str(), true),
            (&beside, true),
            (&twice, false),
            ("sysdrill=", false),
            ("sysdrill=0123", false),
            ("sysdrill=0123456789abcdef0123456789abcdeg", false),
            ("other=0123456789abcdef0123456789abcdef", false),
            ("sysdrill", false),
            ("", false),
        ] {
            let headers = Headers { cookie: &[cookie_line], ..Headers::default() };
            assert_eq!(cookie(headers, "sysdrill").is_some(), is_there, "{cookie_line}");
        }
    }
}
