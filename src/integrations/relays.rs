//! The relays of calls, as far as the server has to do with them: whether they answer. No picture and no sound comes this way.
//!
//! Each is asked what a browser asks first, a STUN Binding (RFC 8489), by the way that its address names. That shows that it is there, and by TLS
//! that browsers will believe it; not that it takes our secret, which only an allocation would.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpStream, UdpSocket, lookup_host};
use tokio::sync::Mutex;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::ServerName;
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

use crate::metrics::{gauge, or_none};
use crate::settings::{CallSettings, Transport, TurnUrl};

/// How long one relay is given to answer.
const PATIENCE: Duration = Duration::from_secs(2);
/// A question by UDP may be lost: it is asked again.
const AGAIN: Duration = Duration::from_millis(400);
/// For so long an answer is believed.
const BELIEVED: Duration = Duration::from_secs(30);

const REQUEST: [u8; 2] = [0x00, 0x01];
const RESPONSE: [u8; 2] = [0x01, 0x01];
const COOKIE: [u8; 4] = [0x21, 0x12, 0xa4, 0x42];
/// Of the part that all messages begin with.
const HEAD: usize = 20;

/// All relays. Clones are the same.
#[derive(Clone, Debug)]
pub struct Relays(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    urls: Vec<TurnUrl>,
    last: Mutex<Option<(Instant, Vec<RelayReport>)>>,
}

/// Whether one answers.
#[derive(Clone, Debug)]
pub struct RelayReport {
    /// Its address as browsers take it.
    pub url: String,
    /// How long it took; or why it has not.
    pub answer: Result<Duration, String>,
}

impl Relays {
    /// Those that are set.
    #[must_use]
    pub fn new(settings: &CallSettings) -> Self {
        Self(Arc::new(Inner { urls: settings.turn_urls.clone(), last: Mutex::default() }))
    }

    /// Whether each answers, as of half a minute ago at most. All are asked at once; nobody waits for longer than two seconds.
    pub async fn examine(&self) -> Vec<RelayReport> {
        let mut last = self.0.last.lock().await;
        if let Some((at, reports)) = &*last
            && at.elapsed() < BELIEVED
        {
            return reports.clone();
        }
        let reports = futures_util::future::join_all(self.0.urls.iter().map(report)).await;
        show(&reports);
        *last = Some((Instant::now(), reports.clone()));
        reports
    }
}

fn show(reports: &[RelayReport]) {
    let help = "Whether the relay of calls at this address answered when it was last asked";
    let Some(up) = or_none(gauge("relay_up", help, &["address"])) else { return };
    for report in reports {
        up.with_label_values(&[report.url.as_str()]).set(i64::from(report.answer.is_ok()));
    }
}

async fn report(url: &TurnUrl) -> RelayReport {
    let began = Instant::now();
    let answer = match timeout(PATIENCE, ask(url)).await {
        Ok(Ok(())) => Ok(began.elapsed()),
        Ok(Err(why)) => Err(why),
        Err(_late) => Err(format!("no answer within {} s", PATIENCE.as_secs())),
    };
    RelayReport { url: url.text().to_owned(), answer }
}

/// Asks it.
///
/// # Errors
/// Why it did not answer.
async fn ask(url: &TurnUrl) -> Result<(), String> {
    let (host, port) = url.address();
    let says = |error: std::io::Error| error.to_string();
    let address = lookup_host((host, port)).await.map_err(says)?.next().ok_or("the name leads to no address")?;
    if url.transport() == Transport::Udp {
        let own = if address.is_ipv4() { "0.0.0.0:0" } else { "[::]:0" };
        let socket = UdpSocket::bind(own).await.map_err(says)?;
        socket.connect(address).await.map_err(says)?;
        return by_datagrams(&socket).await;
    }
    let stream = TcpStream::connect(address).await.map_err(says)?;
    if url.transport() == Transport::Tcp {
        return over(stream).await;
    }
    let name = ServerName::try_from(host.to_owned()).map_err(|error| error.to_string())?;
    over(connector()?.connect(name, stream).await.map_err(says)?).await
}

/// By the roots that browsers believe.
fn connector() -> Result<TlsConnector, String> {
    let roots = RootCertStore::from_iter(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()));
    let config = config.with_safe_default_protocol_versions().map_err(|error| error.to_string())?;
    Ok(TlsConnector::from(Arc::new(config.with_root_certificates(roots).with_no_client_auth())))
}

async fn by_datagrams(socket: &UdpSocket) -> Result<(), String> {
    let question = Question::new();
    let mut answer = [0; 1500];
    loop {
        socket.send(&question.bytes()).await.map_err(|error| error.to_string())?;
        match timeout(AGAIN, socket.recv(&mut answer)).await {
            Ok(Ok(length)) if question.is_answered_by(answer.get(..length).unwrap_or_default()) => return Ok(()),
            Ok(Ok(_)) => return Err(NO_STUN.to_owned()),
            Ok(Err(error)) => return Err(error.to_string()),
            Err(_lost) => {}
        }
    }
}

async fn over(mut stream: impl AsyncRead + AsyncWrite + Unpin) -> Result<(), String> {
    let question = Question::new();
    let mut head = [0; HEAD];
    stream.write_all(&question.bytes()).await.map_err(|error| error.to_string())?;
    stream.flush().await.map_err(|error| error.to_string())?;
    stream.read_exact(&mut head).await.map_err(|error| error.to_string())?;
    if question.is_answered_by(&head) { Ok(()) } else { Err(NO_STUN.to_owned()) }
}

const NO_STUN: &str = "something answers there that is no relay";

/// A Binding request.
struct Question([u8; 12]);

impl Question {
    fn new() -> Self {
        Self(rand::random())
    }

    fn bytes(&self) -> Vec<u8> {
        [&REQUEST[..], &[0, 0], &COOKIE, &self.0].concat()
    }

    fn is_answered_by(&self, message: &[u8]) -> bool {
        message.starts_with(&RESPONSE) && message.get(4..HEAD) == Some([&COOKIE[..], &self.0].concat().as_slice())
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use std::collections::BTreeMap;

    use tokio::net::TcpListener;

    use super::*;
    use crate::settings::Settings;

    fn relays(urls: &str) -> Relays {
        let vars = [("TURN_URLS", urls), ("TURN_SECRET", "north-of-the-lake")];
        let vars: BTreeMap<_, _> = vars.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
        Relays::new(&Settings::from_vars(&vars).unwrap().calls)
    }

    fn answer(question: &[u8]) -> Vec<u8> {
        [&RESPONSE[..], &[0, 0], question.get(4..HEAD).unwrap()].concat()
    }

    #[tokio::test]
    async fn a_relay_answers_by_udp_also_when_the_first_question_is_lost_and_by_tcp() {
        let (datagrams, streams) =
            (UdpSocket::bind("127.0.0.1:0").await.unwrap(), TcpListener::bind("127.0.0.1:0").await.unwrap());
        let (udp, tcp) = (datagrams.local_addr().unwrap(), streams.local_addr().unwrap());
        tokio::spawn(async move {
            let mut question = [0; 100];
            datagrams.recv_from(&mut question).await.unwrap();
            let (_, from) = datagrams.recv_from(&mut question).await.unwrap();
            datagrams.send_to(&answer(&question), from).await.unwrap();
        });
        tokio::spawn(async move {
            let (mut stream, _) = streams.accept().await.unwrap();
            let mut question = [0; HEAD];
            stream.read_exact(&mut question).await.unwrap();
            stream.write_all(&answer(&question)).await.unwrap();
        });
        let relays = relays(&format!("turn:{udp}, turn:{tcp}?transport=tcp"));
        for report in relays.examine().await {
            assert!(report.answer.is_ok(), "{report:?}");
        }
        // Nobody answers any more, and nobody is asked.
        assert!(relays.examine().await.iter().all(|report| report.answer.is_ok()));
    }

    #[tokio::test]
    async fn what_is_no_relay_is_told_apart_and_nobody_there_does_not_hold_up() {
        let streams = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let other = streams.local_addr().unwrap();
        tokio::spawn(async move {
            let (mut stream, _) = streams.accept().await.unwrap();
            stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await.unwrap();
        });
        let silent = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        let silent = (silent.local_addr().unwrap(), silent);
        let reports = relays(&format!("turn:{other}?transport=tcp, turn:{}, turns:{other}", silent.0)).examine().await;
        let why: Vec<_> = reports.into_iter().map(|report| report.answer.unwrap_err()).collect();
        assert_eq!(why.first().map(String::as_str), Some(NO_STUN));
        assert!(why.get(1).is_some_and(|why| why.starts_with("no answer within")), "{why:?}");
        assert!(why.len() == 3);
    }
}
