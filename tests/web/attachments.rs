//! What comes with a message: told by what is in it, made anew, looked at by a scanner, opened by the two who meet, and by nobody else.

mod afterwards;
mod again;
mod at_a_time;
mod files;
mod kept_apart;
mod scanner;

use entity::{attachment as row, attachment_data, audit_entry, message as message_row};
use reqwest::{Method, header};
use sea_orm::{EntityTrait, PaginatorTrait, QueryOrder};

use self::files::Sent;
use crate::support::*;

/// A doctor and a patient with a visit.
struct Practice {
    pair: Pair,
    visit: Appointment,
}

impl std::ops::Deref for Practice {
    type Target = Pair;

    fn deref(&self) -> &Pair {
        &self.pair
    }
}

impl Practice {
    async fn open(settings: &[(&str, &str)]) -> Self {
        let pair = Pair::of(TestApp::start_with(settings).await, hospital()).await;
        let visit = pair.meet_in(24 * 60, AppointmentStatus::Scheduled).await;
        Self { pair, visit }
    }

    fn path(&self) -> String {
        format!("{}/messages", self.visit.path())
    }

    /// The patient sends a message with that file.
    async fn send(&self, sent: &Sent<'_>) -> Page {
        self.send_from(&self.home, (&[("body", "Look at this")], sent)).await
    }

    /// Somebody sends this form.
    async fn send_from(&self, client: &Client, (fields, sent): (FormFields<'_>, &Sent<'_>)) -> Page {
        let (content_type, body) = sent.form(fields);
        let request = client
            .request(Method::POST, &self.path())
            .header(header::CONTENT_TYPE, content_type)
            .header(header::ORIGIN, self.app.origin())
            .header("sec-fetch-site", "same-origin")
            .body(body);
        client.send(request).await
    }

    async fn newest(&self) -> row::Model {
        row::Entity::find().order_by_desc(row::Column::Id).one(&self.app.db).await.unwrap().unwrap()
    }

    /// What a browser is given of the newest one.
    async fn opened(&self) -> Vec<u8> {
        let path = format!("/attachments/{}", self.newest().await.id);
        let answer = self.surgery.request(Method::GET, &path).send().await.unwrap();
        assert_eq!(answer.status(), 200);
        answer.bytes().await.unwrap().to_vec()
    }

    /// How many messages there are, and how many files.
    async fn counts(&self) -> (u64, u64) {
        let messages = message_row::Entity::find().count(&self.app.db).await.unwrap();
        (messages, attachment_data::Entity::find().count(&self.app.db).await.unwrap())
    }

    async fn told(&self) -> Vec<String> {
        let lines = audit_entry::Entity::find().order_by_asc(audit_entry::Column::Id).all(&self.app.db).await.unwrap();
        lines.iter().map(|line| line.detail.to_string()).filter(|detail| detail.contains("attachment")).collect()
    }
}

#[tokio::test]
async fn a_picture_is_opened_by_the_two_who_meet_until_it_is_taken_back_and_by_nobody_else() {
    let practice = Practice::open(&[]).await;
    let thread = practice.home.get(&practice.path()).await.ok();
    assert!(
        thread.has("form[enctype=\"multipart/form-data\"] input[type=file]") && thread.says("not checked for viruses")
    );
    practice.send(&Sent { name: "left arm.png", bytes: &files::png(3, 2, 255) }).await.expect(303);
    // A browser in which nothing was chosen.
    practice.send(&Sent { name: "", bytes: b"" }).await.expect(303);
    assert_eq!(practice.counts().await, (2, 1));
    let kept = practice.newest().await;
    let path = format!("/attachments/{}", kept.id);
    let thread = practice.surgery.get(&practice.path()).await.ok();
    assert_eq!(thread.attributes("[data-attachment] a", "href"), [path.as_str()]);
    assert!(thread.says("left arm.jpg") && thread.says("picture, 1 kB"), "{}", thread.words());

    let opened = practice.surgery.get(&path).await.ok();
    let told = |name| opened.header(name).to_owned();
    assert_eq!(told("content-type"), "image/jpeg");
    assert!(told("content-disposition").starts_with("inline; filename=\"left arm.jpg\""), "{opened:?}");
    assert_eq!(told("content-security-policy"), "sandbox; default-src 'none'; frame-ancestors 'none'");
    assert_eq!((told("cache-control"), told("x-content-type-options")), ("no-store".to_owned(), "nosniff".to_owned()));
    practice.home.get(&path).await.ok();
    let others = [
        doctor(&practice.hospital).create(&practice.app).await.person,
        patient(&practice.hospital).create(&practice.app).await.person,
        hospital_admin(&practice.hospital).create(&practice.app).await,
    ];
    for other in &others {
        practice.app.sign_in(other).await.get(&path).await.expect(404);
    }
    practice.app.visitor().get(&path).await.expect(303);
    let opening = format!("{{\"attachment_id\":{},\"part\":\"attachment\"}}", kept.id);
    let sent = format!("{{\"attachment_id\":{},\"message\":\"sent\",\"message_id\":{}}}", kept.id, kept.message_id);
    assert_eq!(practice.told().await, [sent, opening.clone(), opening]);

    let back = format!("{}/{}/retraction", practice.path(), kept.message_id);
    practice.home.post_form(&back, &[]).await.expect(303);
    for client in [&practice.surgery, &practice.home] {
        client.get(&path).await.expect(404);
        let thread = client.get(&practice.path()).await.ok();
        assert!(!thread.has("[data-attachment]") && !thread.says("left arm"), "{}", thread.words());
    }
}

#[tokio::test]
async fn a_picture_is_made_anew_upright_and_no_larger_than_it_is_read() {
    let practice = Practice::open(&[]).await;
    let taken = files::jpeg_with_a_place(40, 20);
    assert!(files::holds(&taken, files::PLACE) && files::holds(&taken, b"Exif"));
    practice.send(&Sent { name: "rash.jpg", bytes: &taken }).await.expect(303);
    let opened = practice.opened().await;
    assert!(!files::holds(&opened, files::PLACE) && !files::holds(&opened, b"Exif"), "where it was taken is told");
    assert_eq!(files::size(&opened), (20, 40), "it was held upright");
    assert_eq!(practice.newest().await.bytes as usize, opened.len());

    practice.send(&Sent { name: "wide.webp", bytes: &files::webp(3000, 30) }).await.expect(303);
    assert_eq!(files::size(&practice.opened().await), (2560, 26));
    practice.send(&Sent { name: "seen through.png", bytes: &files::png(3, 2, 90) }).await.expect(303);
    assert!(practice.opened().await.starts_with(b"\x89PNG"), "what shines through goes on doing so");
    // What is behind the picture is no part of it.
    let both = [&files::png(3, 2, 255)[..], b"<script>alert(1)</script>"].concat();
    practice.send(&Sent { name: "both.png", bytes: &both }).await.expect(303);
    assert!(!files::holds(&practice.opened().await, b"script"));
}

#[tokio::test]
async fn what_is_no_picture_and_no_document_is_refused_whatever_it_is_called() {
    let practice = Practice::open(&[("ATTACHMENT_MAX_MB", "1")]).await;
    let large = [&b"%PDF-"[..], &vec![b' '; 1024 * 1024]].concat();
    let cut = files::png(30, 20, 255);
    let refused: [(&[u8], u16, &str); 9] = [
        (b"<html><script>alert(1)</script></html>", 422, "kind"),
        (b"<svg xmlns=\"http://www.w3.org/2000/svg\"><script>alert(1)</script></svg>", 422, "kind"),
        (b"GIF89a\x01\x00\x01\x00", 422, "kind"),
        (&[0, 0, 0, 24, b'f', b't', b'y', b'p', b'h', b'e', b'i', b'c'], 422, "kind"),
        (b"", 422, "empty"),
        (&files::png_of_header(100_000, 100_000, 8), 422, "picture"),
        (&files::png_of_header(8_000, 8_000, 16), 422, "picture"),
        (&cut[..cut.len() / 2], 422, "picture"),
        (&large, 413, "too_large"),
    ];
    let mut told = Vec::new();
    for (bytes, status, reason) in refused {
        let page = practice.send(&Sent { name: "arm.jpg", bytes }).await.expect(status);
        assert!(page.body.contains("Look at this") && page.has("#file-error"), "{reason}: {}", page.words());
        told.push(format!("{{\"attachment\":\"refused\",\"reason\":\"{reason}\"}}"));
    }
    assert_eq!(practice.counts().await, (0, 0));
    assert_eq!(practice.told().await, told);
    // Whoever is not of the visit learns nothing of what a file would be, and nothing of it is in the trail.
    let other = patient(&practice.hospital).create(&practice.app).await;
    let other = practice.app.sign_in(&other).await;
    let sent = Sent { name: "arm.jpg", bytes: b"<html>" };
    practice.send_from(&other, (&[("body", "Let me in")], &sent)).await.expect(404);
    assert_eq!(practice.told().await.len(), 9);
}

#[tokio::test]
async fn a_document_is_handed_out_as_it_came_and_not_shown() {
    let practice = Practice::open(&[]).await;
    let bytes = b"%PDF-1.7\n1 0 obj << /OpenAction (x) >>";
    practice.send(&Sent { name: "../रिपोर्ट.exe", bytes }).await.expect(303);
    let opened = practice.surgery.get(&format!("/attachments/{}", practice.newest().await.id)).await.ok();
    assert_eq!(opened.body.as_bytes(), bytes);
    assert_eq!(opened.header("content-type"), "application/pdf");
    let disposition = opened.header("content-disposition");
    assert!(disposition.starts_with("attachment; ") && disposition.ends_with(".pdf"), "{disposition}");
    assert!(disposition.contains("filename*=UTF-8''%E0%A4%B0"), "{disposition}");
    // A patient's copy tells that there is one, and where.
    drop(practice.home.post_form("/profile/proof", &[("proof", PASSWORD)]).await);
    let copy: serde_json::Value =
        serde_json::from_str(&practice.home.get("/profile/export.json").await.ok().body).unwrap();
    assert_eq!(copy["attachment"][0]["name"], "रिपोर्ट.pdf");
    assert_eq!(copy["attachment_data"][0]["attachment_id"], practice.newest().await.id);
    assert!(copy["attachment_data"][0]["data"].is_null());
}

/// Whether there is room is asked before a file is looked at, so that nothing of a stranger's is; and what is in it is a row of its own, so that no list
/// reads it.
#[tokio::test]
async fn a_file_costs_three_statements_besides_those_of_its_message() {
    let practice = Practice::open(&[]).await;
    let first = practice.send(&Sent { name: "", bytes: b"" }).await.expect(303).statements();
    assert!(first <= 8, "{first} statements");
    let next = practice.send(&Sent { name: "", bytes: b"" }).await.expect(303).statements();
    let with_a_file = practice.send(&Sent { name: "arm.png", bytes: &files::png(3, 2, 255) }).await.expect(303);
    assert_eq!(with_a_file.statements(), next + 3);
    // What is refused is told in the trail.
    let refused = practice.send(&Sent { name: "arm.png", bytes: b"<html>" }).await.expect(422).statements();
    assert!(refused <= 8, "{refused} statements");
}
