//! What can be said of a server.

use clap::Args as ClapArgs;

/// The port where nothing else is said; its cookies are this port's too, so that a device is known the next day.
const PORT: &str = "8377";

#[derive(Debug, ClapArgs)]
pub(in crate::cli) struct Serve {
    /// Let the network at home in, by the address of this computer in it; others in the network can read along
    #[arg(long)]
    pub(in crate::cli) lan: bool,
    /// The port; 0 takes a free one, and devices are let in anew each time
    #[arg(long, value_name = "N", default_value = PORT)]
    pub(in crate::cli) port: u16,
    /// Open the page in the browser
    #[arg(long, conflicts_with = "lan")]
    pub(in crate::cli) open: bool,
    /// List the devices that may come in, and serve nothing
    #[arg(long, conflicts_with_all = ["lan", "open"])]
    pub(in crate::cli) devices: bool,
    /// Shut this device out
    #[arg(long, value_name = "NAME", requires = "devices")]
    pub(in crate::cli) revoke: Option<String>,
}
