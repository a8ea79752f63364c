//! Instances that share a cache notice when they do not agree on the secret or on the version. Only with Redis: without it there is one.

use std::time::Duration;

use entity::cache_instance;
use sea_orm::{ActiveValue::Set, EntityTrait as _};
use telemedicine::{features::audit::Sealer, integrations::Clock};

use crate::support::*;

const ANOTHER: &str = "5b0e1c8fd2734a96be7410cf93d6a28e4f05b7c913ea862d70f41bd89c3a52e7";

async fn until(what: &str, is_so: impl AsyncFn() -> bool) {
    for _ in 0..600 {
        if is_so().await {
            return;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("it never comes to this: {what}");
}

async fn says(client: &Client, text: &str) -> bool {
    client.get("/health/ready").await.body.contains(text)
}

#[tokio::test]
async fn an_instance_with_another_secret_serves_nobody_and_seals_nothing() {
    let app = TestApp::start().await;
    if app.state.redis.is_none() {
        return;
    }
    let admin = hospital_admin(&hospital().create(&app).await).create(&app).await;
    let first = app.visitor();
    until("the first is there", async || says(&first, r#""instances":"ok""#).await).await;

    let other = app.another_instance_with(&[("SECRET_KEY", ANOTHER)]);
    let second = app.visitor().at(&other.origin());
    until("the second is not ready", async || says(&second, r#""instances":"SECRET_KEY is another one"#).await).await;
    second.get("/health/ready").await.expect(503);
    until("the first tells", async || says(&first, r#""instances":"1 of 2 have another SECRET_KEY""#).await).await;
    assert!(says(&first, r#""status":"degraded""#).await);

    app.sign_in(&admin).await;
    let theirs = Sealer::new(&other.state);
    for _ in 0..3 {
        assert_eq!(theirs.round().await.unwrap(), 0, "with a key that nobody verifies it with");
    }
    let ours = Sealer::new(&app.state);
    until("the first seals", async || ours.round().await.unwrap() > 0).await;

    drop(other);
    until("all is well again", async || says(&first, r#""instances":"ok""#).await).await;
}

#[tokio::test]
async fn several_versions_are_told_and_are_no_fault() {
    let app = TestApp::start().await;
    if app.state.redis.is_none() {
        return;
    }
    let visitor = app.visitor();
    until("it is there", async || says(&visitor, r#""instances":"ok""#).await).await;
    let now = Clock::system().now();
    let mine = cache_instance::Entity::find().one(&app.db).await.unwrap().unwrap();
    let own = mine.version.unwrap();
    let digest = own.strip_prefix(concat!(env!("CARGO_PKG_VERSION"), "+")).expect("the program's digest");
    assert!(digest.len() == 8 && digest > "00000000", "{own}");
    let of = |name: &str, version: Option<&str>| cache_instance::ActiveModel {
        name: Set(name.to_owned()),
        apart: Set(false),
        beats: Set(1),
        version: Set(version.map(str::to_owned)),
        key_fingerprint: Set(version.map(|_| app.state.settings.secret_key.fingerprint())),
        created_at: Set(now),
        updated_at: Set(now),
        ..Default::default()
    };
    // One of the next release, and one of a release that does not tell.
    let rows = [of("00000000000000aa", Some("99.0.0")), of("00000000000000bb", None)];
    cache_instance::Entity::insert_many(rows).exec(&app.db).await.unwrap();
    let told = format!(r#""instances":"ok; versions {own}, 99.0.0""#);
    until("both are told", async || says(&visitor, &told).await).await;
    // Two programs of one version are two as well.
    let older = of("00000000000000cc", Some(concat!(env!("CARGO_PKG_VERSION"), "+00000000")));
    cache_instance::Entity::insert(older).exec(&app.db).await.unwrap();
    let three = format!("versions {}+00000000, {own}, 99.0.0", env!("CARGO_PKG_VERSION"));
    until("all three are told", async || says(&visitor, &three).await).await;
    visitor.get("/health/ready").await.expect(200);
}
