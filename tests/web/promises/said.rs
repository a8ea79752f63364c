//! What is said after an act is so: each sentence that a handler leaves for the next page, with a test that does the act, reads the sentence and looks.
//! Those of a visit's steps are in `steps.rs`.

mod accounts;
mod people;
mod visits;

use super::*;

/// Each sentence, by its beginning, and the test below that reads it. Whoever adds one adds the test.
const SAID: [(&str, &str); 55] = [
    ("Another link is on its way. The mail says", "an_address_is_what_was_said_of_it"),
    ("A link is on its way to the new address.", "an_address_is_what_was_said_of_it"),
    ("All notifications are marked as read.", "news_is_read_as_far_as_was_said"),
    ("Every other browser is signed out.", "browsers_are_signed_out_as_was_said"),
    ("It is kept with the visit.", "what_is_said_in_a_room_is_so"),
    ("It stands beneath the note now.", "what_is_written_is_as_was_said"),
    ("Nobody is told of a delay any more.", "what_is_said_in_a_room_is_so"),
    ("Nothing was sent: the account is shut.", "nobody_is_invited_who_was_said_not_to_be"),
    ("Nothing was sent: the person has signed in before.", "nobody_is_invited_who_was_said_not_to_be"),
    ("Nothing was sent: this server sends no e-mail.", "without_mail_nothing_is_sent_as_was_said"),
    ("Sign in once more: it took too long", "who_was_too_slow_is_to_sign_in_once_more_as_was_said"),
    ("That browser is signed out.", "browsers_are_signed_out_as_was_said"),
    ("The absence is recorded. No visit lies in it.", "times_are_as_was_said"),
    ("The absence is recorded. Visits are planned in it", "times_are_as_was_said"),
    ("The absence is removed.", "times_are_as_was_said"),
    ("The account is made, and a link to choose a password", "somebody_new_comes_in_as_was_said"),
    ("The account is made. Tell the person their first password.", "somebody_new_comes_in_as_was_said"),
    ("The account is open again.", "an_account_is_open_or_shut_as_was_said"),
    ("The account is shut, and signed out everywhere.", "an_account_is_open_or_shut_as_was_said"),
    ("The account is shut, and signed out everywhere. Visits", "an_account_is_open_or_shut_as_was_said"),
    ("The address is kept, and every browser is signed out.", "an_address_is_what_was_said_of_it"),
    ("The address of your calendar leads nowhere any more.", "a_calendar_is_closed_as_was_said"),
    ("The changes are saved, and a link to choose a password", "somebody_new_comes_in_as_was_said"),
    ("The changes are saved, but for the address", "a_record_is_changed_as_was_said"),
    ("The changes are saved.", "a_record_is_changed_as_was_said"),
    ("The document is issued.", "what_is_written_is_as_was_said"),
    ("The document is revoked.", "what_is_written_is_as_was_said"),
    ("The draft is saved.", "what_is_written_is_as_was_said"),
    ("The guest is let in.", "a_guest_is_in_or_out_as_was_said"),
    ("The guest is removed, and the link leads nowhere any more.", "a_guest_is_in_or_out_as_was_said"),
    ("The hospital is listed again.", "a_hospital_is_listed_as_was_said"),
    ("The hospital is made. Add somebody who runs it.", "a_hospital_is_listed_as_was_said"),
    ("The hospital is no longer listed.", "a_hospital_is_listed_as_was_said"),
    ("The hours are added.", "times_are_as_was_said"),
    ("The hours are removed.", "times_are_as_was_said"),
    ("The hours are saved.", "a_week_is_as_was_said"),
    ("The hours are saved. Visits are planned outside of them", "a_week_is_as_was_said"),
    ("The hours are removed. Visits are planned in them", "times_are_as_was_said"),
    ("The new address counts from now on.", "an_address_is_what_was_said_of_it"),
    ("The note is signed.", "what_is_written_is_as_was_said"),
    ("The password is set. Somebody is still signed in", "a_password_is_what_was_said_of_it"),
    ("The second factor is removed, and the person is signed out", "a_second_factor_is_gone_as_was_said"),
    ("The visit is booked, and the others are notified.", "a_visit_is_booked_as_was_said"),
    ("There was none: the person has no second factor.", "a_second_factor_is_gone_as_was_said"),
    ("They are signed out everywhere, and told so by mail.", "an_account_is_open_or_shut_as_was_said"),
    ("This form was sent before, and made this account.", "somebody_new_comes_in_as_was_said"),
    ("This form was sent before, and made this hospital.", "a_hospital_is_listed_as_was_said"),
    ("This request was sent before. The doctor has proposed", "a_request_that_is_sent_again_stands_as_was_said"),
    ("This request was sent before, and approved since", "a_request_that_is_sent_again_stands_as_was_said"),
    ("This visit was booked before, and stands", "a_visit_is_booked_as_was_said"),
    ("Those who wait see the delay.", "what_is_said_in_a_room_is_so"),
    ("What the patient said is confirmed.", "a_record_is_confirmed_as_was_said"),
    ("What was on the page, and what is older", "news_is_read_as_far_as_was_said"),
    ("You are signed out.", "browsers_are_signed_out_as_was_said"),
    ("You were signed in nowhere else.", "browsers_are_signed_out_as_was_said"),
];

/// The same, addressed to whoever reads it.
const SAID_TO_THEM: [(&str, &str); 15] = [
    ("Another link is on its way. It works for seven days.", "nobody_is_invited_who_was_said_not_to_be"),
    ("If there is an account with that address", "a_password_is_what_was_said_of_it"),
    ("The visit goes on by telephone. Call the patient.", "a_visit_is_held_as_was_said"),
    ("The visit goes on by video.", "a_visit_is_held_as_was_said"),
    ("Your address is confirmed already.", "an_address_is_what_was_said_of_it"),
    ("Your address is confirmed.", "an_address_is_what_was_said_of_it"),
    ("Your address stays as it is.", "an_address_is_what_was_said_of_it"),
    ("Your answers are kept. Your doctor sees them.", "what_is_said_in_a_room_is_so"),
    ("Your check is kept.", "what_is_said_in_a_room_is_so"),
    ("Your calendar has no address.", "a_calendar_is_closed_as_was_said"),
    ("Your message is sent.", "what_is_written_is_as_was_said"),
    ("Your message is taken back.", "what_is_written_is_as_was_said"),
    ("Your password is changed. Every other browser is signed out.", "a_password_is_what_was_said_of_it"),
    ("Your password is set. Sign in with it.", "a_password_is_what_was_said_of_it"),
    ("Your profile is saved.", "a_record_is_changed_as_was_said"),
];

/// Those that a test elsewhere holds to, by the words that it reads.
const HELD_TO_ELSEWHERE: [(&str, &str, &str); 16] = [
    (
        "Nothing was noted: somebody has told the patient before you, or they have an e-mail address by now.",
        "without_address/telling.rs",
        "Nothing was noted: somebody has told the patient before you",
    ),
    (
        "It is noted that you have told the patient.",
        "without_address/telling.rs",
        "It is noted that you have told the patient.",
    ),
    ("It is taken back: the visit stands as it did before.", "correcting.rs", "It is taken back"),
    ("The clinic is asked for the other time. Your visit", "wishes.rs", "The clinic is asked for the other time."),
    ("The changes are saved. Some visits could not move", "time_zones/told.rs", "among the visits that need somebody"),
    (
        "The visit is booked with the doctor who is named",
        "times/booking.rs",
        "booked with the doctor who is named below",
    ),
    (
        "Nothing was sent: the person has no e-mail address.",
        "without_address.rs",
        "Nothing was sent: the person has no e-mail address.",
    ),
    (
        "The patient is added, without an e-mail address",
        "without_address.rs",
        "The patient is added, without an e-mail address",
    ),
    ("The patient is added, and waits for the doctor", "walk_in.rs", "The patient is added, and waits"),
    (
        "The visit is handed over, and the others are notified.",
        "rescheduling/handing_over.rs",
        "The visit is handed over",
    ),
    ("The visit is moved, and the others are notified.", "rescheduling.rs", "The visit is moved"),
    (
        "The visit stays at its time, and the patient",
        "wishes/answers.rs",
        "The visit stays at its time, and the patient",
    ),
    ("This server sends no e-mail. Ask your hospital", "accounts/addresses.rs", "This server sends no e-mail"),
    ("You keep your time, and the clinic is told.", "wishes/answers.rs", "You keep your time, and the clinic is told."),
    ("Your request is sent to the doctor who is named", "times/booking.rs", "sent to the doctor who is named below"),
    ("Your request is sent. You will be notified", "booking.rs", "Your request is sent."),
];

/// Sentences of the same files that stand beside a form because nothing was done: by their beginnings.
const REFUSALS: [&str; 26] = [
    "A visit at 09:00 stays at 09:00",
    "A visit is when it was",
    "Another hospital has this name.",
    "Choose a hospital from the list.",
    "Choose from the list why the second factor",
    "Codes of your app cannot be checked",
    "Confirm your address first",
    "Open the dashboard, and say there whom",
    "Open the patient's page, and confirm",
    "Say by how many minutes",
    "Somebody changed the hospital",
    "Somebody changed this person",
    "The e-mail address or the password is not right.",
    "The form held something",
    "The patient, or somebody else, has changed the record",
    "The time zone changes.",
    "There is a patient of this name",
    "This address cannot be used",
    "This e-mail address cannot be used.",
    "This is not your current password.",
    "This server sends no e-mail.",
    "To book it all the same",
    "To move it there all the same",
    "You have issued 30 documents within",
    "You have sent 30 messages within",
    "Your profile was changed after",
];

/// Every sentence of the handlers that lead to another page with something to say, and of the functions that say what was done.
fn sentences() -> BTreeSet<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/features");
    let mut folders = vec![root];
    let mut sources = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                sources.push((path.display().to_string(), fs::read_to_string(&path).unwrap()));
            }
        }
    }
    let mut found = BTreeSet::new();
    for (path, text) in sources {
        let is_about_steps = path.ends_with("appointments/step.rs");
        let says = text.contains("see_other_saying(");
        let holding = text.split("fn done(").nth(1).filter(|_| !is_about_steps && !says).unwrap_or_default();
        let code = if says { text.as_str() } else { holding };
        found.extend(literals(code).into_iter().filter(|literal| is_sentence(literal)));
    }
    found
}

/// The texts in quotes, as the compiler has them.
fn literals(code: &str) -> Vec<String> {
    let lines: Vec<&str> = code.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
    let code = lines.join("\n");
    let folded = code.split("\\\n").enumerate().map(|(at, part)| if at == 0 { part } else { part.trim_start() });
    folded.collect::<String>().split('"').skip(1).step_by(2).map(str::to_owned).collect()
}

fn is_sentence(literal: &str) -> bool {
    literal.starts_with(|first: char| first.is_uppercase()) && literal.ends_with('.') && literal.contains(' ')
}

#[test]
fn every_sentence_that_is_said_after_an_act_is_known_here() {
    let found = sentences();
    assert!(found.len() > 70, "only {found:?}");
    let known: BTreeSet<&str> = SAID.iter().chain(&SAID_TO_THEM).map(|(words, _)| *words).collect();
    let known: Vec<&str> = known.into_iter().chain(HELD_TO_ELSEWHERE.iter().map(|(words, ..)| *words)).collect();
    let begins = |sentence: &&String, with: &[&str]| with.iter().any(|words| sentence.starts_with(words));
    let unknown: Vec<_> = found.iter().filter(|found| !begins(found, &known) && !begins(found, &REFUSALS)).collect();
    assert!(unknown.is_empty(), "each needs a test of what it says: {unknown:#?}");
    let unsaid = known.iter().chain(&REFUSALS);
    let unsaid: Vec<_> = unsaid.filter(|words| !found.iter().any(|found| found.starts_with(**words))).collect();
    assert!(unsaid.is_empty(), "nobody says these any more: {unsaid:#?}");
}

#[test]
fn every_sentence_has_the_test_that_is_named_beside_it() {
    let sources = [include_str!("said/accounts.rs"), include_str!("said/people.rs"), include_str!("said/visits.rs")];
    for (words, test) in SAID.iter().chain(&SAID_TO_THEM) {
        let begin = format!("async fn {test}() {{");
        let body = sources.iter().find_map(|source| source.split(&begin).nth(1)?.split("\n}\n").next());
        let body = body.unwrap_or_else(|| panic!("{words}: there is no test {test}"));
        assert!(body.contains(&format!("\"{words}\"")), "{test} does not read {words:?}");
    }
    let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/web");
    for (words, file, read) in HELD_TO_ELSEWHERE {
        assert!(fs::read_to_string(tests.join(file)).unwrap().contains(read), "{file} does not hold to {words:?}");
    }
}

/// The gate can fail.
#[test]
fn a_new_sentence_is_found_in_a_handler() {
    let code = "const A: &str = \"The visit is moved \\\n                 to the moon.\";\n// \"Not in a remark.\"\nlet b = \"no sentence\";";
    let found: Vec<_> = literals(code).into_iter().filter(|literal| is_sentence(literal)).collect();
    assert_eq!(found, ["The visit is moved to the moon."]);
}

/// The page that an act leads to, which says so in the place for it.
async fn says(client: &Client, answer: Page, words: &str) -> Page {
    let page = client.follow(answer.expect(303)).await.ok();
    let said = page.texts(".flash");
    assert!(said.iter().any(|said| said.starts_with(words)), "{words}: {said:?}");
    page
}

/// A hospital whose doctor can be booked every day, and everybody who has to do with it.
struct Ward {
    app: TestApp,
    hospital: Hospital,
    doctor: Doctor,
    patient: Patient,
    desk: Client,
    surgery: Client,
    home: Client,
}

impl Ward {
    async fn open() -> Self {
        let app = TestApp::start().await;
        let hospital = hospital().create(&app).await;
        let doctor = doctor(&hospital).create(&app).await;
        let patient = patient(&hospital).create(&app).await;
        let at = |hour| chrono::NaiveTime::from_hms_opt(hour, 0, 0).unwrap();
        for weekday in 0..5 {
            availability(&app, &doctor, weekday, (at(9), at(12))).await;
        }
        let desk = app.sign_in(&hospital_admin(&hospital).create(&app).await).await;
        let (surgery, home) = (app.sign_in(&doctor).await, app.sign_in(&patient).await);
        Self { app, hospital, doctor, patient, desk, surgery, home }
    }

    async fn visit(&self, status: AppointmentStatus, minutes: i64) -> Appointment {
        let visit = appointment().of(&self.doctor).with(&self.patient).at(self.app.in_minutes(minutes)).status(status);
        visit.create(&self.app).await
    }
}
