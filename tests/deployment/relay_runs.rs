//! The relay as `turnserver.conf` has it, where coturn is installed: it takes every word of it, answers, and does not send into the networks behind it.

use std::collections::BTreeMap;
use std::net::{TcpListener, UdpSocket};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

use telemedicine::integrations::relays::Relays;
use telemedicine::settings::Settings;

use super::file;

const SECRET: &str = "north-of-the-lake";

/// A relay that runs, until this is dropped.
struct Running {
    relay: Child,
    port: u16,
    /// Its configuration, and what it said.
    folder: tempfile::TempDir,
}

impl Running {
    /// With these lines behind those of the project; none where coturn is not installed.
    fn start(more: &str) -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let (port, said) = (free_port(), folder.path().join("said"));
        let own = format!("listening-ip=127.0.0.1\nrealm=turn.test\nstatic-auth-secret={SECRET}\n{more}\n");
        let text =
            file("docs/deployment/turnserver.conf").replace("listening-port=3478", &format!("listening-port={port}"));
        std::fs::write(folder.path().join("turnserver.conf"), text + &own).unwrap();
        let relay = Command::new("turnserver")
            .arg("-c")
            .arg(folder.path().join("turnserver.conf"))
            .arg(format!("--pidfile={}", folder.path().join("pid").display()))
            .stdout(std::fs::File::create(said).unwrap())
            .stderr(Stdio::null())
            .spawn();
        relay.ok().map(|relay| Self { relay, port, folder })
    }

    fn said(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("said")).unwrap()
    }

    /// What the server would say of it, by UDP and by TCP.
    async fn answers(&self) -> Vec<Result<Duration, String>> {
        let urls = ["udp", "tcp"].map(|way| format!("turn:127.0.0.1:{}?transport={way}", self.port)).join(",");
        let vars = [("TURN_URLS".to_owned(), urls), ("TURN_SECRET".to_owned(), SECRET.to_owned())];
        let settings = Settings::from_vars(&BTreeMap::from(vars)).unwrap();
        Relays::new(&settings.calls).examine().await.into_iter().map(|report| report.answer).collect()
    }

    /// Until it answers.
    async fn up(&self) -> bool {
        for _ in 0..100 {
            if self.answers().await.iter().all(Result::is_ok) {
                return true;
            }
            sleep(Duration::from_millis(100));
        }
        false
    }

    /// What comes of asking it to send to that address, by UDP or, with `-T`, by TCP, with a credential that it takes.
    fn send_to(&self, peer: &str, way: Option<&str>) -> String {
        let asked = Command::new("turnutils_uclient")
            .args(way)
            .args(["-W", SECRET, "-u", "1", "-n", "1", "-e", peer, "-p", &self.port.to_string(), "127.0.0.1"])
            .output()
            .unwrap();
        String::from_utf8_lossy(&[asked.stdout, asked.stderr].concat()).into_owned()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        drop(self.relay.kill());
        drop(self.relay.wait());
    }
}

/// A port that nobody has, by TCP and by UDP.
fn free_port() -> u16 {
    let ports = std::iter::repeat_with(|| TcpListener::bind("127.0.0.1:0").unwrap());
    let both = |listener: TcpListener| {
        let port = listener.local_addr().unwrap().port();
        UdpSocket::bind(("127.0.0.1", port)).is_ok().then_some(port)
    };
    ports.filter_map(both).next().unwrap()
}

#[tokio::test]
#[expect(clippy::disallowed_methods, reason = "whether all that can run has to is the runner's to say, not a setting")]
async fn coturn_takes_the_configuration_answers_and_sends_into_no_private_network() {
    let Some(relay) = Running::start("") else {
        assert!(std::env::var_os("CI").is_none(), "coturn is not installed, and this is for nothing without it");
        eprintln!("skipped: coturn is not installed");
        return;
    };
    assert!(relay.up().await, "{:?}\n{}", relay.answers().await, relay.said());
    assert!(!relay.said().contains("Bad configuration format"), "{}", relay.said());
    for peer in ["10.1.2.3", "127.0.0.1", "169.254.169.254", "192.168.1.1"] {
        let answer = relay.send_to(peer, None);
        assert!(answer.contains("403 (Forbidden IP)"), "{peer}: {answer}");
    }
    let answer = relay.send_to("198.51.101.1", Some("-T"));
    assert!(answer.contains("442"), "it relays TCP: {answer}");
    let misspelt = Running::start("user-qouta=12").unwrap();
    assert!(misspelt.up().await);
    assert!(misspelt.said().contains("Bad configuration format: user-qouta"), "the check itself can fail");
}
