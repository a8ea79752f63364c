//! Whoever runs the platform is nobody's to manage: so one of them stays, whatever they do to each other.

use futures_util::future::join_all;

use super::*;

#[tokio::test]
async fn administrators_cannot_shut_each_other_or_themselves_out_however_many_try_at_once() {
    let app = TestApp::start().await;
    let (one, other) = (super_admin().create(&app).await, super_admin().create(&app).await);
    let (first, second) = (app.sign_in(&one).await, app.sign_in(&other).await);
    let acts = ["deactivation", "second-factor/removal", "sessions/revocation"];
    let tries = (0..32).map(async |number| {
        let browser = if number % 2 == 0 { &first } else { &second };
        let whom = if number % 4 < 2 { one.user_id } else { other.user_id };
        let act = acts[number % acts.len()];
        let fields: &[(&str, &str)] = if act.contains("factor") { &[("reason", "lost_device")] } else { &[] };
        browser.post_form(&format!("/admins/{whom}/{act}"), fields).await.status
    });
    assert!(join_all(tries).await.iter().all(|status| *status == 404));
    for person in [&one, &other] {
        assert!(stored(&app, person.user_id).await.active);
        first.get(&format!("/admins/{}/edit", person.user_id)).await.expect(404);
        let mine = [("first_name", "Asha"), ("last_name", "Rai"), ("email", "taken@example.test"), ("version", "x")];
        first.post_form(&format!("/admins/{}", person.user_id), &mine).await.expect(404);
    }
    assert!(first.is_signed_in().await && second.is_signed_in().await);
}
