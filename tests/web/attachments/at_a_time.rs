//! A file is in memory until its reader has taken it: so one person takes few at a time.

use std::time::Duration;

use reqwest::{Method, Response};

use super::{Practice, files::Sent};
use crate::support::*;

/// Asks for the file, and takes nothing of it yet.
async fn ask(client: &Client, path: &str) -> Response {
    client.request(Method::GET, path).send().await.unwrap()
}

#[tokio::test]
async fn one_person_takes_three_at_a_time_and_keeps_nobody_else_out() {
    let practice = Practice::open(&[]).await;
    // More than lies between a server and a browser that does not read.
    let bytes = [b"%PDF-1.7 ".as_slice(), "scan ".repeat(1_900_000).as_bytes()].concat();
    practice.send(&Sent { name: "scan.pdf", bytes: &bytes }).await.expect(303);
    let path = format!("/attachments/{}", practice.newest().await.id);
    let mut taken = Vec::new();
    for _ in 0..3 {
        let answer = ask(&practice.home, &path).await;
        assert_eq!((answer.status(), answer.content_length()), (reqwest::StatusCode::OK, Some(bytes.len() as u64)));
        taken.push(answer);
    }
    let refused = ask(&practice.home, &path).await;
    assert_eq!(refused.status(), 429);
    assert!(refused.headers().contains_key("retry-after"));
    assert_eq!(practice.opened().await, bytes, "the doctor takes it meanwhile");
    assert_eq!(taken.pop().unwrap().bytes().await.unwrap(), bytes);
    // Its place is free as soon as the server has seen that all is taken.
    for _ in 0..100 {
        if ask(&practice.home, &path).await.status() == 200 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("a place that is given back is not free");
}
