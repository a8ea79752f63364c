//! A cached page on the wire: tags, encodings, HEAD, and what browsers may do with it.

use std::collections::BTreeSet;

use reqwest::{Method, header};

use super::{cached_addresses, outcome, trusting};
use crate::support::*;

#[tokio::test]
async fn a_browser_that_has_the_page_is_told_so() {
    let app = trusting().await;
    let clinic = Clinic::create(&app).await;
    let mut told = 0;
    for walker in walkers(&app, &clinic).await {
        for address in cached_addresses(&walker, &clinic.here) {
            let page = walker.client.get(&address).await.ok();
            if page.header("cache-control") == "no-store" {
                // What somebody suffers from lies in no browser: `hostile::on_disk`.
                assert_eq!(page.header("etag"), "", "{}", page.asked);
                continue;
            }
            told += 1;
            let etag = page.header("etag").to_owned();
            assert!(etag.starts_with('"') && etag.ends_with('"') && etag.len() > 20, "{}: {etag}", page.asked);
            let again = walker.client.request(Method::GET, &address).header(header::IF_NONE_MATCH, &etag);
            let again = walker.client.send(again).await.expect(304);
            assert_eq!((again.header("etag"), again.body.as_str()), (etag.as_str(), ""), "{}", again.asked);
            assert_eq!(outcome(&again), "hit", "{}", again.asked);
            let other = walker.client.request(Method::GET, &address).header(header::IF_NONE_MATCH, "\"other\"");
            assert_eq!(walker.client.send(other).await.ok().body, page.body);
            let (kept_by, varies) = (page.header("cache-control"), page.header("vary"));
            let expected = if walker.role.is_none() { "public, no-cache" } else { "private, no-cache" };
            assert_eq!(kept_by, expected, "{}", page.asked);
            assert!(varies.contains("Accept-Encoding") && varies.contains("Cookie"), "{}: {varies}", page.asked);
        }
    }
    assert!(told > 15, "only {told} pages can be asked for again");
}

#[tokio::test]
async fn head_is_get_without_the_page() {
    let app = trusting().await;
    let clinic = Clinic::create(&app).await;
    let doctor = app.sign_in(&clinic.here.doctor).await;
    for _ in 0..2 {
        let head = doctor.send(doctor.request(Method::HEAD, "/dashboard")).await.ok();
        let page = doctor.get("/dashboard").await.ok();
        assert_eq!(head.body, "");
        for name in ["etag", "cache-control", "vary", "content-type"] {
            assert_eq!(head.header(name), page.header(name), "{name}");
        }
    }
}

#[tokio::test]
async fn each_encoding_has_its_tag_and_holds_the_same_page() {
    let app = trusting().await;
    let clinic = Clinic::create(&app).await;
    let doctor = app.sign_in(&clinic.here.doctor).await;
    let plain = doctor.get("/doctors").await.ok().body;
    let asked = |encoding: &str| {
        let cookies = doctor.cookies();
        app.raw(format!(
            "GET /doctors HTTP/1.1\r\nHost: clinic\r\nConnection: close\r\nCookie: {cookies}\r\nAccept-Encoding: {encoding}\r\n\r\n"
        ))
    };
    let mut tags = Vec::new();
    for (accepted, sent) in [("identity", ""), ("gzip", "gzip"), ("gzip, deflate, br", "br"), ("br;q=0, gzip", "gzip")]
    {
        let answer = asked(accepted);
        assert_eq!((answer.status, answer.header("content-encoding")), (200, sent), "{accepted}");
        assert_eq!(answer.header("x-cache"), "hit");
        let length: usize = answer.header("content-length").parse().unwrap();
        assert!(if sent.is_empty() { length == plain.len() } else { length * 2 < plain.len() }, "{accepted}: {length}");
        tags.push(answer.header("etag").to_owned());
    }
    assert_eq!(tags[1], tags[3]);
    assert!(tags[0] != tags[1] && tags[1] != tags[2] && tags[0] != tags[2], "{tags:?}");
    for encoding in ["gzip", "br", "identity"] {
        let request = doctor.request(Method::GET, "/doctors").header(header::ACCEPT_ENCODING, encoding);
        assert_eq!(doctor.send(request).await.ok().body, plain, "{encoding}");
    }
}

#[tokio::test]
async fn odd_wishes_are_answered_with_the_whole_page() {
    let app = trusting().await;
    let clinic = Clinic::create(&app).await;
    let doctor = app.sign_in(&clinic.here.doctor).await;
    let page = doctor.get("/dashboard").await.ok();
    for (name, value) in [
        ("range", "bytes=0-10"),
        ("if-range", "\"x\""),
        ("if-none-match", "W/\"x\", garbage, \"\""),
        ("if-modified-since", "Tue, 24 Nov 2037 10:00:00 GMT"),
        ("accept-encoding", ";;;q=,,br;q=zero"),
        ("cache-control", "only-if-cached"),
    ] {
        let answer = doctor.send(doctor.request(Method::GET, "/dashboard").header(name, value)).await.ok();
        assert_eq!(answer.body, page.body, "{name}: {value}");
    }
    let body = doctor.request(Method::GET, "/dashboard").body("q=other");
    assert_eq!(doctor.send(body).await.ok().body, page.body);
}

#[tokio::test]
async fn the_third_look_says_all_that_the_first_said() {
    let app = trusting().await;
    let clinic = Clinic::create(&app).await;
    for walker in walkers(&app, &clinic).await {
        for address in cached_addresses(&walker, &clinic.here) {
            let first = walker.client.get(&address).await.ok();
            let names = |page: &Page| page.header_names().map(str::to_owned).collect::<BTreeSet<_>>();
            for look in 2..=4 {
                let page = walker.client.get(&address).await.ok();
                assert_eq!((outcome(&page), &page.body), ("hit", &first.body), "look {look}: {}", page.asked);
                assert_eq!(names(&page), names(&first), "look {look}: {}", page.asked);
                assert_ne!(page.header("x-request-id"), first.header("x-request-id"), "{}", page.asked);
                for name in ["content-security-policy", "etag", "cache-control", "vary", "content-type"] {
                    assert_eq!(page.header(name), first.header(name), "{name}: {}", page.asked);
                }
            }
        }
    }
}
