//! What `relay.yaml` and `turnserver.conf` promise: a relay that sends into no network behind it, and whose secret stands nowhere.

use std::net::{IpAddr, Ipv4Addr};

use yaml_rust2::{Yaml, YamlLoader};

use super::{file, is_setting};

/// The lines of the configuration, as name and value.
fn options(text: &str) -> Vec<(&str, &str)> {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines.map(|line| line.split_once('=').unwrap_or((line, ""))).collect()
}

fn values<'a>(options: &[(&'a str, &'a str)], name: &str) -> Vec<&'a str> {
    options.iter().filter(|(known, _)| *known == name).map(|(_, value)| *value).collect()
}

/// One of each range that is no public address: private, of this machine or this link, for documentation, discarding or tests, or with another address in it.
const BEHIND: [&str; 24] = [
    "0.0.0.0",
    "10.1.2.3",
    "100.64.0.1",
    "127.0.0.1",
    "169.254.169.254",
    "172.31.255.255",
    "192.0.2.1",
    "192.168.1.1",
    "198.18.0.1",
    "255.255.255.255",
    "::1",
    "::10.1.2.3",
    "::ffff:10.1.2.3",
    "64:ff9b::a01:203",
    "64:ff9b:1::1",
    "100::1",
    "2001::1",
    "2001:db8::1",
    "2002:a01:203::1",
    "3fff::1",
    "5f00::1",
    "fd00::1",
    "fe80::1",
    "fec0::1",
];

/// Addresses behind the relay that it would send to.
fn reached(options: &[(&str, &str)]) -> Vec<IpAddr> {
    let denied: Vec<(IpAddr, IpAddr)> = values(options, "denied-peer-ip")
        .iter()
        .filter_map(|range| range.split_once('-'))
        .map(|(from, until)| (from.parse().unwrap(), until.parse().unwrap()))
        .collect();
    let is_denied = |address: &IpAddr| denied.iter().any(|(from, until)| from <= address && address <= until);
    BEHIND.iter().map(|address| address.parse().unwrap()).filter(|address| !is_denied(address)).collect()
}

#[test]
fn the_relay_sends_into_no_private_network_and_is_bounded() {
    let text = file("docs/deployment/turnserver.conf");
    let options = options(&text);
    assert_eq!(reached(&options), Vec::<IpAddr>::new());
    for needed in
        ["use-auth-secret", "no-multicast-peers", "user-quota", "total-quota", "no-cli", "no-tlsv1", "no-tcp-relay"]
    {
        assert_eq!(values(&options, needed).len(), 1, "{needed}");
    }
    let number = |name| values(&options, name).concat().parse::<u32>().unwrap();
    let ports = number("max-port") - number("min-port") + 1;
    assert!(number("total-quota") < ports && number("user-quota") * 10 <= ports, "one takes the ports of all others");
    for port in ["listening-port", "tls-listening-port", "min-port", "max-port"] {
        let port = values(&options, port).concat();
        assert!(file("docs/operations.md").contains(&port), "what a firewall lets in does not name {port}");
    }
    let open = text.replace("denied-peer-ip=10.", "# denied-peer-ip=10.");
    assert_eq!(reached(&self::options(&open)), [IpAddr::from(Ipv4Addr::new(10, 1, 2, 3))], "the check itself can fail");
}

#[test]
fn the_relay_and_the_server_know_one_secret_that_stands_nowhere() {
    let documents = YamlLoader::load_from_str(&file("docs/deployment/relay.yaml")).unwrap();
    let services = &documents[0]["services"];
    assert_eq!(services["relay"]["image"].as_str(), Some("coturn/coturn:4"));
    assert_eq!(services["relay"]["user"].as_str(), Some("65534:65534"));
    assert_eq!(services["relay"]["read_only"].as_bool(), Some(true));
    assert!(services["relay"]["deploy"]["resources"]["limits"]["memory"].as_str().is_some());
    let holds = |node: &Yaml| node.as_vec().into_iter().flatten().any(|secret| secret.as_str() == Some("turn_secret"));
    for service in ["app", "migrate", "relay"] {
        assert!(holds(&services[service]["secrets"]), "{service}");
    }
    let environment = services["app"]["environment"].as_hash().unwrap();
    for (name, _) in environment {
        let name = name.as_str().unwrap();
        assert!(is_setting(name.trim_end_matches("_FILE")), "{name}");
    }
    let command = services["relay"]["command"][0].as_str().unwrap();
    assert!(command.contains("/run/secrets/turn_secret") && !command.contains("--static-auth-secret"), "{command}");
    assert!(!file("docs/deployment/turnserver.conf").contains("static-auth-secret="));
}
