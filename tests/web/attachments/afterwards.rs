//! What the address of a file answers later: when the visit is long over, when the patient is erased, and where there never was one.

use super::Practice;
use crate::{erasures::erased, support::*};

#[tokio::test]
async fn an_address_outlives_the_visit_and_not_the_file() {
    let practice = Practice::open(&[]).await;
    let Pair { app, doctor, patient, surgery, home, .. } = &*practice;
    let over = practice.meet_in(-60 * 24 * 60, AppointmentStatus::Completed).await;
    let said = message(app, &over, (doctor, patient, true), "").await;
    let path = attachment(app, doctor, &said, "").await.path();
    let thread = format!("{}/messages", over.path());
    for client in [surgery, home] {
        assert_eq!(client.get(&thread).await.ok().attributes("[data-attachment] a", "href"), [path.as_str()]);
        client.get(&path).await.ok();
        for nothing in ["/attachments/0", "/attachments/9223372036854775807", "/attachments/one"] {
            client.get(nothing).await.expect(404);
        }
    }

    let platform = super_admin().create(app).await;
    erased(app, (&platform, patient), true).await.unwrap();
    surgery.get(&path).await.expect(404);
    assert!(!surgery.get(&thread).await.ok().has("[data-attachment] a"));
    home.get(&path).await.expect(303);
}
