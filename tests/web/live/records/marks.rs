//! The mark of a record is another as soon as anything is that stands on its page and does not come by itself; and only then.

use chrono::TimeDelta;

use super::*;
use crate::erasures::erased;

/// What is asked at the beginning of a visit, answered.
const CHECKED: [(&str, &str); 4] = [
    ("version", "0"),
    ("location_now", "Patan, Mangal Bazar 7"),
    ("call_back", "+977 1 5550199"),
    ("identity", "known"),
];

impl Practice {
    /// The mark of the record at `path`, as its page has it, and the one that the page listens to.
    async fn mark(&self, browser: &Client, path: &str) -> String {
        let record = browser.get(path).await.ok();
        let source = record.attributes("main[data-live-from]", "data-live-from").concat();
        let now = by_itself(browser, &source).await.ok();
        let mark = state(&now).concat();
        assert_eq!(mark, state(&record).concat(), "{path} is up to date");
        assert!(!mark.is_empty(), "{path} has no mark");
        mark
    }

    /// Those of the visit's page, to its doctor, to its patient and to the desk.
    async fn marks(&self) -> [String; 3] {
        let page = self.visit.path();
        [self.mark(&self.surgery, &page).await, self.mark(&self.home, &page).await, self.mark(&self.desk, &page).await]
    }

    /// The four parts of the mark of a note, to its doctor.
    async fn note(&self, visit: &Appointment) -> Vec<String> {
        self.mark(&self.surgery, &format!("{}/note", visit.path())).await.split('-').map(str::to_owned).collect()
    }

    /// The desk corrects something about somebody, on the page at `path`.
    async fn correct(&self, path: &str, field: (&str, &str)) {
        let form = self.desk.get(&format!("{path}/edit")).await.ok();
        self.desk.submit(&form, &format!("form[action='{path}']"), &[field]).await.expect(303);
    }

    async fn patient_is(&self, field: (&str, &str)) {
        self.correct(&format!("/patients/{}", self.visit.patient_id), field).await;
    }

    /// Nothing that a record shows: somebody comes again, more is known of earlier years, another visit is called off.
    async fn something_else_happens(&self) {
        self.app.clock.advance(TimeDelta::seconds(1));
        self.app.sign_in(&self.patient).await;
        self.app.sign_in(&self.doctor).await;
        self.patient_is(("medical_history", "Asthma as a child.")).await;
        let reason = [("version", "0"), ("reason", "The ward needs everybody.")];
        self.post(&self.surgery, &format!("{}/cancellation", self.other.path()), &reason).await;
    }
}

/// Which of these are others.
fn others<T: PartialEq, const N: usize>(before: &[T; N], after: &[T; N]) -> [bool; N] {
    std::array::from_fn(|place| before[place] != after[place])
}

#[tokio::test]
async fn whoever_has_to_do_with_a_visit_is_told_where_it_stands_however_it_does() {
    let app = TestApp::start().await;
    let clinic = Clinic::create(&app).await;
    let House { doctor, patient, admin, appointments, .. } = &clinic.here;
    for person in [&**doctor, &**patient, admin] {
        let browser = app.sign_in(person).await;
        for visit in appointments {
            let record = browser.get(&visit.path()).await.ok();
            let now = by_itself(&browser, &format!("{}/standing", visit.path())).await.ok();
            assert_eq!(state(&now), state(&record), "{:?}", visit.status);
            for part in ["#next", "#standing", "#documents", "#note"] {
                assert_eq!(now.texts(part), record.texts(part), "{:?}", visit.status);
            }
        }
    }
}

#[tokio::test]
async fn a_visits_mark_is_of_whom_it_is_about() {
    let practice = Practice::with(AppointmentStatus::Scheduled).await;
    let mut before = practice.marks().await;
    let fields =
        [("first_name", "Renamed"), ("date_of_birth", "1971-02-03"), ("allergies", "Latex"), ("blood_type", "AB-")];
    for field in fields {
        practice.patient_is(field).await;
        let after = practice.marks().await;
        assert_eq!(others(&before, &after), [true; 3], "{field:?}");
        before = after;
    }
    // How they are called is told to those who call.
    for field in [("phone", "+977 980-7654321"), ("emergency_contact_name", "Somebody else")] {
        practice.patient_is(field).await;
        let after = practice.marks().await;
        assert_eq!(others(&before, &after), [true, false, true], "{field:?}");
        before = after;
    }
    practice.something_else_happens().await;
    assert_eq!(practice.marks().await, before);
}

#[tokio::test]
async fn a_visits_mark_is_of_its_history_and_of_what_those_in_it_are_called() {
    let practice = Practice::with(AppointmentStatus::Scheduled).await;
    let before = practice.marks().await;
    practice.correct(&format!("/doctors/{}", practice.visit.doctor_id), ("last_name", "Renamed")).await;
    let after = practice.marks().await;
    assert_eq!(others(&before, &after), [false, true, true], "to the doctor it is “You” who agreed to it");
    practice.post(&practice.desk, &practice.path("/arrival"), &[("version", "0")]).await;
    let arrived = practice.marks().await;
    assert_eq!(others(&after, &arrived), [true; 3]);
    let profile = practice.desk.get("/profile").await.ok();
    practice.desk.submit(&profile, "form[action='/profile']", &[("last_name", "Married")]).await.expect(303);
    let renamed = practice.marks().await;
    assert_eq!(others(&arrived, &renamed), [true, true, false], "to the desk itself it is “You”");
}

#[tokio::test]
async fn a_notes_mark_is_of_all_that_stands_around_it() {
    let practice = Practice::with(AppointmentStatus::InProgress).await;
    let [state, version, text, mut around] = <[String; 4]>::try_from(practice.note(&practice.other).await).unwrap();
    assert_eq!((state.as_str(), version.as_str()), ("none", "0"));
    let patient = format!("/patients/{}", practice.other.patient_id);
    for field in [("first_name", "Renamed"), ("date_of_birth", "1971-02-03"), ("allergies", "Latex")] {
        practice.correct(&patient, field).await;
        let after = practice.note(&practice.other).await;
        assert_eq!(after[..3], [state.as_str(), version.as_str(), text.as_str()]);
        assert_ne!(after[3], around, "{field:?}");
        around.clone_from(&after[3]);
    }
    // Before it is signed the beginning is to be made sure of; then it is.
    practice.post(&practice.surgery, &format!("{}/opening", practice.other.path()), &CHECKED).await;
    let after = practice.note(&practice.other).await;
    assert_ne!(after[3], around);
    around.clone_from(&after[3]);
    let begun = [("version", "0"), ("plan", "Rest and warm drinks")];
    practice.post(&practice.surgery, &format!("{}/note", practice.other.path()), &begun).await;
    assert_eq!(practice.note(&practice.other).await, ["draft", "1", text.as_str(), around.as_str()]);
    let before = practice.note(&practice.visit).await;
    practice.something_else_happens().await;
    assert_eq!(practice.note(&practice.visit).await, before);
}

/// How often it was saved, and what is put beneath it, is no more theirs to know than what it says.
#[tokio::test]
async fn a_note_that_is_kept_from_its_patient_tells_them_nothing_of_itself() {
    let practice = Practice::with(AppointmentStatus::InProgress).await;
    let (note, paper) = (practice.path("/note"), practice.path("/summary"));
    for version in ["0", "1", "2"] {
        let plan = format!("Tell the family, {version}");
        let kept = [("version", version), ("plan", plan.as_str()), ("withheld_reason", "To be told in person")];
        practice.post(&practice.surgery, &note, &kept).await;
    }
    practice.post(&practice.surgery, &practice.path("/note/signature"), &[("version", "3")]).await;
    let now = by_itself(&practice.home, &practice.path("/note/now")).await.ok();
    let before = practice.mark(&practice.home, &paper).await;
    assert!(before.starts_with("signed-0-"), "{before}");
    let told = practice.mark(&practice.surgery, &paper).await;
    let added = [("text", "The left eye"), ("reason", "Forgotten")];
    practice.post(&practice.surgery, &practice.path("/note/addenda"), &added).await;
    assert_eq!(practice.mark(&practice.home, &paper).await, before);
    let later = by_itself(&practice.home, &practice.path("/note/now")).await.ok();
    assert_eq!(words(&later), words(&now));
    assert!(later.says("It is signed.") && !later.says("beneath it"), "{}", later.words());
    assert_ne!(practice.mark(&practice.surgery, &paper).await, told, "its doctor sees both");
    assert_eq!(practice.mark(&practice.surgery, &note).await, practice.mark(&practice.surgery, &paper).await);
}

#[tokio::test]
async fn the_mark_of_a_visits_documents_is_of_whom_they_are_for_and_whether_any_can_be_issued() {
    let practice = Practice::with(AppointmentStatus::Waiting).await;
    let page = practice.path("/documents");
    let mark = async || practice.mark(&practice.surgery, &page).await;
    let mut before = mark().await;
    practice.post(&practice.surgery, &practice.path("/start"), &[("version", "0")]).await;
    let begun = mark().await;
    assert_ne!(begun, before);
    before = begun;
    for field in [("last_name", "Renamed"), ("date_of_birth", "1971-02-03")] {
        practice.patient_is(field).await;
        let after = mark().await;
        assert_ne!(after, before, "{field:?}");
        before = after;
    }
    // What is issued stands in a part that comes by itself, and of the patient no more is said.
    practice.post(&practice.surgery, &page, &[("kind", "letter"), ("body", "Dear colleague")]).await;
    practice.patient_is(("allergies", "Latex")).await;
    practice.something_else_happens().await;
    assert_eq!(mark().await, before);
}

#[tokio::test]
async fn a_page_of_issued_documents_is_not_taken_from_under_what_was_refused() {
    let practice = Practice::with(AppointmentStatus::InProgress).await;
    let refused =
        practice.surgery.post_form(&practice.path("/documents"), &[("kind", "letter"), ("body", "")]).await.expect(422);
    assert!(!refused.has("main[data-live-from]"), "{}", refused.words());
}

#[tokio::test]
async fn a_document_that_is_revoked_says_so_across_its_page_by_itself() {
    let practice = Practice::with(AppointmentStatus::InProgress).await;
    let form = [("kind", "prescription"), ("body", "Paracetamol 500 mg")];
    let paper = practice.post(&practice.surgery, &practice.path("/documents"), &form).await.location();
    let both = [&practice.surgery, &practice.home];
    for browser in both {
        assert_eq!(by_itself(browser, &format!("{paper}/now")).await.ok().text("#across"), "");
    }
    practice.post(&practice.surgery, &format!("{paper}/revocation"), &[("version", "0"), ("reason", "Wrong")]).await;
    for browser in both {
        let now = by_itself(browser, &format!("{paper}/now")).await.ok();
        assert_eq!(now.text("#across"), browser.get(&paper).await.ok().text("#across"));
        assert!(now.text("#across").starts_with("Revoked"), "{}", now.words());
    }
}

/// Nothing of what their doctor looks at is there any more.
#[tokio::test]
async fn a_record_that_is_erased_has_other_marks() {
    let practice = Practice::with(AppointmentStatus::InProgress).await;
    let form = [("kind", "prescription"), ("body", "Paracetamol 500 mg")];
    let paper = practice.post(&practice.surgery, &practice.path("/documents"), &form).await.location();
    let begun = [("version", "0"), ("plan", "Rest and warm drinks")];
    practice.post(&practice.surgery, &practice.path("/note"), &begun).await;
    practice.post(&practice.surgery, &practice.path("/note/signature"), &[("version", "1")]).await;
    let added = [("text", "The left eye"), ("reason", "Forgotten")];
    practice.post(&practice.surgery, &practice.path("/note/addenda"), &added).await;
    let pages = [practice.visit.path(), practice.path("/note"), practice.path("/summary"), paper];
    let mut before = Vec::new();
    for page in &pages {
        before.push(practice.mark(&practice.surgery, page).await);
    }
    let chief = super_admin().create(&practice.app).await;
    erased(&practice.app, (&chief, &practice.patient), true).await.unwrap();
    for (page, before) in pages.iter().zip(before) {
        assert_ne!(practice.mark(&practice.surgery, page).await, before, "{page}");
    }
}
