//! Whoever can write to Redis is nobody else for it.

use telemedicine::redis::{Command, Redis};
use telemedicine::session::KeyHash;

use super::*;

async fn say(redis: &Redis, command: Command) -> Option<Vec<u8>> {
    redis.run_pooled(command).await.unwrap().into_bytes().ok().flatten().map(|bytes| bytes.to_vec())
}

/// Where the copy of a browser's session stands: its key is what the signed value ends with.
fn copy_of(redis: &Redis, client: &Client) -> String {
    let cookies = client.cookies();
    let value = cookies.split("; ").find_map(|pair| pair.strip_prefix("session=")).unwrap();
    redis.key("session", KeyHash::of_text(&value[value.len() - 43..]).as_str())
}

#[tokio::test]
async fn another_persons_copy_under_ones_own_key_opens_nothing_of_theirs() {
    let app = TestApp::start_with(&[("CACHE_VERIFY", "false")]).await;
    let Some(redis) = app.state.redis.clone() else { return };
    let clinic = Clinic::create(&app).await;
    let (doctor, patient) = (app.sign_in(&clinic.here.doctor).await, app.sign_in(&clinic.there.patient).await);
    for client in [&doctor, &patient] {
        client.get("/dashboard").await.ok();
    }
    let (theirs, own) = (copy_of(&redis, &doctor), copy_of(&redis, &patient));
    let copy = say(&redis, Command::new("GET").arg(&theirs)).await.expect("the doctor's copy is there");
    assert!(say(&redis, Command::new("GET").arg(&own)).await.is_some(), "the patient's copy is there");
    let text = String::from_utf8(copy.clone()).unwrap();
    let forged =
        text.replacen(&format!(" {} ", clinic.there.patient.user_id), &format!(" {} ", clinic.here.doctor.user_id), 1);
    // The other instance remembers neither session.
    let instance = app.another_instance();
    for planted in [copy, forged.into_bytes()] {
        say(&redis, Command::new("SET").arg(&own).arg(planted)).await;
        for path in ["/dashboard", "/notifications", "/appointments"] {
            let page = patient.at(&instance.origin()).get(path).await.ok();
            assert!(
                page.says(&clinic.there.patient.name()) && !page.body.contains(&clinic.here.doctor.email),
                "{path}"
            );
            assert!(!page.texts("header").join(" ").contains(&clinic.here.doctor.name()), "{path}");
        }
    }
}
