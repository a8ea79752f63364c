//! Heads that come a byte at a time, on connections that have had an answer already.

use std::{
    io::{ErrorKind, Read, Write},
    net::TcpStream,
    time::Duration,
};

use super::*;

/// So many bytes, one each [`PAUSE`], are more than any head is given the time for.
const MANY: usize = 240;
const PAUSE: Duration = Duration::from_millis(250);

fn connection(app: &TestApp) -> TcpStream {
    let stream = TcpStream::connect(app.address).unwrap();
    stream.set_nodelay(true).unwrap();
    stream
}

/// Reads one answer without a body.
fn status(stream: &mut TcpStream) -> u16 {
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") && stream.read(&mut byte).unwrap() == 1 {
        head.extend(byte);
    }
    let head = String::from_utf8(head).unwrap();
    head.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0)
}

fn ask(stream: &mut TcpStream) -> u16 {
    let host = stream.peer_addr().unwrap();
    stream.write_all(format!("HEAD /sign-in HTTP/1.1\r\nHost: {host}\r\n\r\n").as_bytes()).unwrap();
    status(stream)
}

/// Sends a head that does not end, a byte at a time, until the server wants no more; and whether it did.
fn is_cut_off(stream: &mut TcpStream) -> bool {
    stream.set_read_timeout(Some(PAUSE)).unwrap();
    let head = b"GET /sign-in HTTP/1.1\r\nX-Slow: ".iter().copied().chain(std::iter::repeat(b'a'));
    for byte in head.take(MANY) {
        if stream.write_all(&[byte]).is_err() {
            return true;
        }
        match stream.read(&mut [0]) {
            Ok(0) => return true,
            Ok(_) => panic!("half a head was answered"),
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {}
            Err(_) => return true,
        }
    }
    false
}

#[tokio::test]
async fn a_later_head_has_as_little_time_as_the_first_and_silence_has_more() {
    let app = TestApp::start().await;
    let (mut slow, mut silent) = (connection(&app), connection(&app));
    assert_eq!((ask(&mut slow), ask(&mut silent)), (200, 200));
    // In pieces, as a bad line brings it.
    slow.write_all(b"HEAD /sign-in HTTP/1.1\r\nHo").unwrap();
    std::thread::sleep(PAUSE);
    slow.write_all(format!("st: {}\r\n\r\n", app.address).as_bytes()).unwrap();
    assert_eq!(status(&mut slow), 200);

    assert!(is_cut_off(&mut slow), "still open after {MANY} bytes");

    assert_eq!(ask(&mut silent), 200, "nothing had come on this one for as long");
}
