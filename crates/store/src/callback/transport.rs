//! What a production address may look like on a site. Source: SaaS V2.0 §2.2, decision D7.

use serde::Deserialize;
use url::{Host, Url};

use crate::catalog::Names;

/// The transport rules of a site.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Transport {
    schemes: Vec<String>,
    hosts: Vec<HostKind>,
    /// Allowed ports; empty means any.
    ports: Vec<u16>,
    timeout_seconds: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
enum HostKind {
    Domain,
    Ipv4,
    Ipv6,
}

impl Transport {
    /// How long the store waits for the last byte of an answer. D2.
    pub(crate) fn timeout_ms(&self) -> u64 {
        self.timeout_seconds.saturating_mul(1_000)
    }

    /// Why this site does not call `address`; none when it does.
    pub(crate) fn refusal(&self, address: &str) -> Option<Names> {
        let Ok(url) = Url::parse(address) else {
            return Some(Names::new("地址不是完整的 URL", "the address is not a complete URL"));
        };
        if !self.schemes.iter().any(|scheme| scheme == url.scheme()) {
            let allowed = self.schemes.join(", ");
            return Some(Names::new(format!("地址须以 {allowed} 开头"), format!("the address starts with {allowed}")));
        }
        let kind = match url.host() {
            Some(Host::Domain(_)) => HostKind::Domain,
            Some(Host::Ipv4(_)) => HostKind::Ipv4,
            Some(Host::Ipv6(_)) => HostKind::Ipv6,
            None => return Some(Names::new("地址没有主机名", "the address has no host")),
        };
        if !self.hosts.contains(&kind) {
            return Some(Names::new(
                "地址须使用域名，不能使用 IP",
                "the address uses a domain name, not an IP address",
            ));
        }
        let port = url.port_or_known_default().unwrap_or_default();
        if !self.ports.is_empty() && !self.ports.contains(&port) {
            let allowed: Vec<String> = self.ports.iter().map(u16::to_string).collect();
            let allowed = allowed.join(", ");
            return Some(Names::new(format!("端口须为 {allowed}"), format!("the port is {allowed}")));
        }
        if !url.username().is_empty() || url.password().is_some() || url.fragment().is_some() {
            return Some(Names::new(
                "地址不能包含用户名、密码或 # 片段",
                "the address has no user name, password or # fragment",
            ));
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use crate::callback::Policies;

    #[test]
    fn real_sites_take_https_domain_names_on_port_443_and_the_sandbox_takes_anything_reachable() {
        let cases = [
            ("https://isv.example.com/saasproduce", true, true),
            ("https://isv.example.com:443/p?x=1", true, true),
            ("http://isv.example.com/p", false, true),
            ("https://isv.example.com:8443/p", false, true),
            ("https://192.0.2.7/p", false, true),
            ("http://[::1]:7002/produce/m", false, true),
            ("ftp://isv.example.com/p", false, false),
            ("isv.example.com/p", false, false),
            ("https://user@isv.example.com/p", false, false),
        ];
        let (cn, sandbox) = (Policies::load("cn").unwrap(), Policies::load("sandbox").unwrap());
        for (address, on_cn, in_sandbox) in cases {
            assert_eq!(cn.transport().refusal(address).is_none(), on_cn, "{address}");
            assert_eq!(sandbox.transport().refusal(address).is_none(), in_sandbox, "{address}");
        }
        assert_eq!(cn.transport().timeout_ms(), 20_000);
    }
}
