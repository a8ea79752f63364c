//! Where there is a virus scanner: what it finds harmful, and what it does not answer about.

use entity::{attachment as row, enums::AttachmentState, message as message_row};
use sea_orm::{ActiveModelTrait as _, ActiveValue::NotSet, EntityTrait, IntoActiveModel as _, QueryOrder};
use telemedicine::features;

use super::{Practice, files::Sent, scanner::Scanner};
use crate::support::*;

impl Practice {
    /// The patient sends a message with a document that says so much. Where it would be opened.
    async fn document(&self, says: &str) -> String {
        let bytes = format!("%PDF-1.7 {says}");
        self.send(&Sent { name: &format!("{says}.pdf"), bytes: bytes.as_bytes() }).await.expect(303);
        format!("/attachments/{}", self.newest().await.id)
    }

    /// What the page of the thread asks for by itself.
    async fn state(&self) -> String {
        let now = self.surgery.get(&format!("{}/now", self.path())).await.ok();
        now.attributes("#thread-now", "data-thread-state").remove(0)
    }
}

#[tokio::test]
async fn nothing_is_opened_that_the_scanner_found_harmful_or_did_not_answer_about() {
    let scanner = Scanner::start();
    let practice = Practice::open(&[("CLAMAV_ADDRESS", &scanner.address)]).await;
    assert!(!practice.home.get(&practice.path()).await.ok().says("not checked for viruses"));
    let fine = practice.document("fine").await;
    let page = practice.send(&Sent { name: "bad.pdf", bytes: b"%PDF-1.7 EICAR" }).await.expect(422);
    assert!(page.says("The virus scanner found something harmful"), "{}", page.words());
    assert_eq!(practice.counts().await, (1, 1));

    let confusing = practice.document("CONFUSED").await;
    scanner.goes_away();
    let (later, harmful) = (practice.document("later").await, practice.document("EICAR").await);
    // What comes without a file does not wait for the scanner.
    practice.home.post_form(&practice.path(), &[("body", "Only words")]).await.expect(303);
    let checker = features::file_checker(&practice.app.state);
    checker.round().await.unwrap();
    let thread = practice.surgery.get(&practice.path()).await.ok();
    assert_eq!(thread.attributes("[data-attachment] a", "href"), [fine.as_str()]);
    assert_eq!(thread.words().matches("It is being checked for viruses").count(), 3, "{}", thread.words());
    for kept_apart in [&confusing, &later, &harmful] {
        practice.surgery.get(kept_apart).await.expect(404);
        practice.home.get(kept_apart).await.expect(404);
    }
    let before = practice.state().await;

    scanner.comes_back();
    checker.round().await.unwrap();
    assert_ne!(practice.state().await, before, "the page of the thread is told");
    let thread = practice.surgery.get(&practice.path()).await.ok();
    assert_eq!(thread.attributes("#thread", "data-thread-state"), [practice.state().await]);
    assert_eq!(thread.attributes("[data-attachment] a", "href"), [fine.as_str(), later.as_str()]);
    assert!(thread.says("The virus scanner found something harmful in it."), "{}", thread.words());
    practice.surgery.get(&later).await.ok();
    practice.surgery.get(&harmful).await.expect(404);
    // It answers, and not about this one: that one stays apart, and the others do not wait for it.
    practice.surgery.get(&confusing).await.expect(404);
    let reasons: Vec<String> = practice.told().await.into_iter().filter(|detail| detail.contains("reason")).collect();
    // At once and later.
    assert_eq!(reasons, ["{\"attachment\":\"refused\",\"reason\":\"harmful\"}"; 2]);
    copy_holds(&practice, &[&fine, &later]).await;
}

/// A patient's copy tells of all that they are shown, and hands out what they may open alone.
async fn copy_holds(practice: &Practice, open: &[&String]) {
    drop(practice.home.post_form("/profile/proof", &[("proof", PASSWORD)]).await);
    let copy = practice.home.get("/profile/export.json").await.ok().body;
    let copy: serde_json::Value = serde_json::from_str(&copy).unwrap();
    assert_eq!(copy["attachment"].as_array().unwrap().len(), 4);
    let files = copy["attachment_data"].as_array().unwrap();
    let paths: Vec<String> = files.iter().map(|file| format!("/attachments/{}", file["attachment_id"])).collect();
    assert_eq!(paths.iter().collect::<Vec<_>>(), open);
}

#[tokio::test]
async fn what_is_kept_apart_is_said_to_be_unchecked_where_there_is_no_scanner_any_more() {
    let practice = Practice::open(&[]).await;
    practice.document("fine").await;
    let sent = practice.newest().await;
    practice.home.post_form(&practice.path(), &[("body", "Only words")]).await.expect(303);
    let words = message_row::Entity::find().order_by_desc(message_row::Column::Id).one(&practice.app.db).await;
    let apart =
        row::Model { id: 0, message_id: words.unwrap().unwrap().id, state: AttachmentState::Quarantined, ..sent };
    let apart = row::ActiveModel { id: NotSet, ..apart.into_active_model().reset_all() };
    row::Entity::insert(apart).exec(&practice.app.db).await.unwrap();
    let thread = practice.surgery.get(&practice.path()).await.ok();
    assert!(thread.says("It cannot be checked for viruses") && !thread.says("being checked"), "{}", thread.words());
}
