//! What is said once a step of a visit is taken is so: each sentence of `Step::done`, with its act. The list below is what is done: a sentence that is not
//! on it fails, and so does one whose act is taken off.

use super::*;

use AppointmentStatus as Status;

/// A sentence, and how it comes to be said.
struct Told {
    text: &'static str,
    from: Status,
    /// In how many hours the visit is.
    hours: i64,
    by: Who,
    noun: &'static str,
    more: &'static [(&'static str, &'static str)],
    /// What both see of the visit then.
    now: &'static str,
    /// Who is told of it, and in which words.
    news: Option<(Who, &'static str)>,
}

#[derive(Clone, Copy)]
enum Who {
    Patient,
    Doctor,
    Desk,
}

const REASON: &[(&str, &str)] = &[("reason", "The ward is shut.")];

/// Each on a day of its own, at ten o'clock; what is of today at another hour.
const STEPS: [Told; 11] = [
    told("The visit is scheduled.", (Status::Requested, 48, Who::Doctor), ("approval", &[]), "Scheduled")
        .to(Who::Patient, "was approved."),
    told(
        "The other time is proposed.",
        (Status::Requested, 96, Who::Doctor),
        ("proposal", &[("starts_at", "2026-11-29T11:00")]),
        "Sunday 29 November 2026, 11:00",
    )
    .to(Who::Patient, "proposes Sunday 29 November 2026, 11:00 instead of"),
    told("The request is declined.", (Status::Requested, 144, Who::Doctor), ("rejection", REASON), "Declined")
        .to(Who::Patient, "was declined. Reason: The ward is shut."),
    told(
        "The proposed time is accepted: the visit is scheduled.",
        (Status::Proposed, 192, Who::Patient),
        ("proposal/acceptance", &[]),
        "Thursday 3 December 2026, 10:00",
    )
    .to(Who::Doctor, "is on Thursday 3 December 2026, 10:00."),
    told(
        "The proposed time is refused: the request stands as it was.",
        (Status::Proposed, 240, Who::Patient),
        ("proposal/refusal", &[]),
        "Requested",
    )
    .to(Who::Doctor, "for Friday 4 December 2026, 10:00 is open again."),
    told("The visit is confirmed.", (Status::Scheduled, 288, Who::Patient), ("confirmation", &[]), "Confirmed")
        .to(Who::Doctor, "confirmed the visit on Sunday 6 December 2026, 10:00."),
    told(
        "The arrival is recorded, and the doctor notified.",
        (Status::Scheduled, 1, Who::Desk),
        ("arrival", &[]),
        "Waiting",
    )
    .to(Who::Doctor, "is waiting for the visit on Tuesday 24 November 2026, 11:00."),
    told("The visit has begun.", (Status::Waiting, 2, Who::Doctor), ("start", &[]), "In visit"),
    told(
        "The visit is recorded as completed.",
        (Status::InProgress, 3, Who::Doctor),
        ("outcome", &[("outcome", "completed")]),
        "Completed",
    ),
    told(
        "It is recorded that the patient did not attend.",
        (Status::Scheduled, -1, Who::Doctor),
        ("outcome", &[("outcome", "no_show")]),
        "Did not attend",
    )
    .to(Who::Patient, "was recorded as not attended."),
    told("The visit is cancelled.", (Status::Scheduled, 336, Who::Patient), ("cancellation", REASON), "Cancelled")
        .to(Who::Doctor, "was cancelled. Reason: The ward is shut."),
];

const fn told(
    text: &'static str,
    (from, hours, by): (Status, i64, Who),
    (noun, more): (&'static str, &'static [(&'static str, &'static str)]),
    now: &'static str,
) -> Told {
    Told { text, from, hours, by, noun, more, now, news: None }
}

impl Told {
    const fn to(self, whom: Who, words: &'static str) -> Self {
        Self { news: Some((whom, words)), ..self }
    }
}

#[tokio::test]
async fn each_step_does_what_is_said_once_it_is_taken() {
    let source = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/features/appointments/step.rs"));
    let source = source.unwrap();
    let done = source.split("fn done(self)").nth(1).and_then(|rest| rest.split("\n    }\n").next()).unwrap();
    let said: BTreeSet<&str> = done.split('"').skip(1).step_by(2).collect();
    assert_eq!(said, STEPS.iter().map(|step| step.text).collect(), "each sentence needs its act here");

    let app = TestApp::start().await;
    let hospital = hospital().create(&app).await;
    let doctor = doctor(&hospital).create(&app).await;
    let patient = patient(&hospital).create(&app).await;
    works_daily(&app, &doctor, (9, 17)).await;
    let desk = app.sign_in(&hospital_admin(&hospital).create(&app).await).await;
    let (surgery, home) = (app.sign_in(&doctor).await, app.sign_in(&patient).await);
    let client = |who| match who {
        Who::Patient => &home,
        Who::Doctor => &surgery,
        Who::Desk => &desk,
    };
    for step in STEPS {
        let visit = appointment().of(&doctor).with(&patient).status(step.from).at(app.in_hours(step.hours));
        let visit = visit.create(&app).await;
        let fields = [&[("version", "0")], step.more].concat();
        let taken = client(step.by).post_form(&format!("{}/{}", visit.path(), step.noun), &fields).await.expect(303);
        let page = client(step.by).follow(taken).await.ok();
        assert!(page.says(step.text), "{}: {}", step.text, page.words());
        for other in [&home, &surgery, &desk] {
            let page = other.get(&visit.path()).await.ok();
            assert!(
                page.text("#visit").contains(step.now),
                "{}: {} sees {}",
                step.text,
                other.who,
                page.text("#visit")
            );
        }
        if let Some((whom, words)) = step.news {
            let news = client(whom).get("/notifications").await.ok();
            let about = news.texts(&format!("main [data-notification] a[href=\"{}\"]", visit.path()));
            assert!(about.iter().any(|text| text.contains(words)), "{}: {about:?}", step.text);
        }
    }
}
