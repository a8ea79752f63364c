//! A password that is known from a breach cannot be chosen anywhere; whoever has one already signs in with it.

use std::{collections::BTreeMap, fmt::Write as _, fs, path::Path};

use sha1::{Digest as _, Sha1};
use tempfile::TempDir;

use super::{by_mail::link, invitations::NEWCOMER, *};

const LEAKED: &str = "tangerine ferry at dusk";
/// The same on another keyboard.
const LEAKED_WIDE: &str = "ｔａｎｇｅｒｉｎｅ ferry at dusk";

fn digest(password: &str) -> String {
    Sha1::digest(password.as_bytes()).iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02X}").unwrap();
        text
    })
}

/// Digests in their order, each with how often it was seen: the one that is refused and that of everybody's password here; that of the other,
/// as padding, which was never seen; both ends; and more of nothing.
fn listed() -> BTreeMap<String, u32> {
    let ends = [("0".repeat(40), 2), ("F".repeat(40), 3)];
    let others = (0..3_000).map(|number| (digest(&format!("nobody's {number}")), number + 1));
    let known = [(digest(LEAKED), 412), (digest(PASSWORD), 7), (digest(OTHER), 0)];
    ends.into_iter().chain(others).chain(known).collect()
}

/// As one file.
fn write_file(path: &Path) {
    let lines: String = listed().iter().map(|(digest, count)| format!("{digest}:{count}\r\n")).collect();
    fs::write(path, lines).unwrap();
}

/// As range files, of which those are there that are looked at at the start, and those of what is listed.
fn write_folder(path: &Path) {
    let sampled = (0..0x10_0000).step_by(0x1_0000).chain([0xF_FFFF]);
    let mut ranges: BTreeMap<String, String> =
        sampled.map(|prefix| (format!("{prefix:05X}"), format!("{}:1\r\n", "0".repeat(35)))).collect();
    for (digest, count) in listed() {
        let (prefix, rest) = digest.split_at(5);
        let range = ranges.entry(prefix.to_owned()).or_default();
        if !range.contains(rest) {
            writeln!(range, "{rest}:{count}\r").unwrap();
        }
    }
    for (prefix, lines) in ranges {
        fs::write(path.join(format!("{prefix}.txt")), lines).unwrap();
    }
}

async fn app_with(list: &Path) -> TestApp {
    TestApp::start_with(&[("BREACHED_PASSWORDS", list.to_str().unwrap())]).await
}

fn new_account<'a>(hospital_id: &'a str, password: &'a str) -> [(&'static str, &'a str); 7] {
    [
        ("hospital_id", hospital_id),
        ("first_name", "Maya"),
        ("last_name", "Gurung"),
        ("email", "maya@example.test"),
        ("phone", ""),
        ("date_of_birth", "1990-04-23"),
        ("password", password),
    ]
}

fn assert_refused(page: &Page, field: &str) {
    assert!(page.has(&format!("#{field}-error")), "{}", page.words());
    assert!(page.says("This password is known from a breach of another site"), "{}", page.words());
    assert!(!page.body.contains("tangerine"), "it is not repeated");
}

/// Refused wherever one is chosen, and nothing is changed by it; another is taken in the same place.
async fn is_refused_everywhere(app: &TestApp) {
    let hospital = hospital().create(app).await;
    let id = hospital.id.to_string();
    for password in [LEAKED, LEAKED_WIDE] {
        assert_refused(&app.visitor().post_form("/sign-up", &new_account(&id, password)).await.expect(422), "password");
    }
    app.visitor().post_form("/sign-up", &new_account(&id, OTHER)).await.expect(303);

    // Theirs is on the list, and lets them in as before.
    let asha = doctor(&hospital).create(app).await;
    let browser = app.sign_in(&asha).await;
    let fields = |new| [("current_password", PASSWORD), ("new_password", new)];
    assert_refused(&browser.post_form("/profile/password", &fields(LEAKED)).await.expect(422), "new_password");
    app.sign_in(&asha).await;
    browser.post_form("/profile/password", &fields(OTHER)).await.expect(303);

    let bina = doctor(&hospital).create(app).await;
    app.visitor().post_form("/password-reset", &[("email", bina.email.as_str())]).await.expect(303);
    let link = link(&app.emails_when(&bina.email, 1).await[0]);
    let visitor = app.visitor();
    assert_refused(&visitor.post_form(&link, &[("password", LEAKED)]).await.expect(422), "password");
    visitor.post_form(&link, &[("password", OTHER)]).await.expect(303);

    let desk = app.sign_in(&hospital_admin(&hospital).create(app).await).await;
    let with = |password| NEWCOMER.into_iter().chain([("password", password)]).collect::<Vec<_>>();
    assert_refused(&desk.post_form("/patients", &with(LEAKED)).await.expect(422), "password");
    desk.post_form("/patients", &with(OTHER)).await.expect(303);
}

#[tokio::test]
async fn of_one_file_none_can_be_chosen() {
    let folder = TempDir::new().unwrap();
    let list = folder.path().join("pwned-passwords.txt");
    write_file(&list);
    is_refused_everywhere(&app_with(&list).await).await;
}

#[tokio::test]
async fn of_a_folder_of_ranges_none_can_be_chosen() {
    let folder = TempDir::new().unwrap();
    write_folder(folder.path());
    is_refused_everywhere(&app_with(folder.path()).await).await;
}

/// Nobody knows whether it is one of them: it is not taken, and signing in goes on.
#[tokio::test]
async fn while_the_list_cannot_be_read_no_password_is_set() {
    let folder = TempDir::new().unwrap();
    let list = folder.path().join("pwned-passwords.txt");
    write_file(&list);
    let app = app_with(&list).await;
    let asha = doctor(&hospital().create(&app).await).create(&app).await;
    let browser = app.sign_in(&asha).await;
    let fields = [("current_password", PASSWORD), ("new_password", OTHER)];
    for damage in ["", "<html>not a list</html>"] {
        fs::write(&list, damage).unwrap();
        let answer = browser.post_form("/profile/password", &fields).await.expect(503);
        assert!(!answer.header("retry-after").is_empty());
    }
    fs::remove_file(&list).unwrap();
    browser.post_form("/profile/password", &fields).await.expect(503);
    app.sign_in(&asha).await;
    write_file(&list);
    browser.post_form("/profile/password", &fields).await.expect(303);
}

#[tokio::test]
async fn common_ones_and_those_about_oneself_cannot_be_chosen() {
    let app = TestApp::start().await;
    let hospital = hospital().named("Patan Valley Hospital").create(&app).await;
    let asha = doctor(&hospital).named("Élodie", "Šimůnková").with_email("esim@mail.example.test").create(&app).await;
    let browser = app.sign_in(&asha).await;
    for unfit in [
        "qwerty123456",
        "1QAZ2WSX3EDC",
        "ｌｅａｖｅｍｅａｌｏｎｅ",
        "Liverpool-2026!",
        "l3av3m3al0n3",
        "elodie at the lake",
        "E\u{301}LODIE AT THE LAKE",
        "simunkova at the lake",
        "esim@mail.example.test",
        "rain over patan again",
    ] {
        let fields = [("current_password", PASSWORD), ("new_password", unfit)];
        let page = browser.post_form("/profile/password", &fields).await.expect(422);
        assert!(page.has("#new_password-error"), "{unfit}");
    }
    let fields = [("current_password", PASSWORD), ("new_password", "sunshine over dragon hill")];
    browser.post_form("/profile/password", &fields).await.expect(303);
}
