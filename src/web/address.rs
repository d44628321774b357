//! Where the pages are: on this computer alone, or at the address by which it reaches others.

use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener, UdpSocket};

/// Documentation's own addresses (RFC 5737, RFC 3849): nothing is sent to them, but the way to them is the way to everything.
const FAR: [&str; 2] = ["192.0.2.1:9", "[2001:db8::1]:9"];

/// The address of this computer on the way to everything.
///
/// # Errors
/// It has none: no network is there.
pub fn of_default_route() -> io::Result<IpAddr> {
    let own = |far: &str| -> io::Result<IpAddr> {
        let any = if far.starts_with('[') { "[::]:0" } else { "0.0.0.0:0" };
        let socket = UdpSocket::bind(any)?;
        // A datagram socket that is connected knows its own address; no packet goes out.
        socket.connect(far)?;
        Ok(socket.local_addr()?.ip())
    };
    let usable = |address: &IpAddr| !address.is_unspecified() && !address.is_loopback();
    let found = FAR.into_iter().find_map(|far| own(far).ok().filter(usable));
    found.ok_or_else(|| io::Error::new(io::ErrorKind::AddrNotAvailable, "this computer is in no network"))
}

/// Whether an address `http://HOST:PORT` is reached from this computer alone.
pub fn is_local(address: &str) -> bool {
    let host = address.trim_start_matches("http://");
    host.starts_with("127.") || host.starts_with("localhost") || host.starts_with("[::1]")
}

/// Listens on this computer alone, or in the network of the default route.
///
/// # Errors
/// There is no network, or another program has the port.
pub fn listen(lan: bool, port: u16) -> io::Result<TcpListener> {
    let address = if lan { of_default_route()? } else { Ipv4Addr::LOCALHOST.into() };
    let listener = TcpListener::bind(SocketAddr::new(address, port))?;
    listener.set_nonblocking(true)?;
    Ok(listener)
}

/// The names by which an address may be asked for, the first as it is shown.
pub fn names(address: IpAddr) -> Vec<String> {
    let own = match address {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => format!("[{address}]"),
    };
    let local = address.is_loopback().then(|| "localhost".to_owned());
    std::iter::once(own).chain(local).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_its_names() {
        for (address, wanted) in [
            ("127.0.0.1", &["127.0.0.1", "localhost"][..]),
            ("192.168.1.5", &["192.168.1.5"]),
            ("fd00::5", &["[fd00::5]"]),
        ] {
            assert_eq!(names(address.parse().unwrap()), wanted);
        }
    }

    #[test]
    fn by_default_nobody_else_can_reach_it() {
        assert!(listen(false, 0).unwrap().local_addr().unwrap().ip().is_loopback());
        if let Ok(address) = of_default_route() {
            assert_eq!(listen(true, 0).unwrap().local_addr().unwrap().ip(), address);
        }
    }
}
