//! The same form sent twice, by somebody who is signed out, or with more than fits.

use std::{
    io::{Read as _, Write as _},
    net::TcpStream,
    time::Duration,
};

use reqwest::{Method, header};

use super::{Practice, files, files::Sent};
use crate::support::*;

#[tokio::test]
async fn a_form_that_is_sent_twice_sends_one_message_with_one_file() {
    let practice = Practice::open(&[]).await;
    let fields = |token| [("body", "Look at this"), ("token", token)];
    let (arm, leg) = (files::png(3, 2, 255), files::png(4, 2, 255));
    let with = |bytes| Sent { name: "arm.png", bytes };
    let send = async |token, sent: &Sent<'_>| practice.send_from(&practice.home, (&fields(token), sent)).await;
    for _ in 0..2 {
        send("a", &with(&arm)).await.expect(303);
    }
    assert_eq!(practice.counts().await, (1, 1));
    // Another file, or none, is another message: it is not taken for the one that was sent.
    let without = Sent { name: "", bytes: b"" };
    for sent in [with(&leg), without] {
        let page = send("a", &sent).await.expect(409);
        assert!(page.says("This form has sent a message already") && page.body.contains("Look at this"), "{page:?}");
    }
    let pressed_twice = with(&leg);
    let (one, other) = tokio::join!(send("b", &pressed_twice), send("b", &pressed_twice));
    for page in [one, other] {
        page.expect(303);
    }
    assert_eq!(practice.counts().await, (2, 2));
    assert_eq!(practice.told().await.len(), 2);
}

#[tokio::test]
async fn what_was_typed_by_somebody_who_is_signed_out_is_there_and_the_file_is_to_be_sent_again() {
    let practice = Practice::open(&[]).await;
    // More than fits into a form.
    let large = [&b"%PDF-1.7"[..], &vec![b' '; 1024 * 1024]].concat();
    let sent = Sent { name: "a.pdf", bytes: &large };
    let thread = practice.home.get(&practice.path()).await.ok();
    let person = thread.attributes("form[enctype] [name=person]", "value").remove(0);
    let typed = [("token", "of this page"), ("body", "Typed before"), ("person", person.as_str())];
    // Of a form without that value nobody knows whose it was.
    practice.send_from(&practice.app.visitor(), (&typed[..2], &sent)).await.expect(303);
    let page = practice.send_from(&practice.app.visitor(), (&typed, &sent)).await.expect(401);
    assert!(page.body.contains("Typed before") && page.says("The file that came with it is not kept"), "{page:?}");
    assert_eq!((page.header("cache-control"), practice.counts().await), ("no-store", (0, 0)));
    practice.home.submit(&page, "form[data-kept]", &[]).await.expect(303);
    assert_eq!(practice.counts().await, (1, 0));
}

#[tokio::test]
async fn a_form_with_two_files_or_with_one_where_none_belongs_is_refused() {
    let practice = Practice::open(&[]).await;
    let part = |name| {
        format!("--x\r\nContent-Disposition: form-data; name=\"{name}\"; filename=\"a.pdf\"\r\n\r\n%PDF-1.7\r\n")
    };
    let said = "--x\r\nContent-Disposition: form-data; name=\"body\"\r\n\r\nLook\r\n";
    let (one, other) = (part("file"), part("other"));
    for body in [format!("{said}{one}{one}--x--\r\n"), format!("{said}{other}--x--\r\n"), format!("{said}{one}")] {
        let request = practice.home.request(Method::POST, &practice.path());
        let request = request.header(header::CONTENT_TYPE, "multipart/form-data; boundary=x");
        let request = request.header(header::ORIGIN, practice.app.origin()).body(body.clone());
        assert_eq!(practice.home.send(request).await.status, 400, "{body}");
    }
    assert_eq!(practice.counts().await, (0, 0));
}

#[tokio::test]
async fn there_is_room_for_twenty_files_of_a_visit_and_for_what_a_hospital_may_have() {
    let practice = Practice::open(&[]).await;
    for _ in 0..19 {
        let who = (&practice.doctor, &practice.patient, true);
        let said = message(&practice.app, &practice.visit, who, "").await;
        attachment(&practice.app, &practice.doctor, &said, "").await;
    }
    let picture = files::png(3, 2, 255);
    let sent = Sent { name: "one more.png", bytes: &picture };
    // The last one, and the same form once more.
    for _ in 0..2 {
        let fields = [("body", "Look at this"), ("token", "of the last")];
        practice.send_from(&practice.home, (&fields, &sent)).await.expect(303);
    }
    let page = practice.send(&sent).await.expect(409);
    assert!(page.says("There are 20 files about this visit already"), "{}", page.words());
    assert_eq!(practice.counts().await, (20, 20));
    let full = practice.app.another_instance_with(&[("ATTACHMENT_HOSPITAL_MB", "0")]);
    let second = appointment().of(&practice.doctor).with(&practice.patient).at(practice.app.in_hours(30));
    let second = second.create(&practice.app).await;
    let origin = full.origin();
    let (content_type, body) = sent.form(&[("body", "And this")]);
    let home = practice.home.at(&origin);
    let request = home.request(Method::POST, &format!("{}/messages", second.path()));
    let request = request.header(header::CONTENT_TYPE, content_type).header(header::ORIGIN, &origin).body(body);
    let page = home.send(request).await.expect(409);
    assert!(page.says("There is no room for more files"), "{}", page.words());
}

/// Somebody begins to send a file, and goes no further until this is dropped.
fn begun(practice: &Practice, cookies: &str) -> TcpStream {
    let mut stream = TcpStream::connect(practice.app.address).unwrap();
    let request = format!(
        "POST {} HTTP/1.1\r\nHost: {}\r\nOrigin: {}\r\nCookie: {cookies}\r\nContent-Type: multipart/form-data; boundary=x\r\n\
         Content-Length: 100000\r\n\r\n--x\r\nContent-Disposition: form-data; name=\"body\"\r\n\r\nLook\r\n--x\r\n\
         Content-Disposition: form-data; name=\"file\"; filename=\"a.pdf\"\r\n\r\n%PDF-",
        practice.path(),
        practice.app.address,
        practice.app.origin(),
    );
    stream.write_all(request.as_bytes()).unwrap();
    stream
}

#[tokio::test]
async fn a_file_that_is_handed_back_to_nobody_is_not_waited_for() {
    let practice = Practice::open(&[]).await;
    let mut stream = begun(&practice, "none=0");
    // Less than anybody is given for the file.
    stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    let mut answer = [0; 12];
    stream.read_exact(&mut answer).unwrap();
    assert_eq!(&answer, b"HTTP/1.1 303");
}

#[tokio::test]
async fn who_sends_many_files_slowly_keeps_nobody_else_out() {
    let practice = Practice::open(&[]).await;
    let mut held: Vec<TcpStream> = (0..3).map(|_| begun(&practice, &practice.home.cookies())).collect();
    let picture = files::png(3, 2, 255);
    let sent = Sent { name: "arm.png", bytes: &picture };
    let fields = [("body", "Look at this"), ("token", "of this page")];
    let send = async || practice.send_from(&practice.home, (&fields, &sent)).await;
    let mut page = send().await;
    // Until three hold their places, of which this one may have had one when they came; the same form sends one message at most.
    for _ in 0..20 {
        if page.status == 303 {
            held.push(begun(&practice, &practice.home.cookies()));
            tokio::time::sleep(Duration::from_millis(50)).await;
            page = send().await;
        }
    }
    let page = page.expect(503);
    assert!(page.says("Too many files are being sent") && page.body.contains("Look at this"), "{}", page.words());
    let without = Sent { name: "", bytes: b"" };
    practice.send_from(&practice.home, (&[("body", "Only words")], &without)).await.expect(303);
    practice.send_from(&practice.surgery, (&[("body", "And here")], &sent)).await.expect(303);
    drop(held);
}
