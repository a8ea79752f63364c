//! A relay, as far as it is asked whether it is there.

use std::{
    net::{SocketAddr, UdpSocket},
    thread,
};

/// Answers by UDP what a browser asks a relay first, a STUN Binding, for as long as the test goes on; where.
pub(crate) fn relay() -> SocketAddr {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    let address = socket.local_addr().unwrap();
    thread::spawn(move || {
        let mut question = [0; 100];
        while let Ok((_, from)) = socket.recv_from(&mut question) {
            let answer = [&[1, 1, 0, 0][..], &question[4..20]].concat();
            let _ = socket.send_to(&answer, from);
        }
    });
    address
}
