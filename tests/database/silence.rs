//! A network that swallows packets: nobody waits for ever, and the pool recovers.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::{Duration, Instant};

use entity::hospital;
use sea_orm::{DbErr, EntityTrait};
use telemedicine::db::Database;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{AbortHandle, LocalSet, spawn_local};

use crate::support::{NO_ACT, NO_PAGE, TestDatabase, hospital_named, open};

/// Passes bytes to Postgres until it is told to forget the connections it has, without closing them.
#[derive(Default)]
struct Network {
    pumps: RefCell<Vec<AbortHandle>>,
    /// Sockets of forgotten connections, kept open.
    forgotten: RefCell<Vec<Rc<TcpStream>>>,
    /// Nor on new ones.
    is_dead: Cell<bool>,
}

impl Network {
    async fn to(server: String) -> (Rc<Self>, u16) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let network = Rc::new(Self::default());
        let carrying = Rc::clone(&network);
        spawn_local(async move {
            loop {
                let (client, _) = listener.accept().await.unwrap();
                let server = TcpStream::connect(&server).await.unwrap();
                if !carrying.is_dead.get() {
                    carrying.carry(client, server);
                } else {
                    carrying.forgotten.borrow_mut().push(Rc::new(client));
                }
            }
        });
        (network, port)
    }

    fn carry(&self, client: TcpStream, server: TcpStream) {
        let (client, server) = (Rc::new(client), Rc::new(server));
        for (from, to) in [(&client, &server), (&server, &client)] {
            let pump = pump(Rc::clone(from), Rc::clone(to));
            self.pumps.borrow_mut().push(spawn_local(pump).abort_handle());
        }
        self.forgotten.borrow_mut().extend([client, server]);
    }

    /// From now on nothing passes on the connections that exist.
    fn swallow(&self) {
        self.pumps.borrow_mut().drain(..).for_each(|pump| pump.abort());
    }

    /// From now on nothing passes at all.
    fn die(&self) {
        self.swallow();
        self.is_dead.set(true);
    }
}

async fn pump(from: Rc<TcpStream>, to: Rc<TcpStream>) {
    let mut buffer = vec![0; 16_384];
    loop {
        from.readable().await.unwrap();
        match from.try_read(&mut buffer) {
            Ok(0) => return,
            Ok(read) => write_all(&to, &buffer[..read]).await,
            Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => {}
            Err(_) => return,
        }
    }
}

async fn write_all(to: &TcpStream, mut bytes: &[u8]) {
    while !bytes.is_empty() {
        to.writable().await.unwrap();
        match to.try_write(bytes) {
            Ok(written) => bytes = &bytes[written..],
            Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => {}
            Err(_) => return,
        }
    }
}

#[tokio::test]
async fn a_silent_network_is_not_waited_for_and_its_connections_are_replaced() {
    if let Some(test) = TestDatabase::postgres().await {
        LocalSet::new().run_until(fall_silent(&test)).await;
    }
}

async fn fall_silent(test: &TestDatabase) {
    let mut url = url::Url::parse(&test.url).unwrap();
    let server = format!("{}:{}", url.host_str().unwrap(), url.port().unwrap_or(5432));
    let (network, port) = Network::to(server).await;
    url.set_host(Some("127.0.0.1")).unwrap();
    url.set_port(Some(port)).unwrap();
    let limits = [("DB_ACQUIRE_TIMEOUT", "2"), ("DB_STATEMENT_TIMEOUT", "1"), ("DB_MAX_CONNECTIONS", "2")];
    let db = open(url.as_str(), &limits).await;
    write(&db, "before").await.unwrap();
    read(&db).await.unwrap();

    network.swallow();
    let start = Instant::now();
    let said = read(&db).await.unwrap_err().to_string();
    assert!(said.contains("did not answer"), "{said}");
    assert!(start.elapsed() < Duration::from_secs(8), "{:?}", start.elapsed());

    let start = Instant::now();
    assert_eq!(read(&db).await, Ok(1));
    write(&db, "after").await.unwrap();
    assert_eq!(read(&db).await, Ok(2));
    assert!(start.elapsed() < Duration::from_secs(5), "{:?}", start.elapsed());
}

/// Whoever asks a server that is not there any more is answered when nobody would get a connection either, however long a statement may take.
#[tokio::test]
async fn a_server_that_is_gone_is_given_up_as_soon_as_a_connection() {
    let Some(test) = TestDatabase::postgres().await else { return };
    let gone = async {
        let mut url = url::Url::parse(&test.url).unwrap();
        let server = format!("{}:{}", url.host_str().unwrap(), url.port().unwrap_or(5432));
        let (network, port) = Network::to(server).await;
        url.set_host(Some("127.0.0.1")).unwrap();
        url.set_port(Some(port)).unwrap();
        let limits = [("DB_ACQUIRE_TIMEOUT", "1"), ("DB_STATEMENT_TIMEOUT", "60")];
        let db = open(url.as_str(), &limits).await;
        read(&db).await.unwrap();
        network.die();
        let start = Instant::now();
        assert!(read(&db).await.is_err_and(|error| matches!(error, DbErr::Conn(_) | DbErr::ConnectionAcquire(_))));
        assert!(write(&db, "into the void").await.is_err());
        assert!(start.elapsed() < Duration::from_secs(20), "{:?}", start.elapsed());
    };
    LocalSet::new().run_until(gone).await;
}

async fn read(db: &Database) -> Result<usize, DbErr> {
    db.reader().run(NO_PAGE, async |conn| Ok(hospital::Entity::find().all(conn).await?.len())).await
}

async fn write(db: &Database, name: &str) -> Result<(), DbErr> {
    db.write_unrecorded(NO_ACT, async |unit| unit.insert(hospital_named(name), NO_PAGE).await.map(|_| ())).await
}
