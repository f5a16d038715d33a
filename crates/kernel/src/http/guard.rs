//! Which addresses may be called.
//!
//! Sellers and operators type addresses that we call from inside their network. Without a guard a
//! production address of `http://169.254.169.254/` would read cloud credentials.

use std::net::IpAddr;

use ipnet::IpNet;

/// Decides for each address whether it may be called.
#[derive(Debug, Clone)]
pub struct AddressGuard {
    denied: Vec<IpNet>,
    allowed: Vec<IpNet>,
}

/// Not reachable from the internet, or not one host: private, loopback, link-local, carrier NAT,
/// documentation, benchmark, multicast and reserved ranges, and IPv6 forms that wrap an IPv4 address.
const DENIED: [&str; 23] = [
    "0.0.0.0/8",
    "10.0.0.0/8",
    "100.64.0.0/10",
    "127.0.0.0/8",
    "169.254.0.0/16",
    "172.16.0.0/12",
    "192.0.0.0/24",
    "192.0.2.0/24",
    "192.168.0.0/16",
    "198.18.0.0/15",
    "198.51.100.0/24",
    "203.0.113.0/24",
    "224.0.0.0/4",
    "240.0.0.0/4",
    "::/128",
    "::1/128",
    "64:ff9b::/96",
    "100::/64",
    "2001:db8::/32",
    "2002::/16",
    "fc00::/7",
    "fe80::/10",
    "ff00::/8",
];

impl AddressGuard {
    /// Denies every private range but the given ones.
    #[must_use]
    pub fn new(allowed: Vec<IpNet>) -> Self {
        let denied = DENIED.iter().map(|range| range.parse().expect("the ranges above are written correctly"));
        Self { denied: denied.collect(), allowed }
    }

    /// Whether this address may be called.
    #[must_use]
    pub fn allows(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        let within = |ranges: &[IpNet]| ranges.iter().any(|range| range.contains(&address));
        within(&self.allowed) || !within(&self.denied)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn private_addresses_are_denied_in_every_spelling() {
        let guard = AddressGuard::new(Vec::new());
        for address in ["127.0.0.1", "10.1.2.3", "169.254.169.254", "::1", "::ffff:127.0.0.1", "fe80::1", "0.0.0.0"] {
            assert!(!guard.allows(address.parse().unwrap()), "{address}");
        }
        assert!(guard.allows("8.8.8.8".parse().unwrap()));
        assert!(guard.allows("2606:4700::1111".parse().unwrap()));
    }

    #[test]
    fn an_allowed_range_opens_only_itself() {
        let guard = AddressGuard::new(vec!["127.0.0.0/8".parse().unwrap()]);
        assert!(guard.allows("127.0.0.1".parse().unwrap()));
        assert!(!guard.allows("10.0.0.1".parse().unwrap()));
    }
}
