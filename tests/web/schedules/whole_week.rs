//! The hours of a week, saved at once.

use entity::{audit_entry, availability as window_row};
use sea_orm::{EntityTrait as _, PaginatorTrait as _, QueryOrder as _};

use super::*;

struct Surgery {
    app: TestApp,
    doctor: Doctor,
    patient: Patient,
    browser: Client,
    path: String,
}

impl Surgery {
    async fn open() -> Self {
        let app = TestApp::start().await;
        let hospital = hospital().create(&app).await;
        let doctor = doctor(&hospital).create(&app).await;
        let patient = patient(&hospital).create(&app).await;
        let browser = app.sign_in(&doctor).await;
        let path = format!("/doctors/{}/availability", doctor.id);
        Self { app, doctor, patient, browser, path }
    }

    async fn page(&self) -> Page {
        self.browser.get(&self.path).await.ok()
    }

    /// Sends the form of `page` with these fields in the place of what stands there, and those days like Monday.
    async fn save(&self, page: &Page, fields: &[(&str, &str)], same: &[&str]) -> Page {
        let mut filled = page.form("form.week").fields;
        filled.retain(|(name, _)| !name.starts_with("same_"));
        for (name, value) in fields {
            let field = filled.iter_mut().find(|(known, _)| known == name).expect("a field of the form");
            (*value).clone_into(&mut field.1);
        }
        filled.extend(same.iter().map(|day| (format!("same_{day}"), "on".to_owned())));
        let pairs: Vec<_> = filled.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        self.browser.post_form(&self.path, &pairs).await
    }

    /// Each window of the week: its day, and from when to when.
    async fn week(&self) -> Vec<String> {
        let rows = window_row::Entity::find()
            .order_by_asc(window_row::Column::Weekday)
            .order_by_asc(window_row::Column::StartTime)
            .all(&self.app.db)
            .await
            .unwrap();
        rows.into_iter().map(|row| format!("{} {} {}", row.weekday, row.start_time, row.end_time)).collect()
    }

    async fn lines(&self) -> u64 {
        audit_entry::Entity::find().count(&self.app.db).await.unwrap()
    }
}

const MORNING: [(&str, &str); 2] = [("from_0_0", "09:00"), ("to_0_0", "12:00")];
const NORMAL: [(&str, &str); 4] = [MORNING[0], MORNING[1], ("from_0_1", "13:00"), ("to_0_1", "17:00")];

#[tokio::test]
async fn a_normal_week_is_one_form_and_the_next_one_changes_what_is_another() {
    let surgery = Surgery::open().await;
    let empty = surgery.page().await;
    let done = surgery.save(&empty, &NORMAL, &["1", "2", "3", "4"]).await.expect(303);
    assert!(surgery.browser.follow(done).await.says("The hours are saved."));
    let of = |day: i32| [format!("{day} 09:00:00 12:00:00"), format!("{day} 13:00:00 17:00:00")];
    assert_eq!(surgery.week().await, (0..5).flat_map(of).collect::<Vec<_>>());
    let public = surgery.browser.get(&format!("/doctors/{}", surgery.doctor.id)).await;
    assert!(public.ok().says("09:00–12:00, 13:00–17:00"));
    // Sent once more, as by two clicks.
    let lines = surgery.lines().await;
    surgery.save(&empty, &NORMAL, &["1", "2", "3", "4"]).await.expect(303);
    assert_eq!((surgery.week().await.len(), surgery.lines().await), (10, lines));

    let page = surgery.page().await;
    assert_eq!(page.attributes("input[name=from_4_1]", "value"), ["13:00"]);
    let fields = [("from_4_1", ""), ("to_4_1", ""), ("from_5_0", "22:00"), ("to_5_0", "00:00")];
    surgery.save(&page, &fields, &[]).await.expect(303);
    let week = surgery.week().await;
    assert_eq!(week[8..], ["4 09:00:00 12:00:00", "5 22:00:00 23:59:59"]);
    // Of each window that comes or goes there is a line.
    assert_eq!(surgery.lines().await, lines + 2);
    assert_eq!(surgery.page().await.attributes("input[name=to_5_0]", "value"), ["00:00"], "the end of the day");
}

#[tokio::test]
async fn hours_that_are_none_are_refused_and_everything_typed_stays() {
    let surgery = Surgery::open().await;
    let page = surgery.page().await;
    for (fields, sentence) in [
        (&[("from_0_0", "12:00"), ("to_0_0", "09:00")][..], "The end must be after the beginning."),
        (&[("from_2_0", "09:00")], "Enter when these hours end, or clear both."),
        (&[("to_2_1", "09:00")], "Enter when these hours begin, or clear both."),
        (&[("from_1_0", "nine")], "Enter a time such as 09:00."),
        (&[MORNING[0], MORNING[1], ("from_0_1", "11:00"), ("to_0_1", "13:00")], "overlap others of that day."),
    ] {
        let refused = surgery.save(&page, fields, &["6"]).await.expect(422);
        assert!(refused.says(sentence), "{fields:?}: {}", refused.words());
        for (name, value) in fields {
            assert_eq!(refused.attributes(&format!("input[name={name}]"), "value"), [*value]);
        }
        assert_eq!(refused.attributes("input[name=same_6][checked]", "value"), ["on"]);
        assert_eq!(rules::broken(&refused.body), Vec::<String>::new());
    }
    let mut unknown = page.form("form.week").fields;
    unknown.retain(|(name, _)| !name.starts_with("same_"));
    unknown.push(("from_7_0".to_owned(), "09:00".to_owned()));
    let unknown: Vec<_> = unknown.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    surgery.browser.post_form(&surgery.path, &unknown).await.expect(422);
    assert_eq!(surgery.week().await, Vec::<String>::new());
}

#[tokio::test]
async fn a_week_that_somebody_changed_meanwhile_is_not_written_over_unseen() {
    let surgery = Surgery::open().await;
    let page = surgery.page().await;
    surgery.save(&page, &[("from_3_0", "08:00"), ("to_3_0", "10:00")], &[]).await.expect(303);
    let told = surgery.save(&page, &MORNING, &[]).await.expect(409);
    assert!(told.says("Somebody changed these hours while the page was open."), "{}", told.words());
    assert!(told.text("details[open] table").contains("08:00–10:00"), "{}", told.words());
    assert_eq!(surgery.week().await, ["3 08:00:00 10:00:00"]);
    surgery.save(&told, &[("from_3_0", "08:00"), ("to_3_0", "10:00")], &[]).await.expect(303);
    assert_eq!(surgery.week().await, ["0 09:00:00 12:00:00", "3 08:00:00 10:00:00"]);
}

/// Whoever is sent back for a slip of their own, or asked about visits, has not seen what a colleague did meanwhile.
#[tokio::test]
async fn nor_after_a_form_that_was_sent_back_for_something_else() {
    let surgery = Surgery::open().await;
    surgery.save(&surgery.page().await, &MORNING, &[]).await.expect(303);
    let at = "2026-11-30T03:15:00Z".parse().unwrap();
    appointment().of(&surgery.doctor).with(&surgery.patient).at(at).create(&surgery.app).await;
    let page = surgery.page().await;
    let thursday = [("from_3_0", "08:00"), ("to_3_0", "10:00"), ("from_3_1", "11:00"), ("to_3_1", "12:00")];
    surgery.save(&page, &thursday, &[]).await.expect(303);
    let slip = surgery.save(&page, &[("from_1_0", "09:00")], &[]).await.expect(422);
    let told = surgery.save(&slip, &[("to_1_0", "10:00")], &[]).await.expect(409);
    assert!(told.says("Somebody changed these hours while the page was open."), "{}", told.words());
    let asked = surgery.save(&page, &[("from_0_0", ""), ("to_0_0", "")], &[]).await.expect(409);
    assert!(asked.says("1 visit that is planned lies outside"), "{}", asked.words());
    let told = surgery.save(&asked, &[], &[]).await.expect(409);
    assert!(told.says("Somebody changed these hours while the page was open."), "{}", told.words());
    assert_eq!(surgery.week().await.len(), 3);
}

/// A third window of a day is there to be sent again, though there is none by now.
#[tokio::test]
async fn everything_that_was_typed_is_shown_again() {
    let surgery = Surgery::open().await;
    for (from, to) in [("08:00", "09:00"), ("10:00", "11:00"), ("12:00", "13:00")] {
        surgery
            .browser
            .post_form(&surgery.path, &[("weekday", "0"), ("start_time", from), ("end_time", to)])
            .await
            .expect(303);
    }
    let page = surgery.page().await;
    let third = page.attributes("input[name=remove]", "value")[2].clone();
    surgery.browser.post_form(&surgery.path, &[("remove", &third)]).await.expect(303);
    let told = surgery.save(&page, &[("to_0_2", "14:00")], &[]).await.expect(409);
    assert_eq!(told.attributes("input[name=to_0_2]", "value"), ["14:00"]);
}

#[tokio::test]
async fn a_day_that_is_like_monday_needs_no_hours_of_its_own() {
    let surgery = Surgery::open().await;
    let half = [MORNING[0], MORNING[1], ("from_1_0", "13:00")];
    surgery.save(&surgery.page().await, &half, &["1"]).await.expect(303);
    assert_eq!(surgery.week().await, ["0 09:00:00 12:00:00", "1 09:00:00 12:00:00"]);
}

#[tokio::test]
async fn it_is_asked_before_visits_come_to_lie_outside_of_the_hours() {
    let surgery = Surgery::open().await;
    surgery.save(&surgery.page().await, &NORMAL, &[]).await.expect(303);
    // Two on Monday the 30th, at 09:00 and 13:00 in Kathmandu; one outside already, on the Tuesday.
    for at in ["2026-11-30T03:15:00Z", "2026-11-30T07:15:00Z", "2026-12-01T03:15:00Z"] {
        appointment().of(&surgery.doctor).with(&surgery.patient).at(at.parse().unwrap()).create(&surgery.app).await;
    }
    let page = surgery.page().await;
    let afternoon_off = [("from_0_1", ""), ("to_0_1", "")];
    let asked = surgery.save(&page, &afternoon_off, &[]).await.expect(409);
    assert!(asked.says("1 visit that is planned lies outside of these hours"), "{}", asked.words());
    assert_eq!(surgery.week().await.len(), 2);
    // Others than were said are asked of again, be they as many.
    let others = [("from_0_1", "13:00"), ("to_0_1", "17:00"), ("from_0_0", ""), ("to_0_0", "")];
    let other = surgery.save(&asked, &others, &[]).await.expect(409);
    assert!(other.says("1 visit that is planned lies outside of these hours"), "{}", other.words());
    let more = surgery.save(&asked, &[("from_0_0", ""), ("to_0_0", "")], &[]).await.expect(409);
    assert!(more.says("2 visits that are planned lie outside of these hours"), "{}", more.words());
    let saved = surgery.save(&asked, &[], &[]).await.expect(303);
    let saved = surgery.browser.follow(saved).await;
    assert!(saved.says("Visits are planned outside of them"), "{}", saved.words());
    assert_eq!(surgery.week().await, ["0 09:00:00 12:00:00"]);
    // Of two clicks the second is answered the same.
    let again = surgery.save(&asked, &[], &[]).await.expect(303);
    assert!(surgery.browser.follow(again).await.says("Visits are planned outside of them"));
    // What lay outside before is no question.
    surgery.save(&saved, &[("from_2_0", "09:00"), ("to_2_0", "10:00")], &[]).await.expect(303);
}

#[tokio::test]
async fn nights_stay_and_are_not_met() {
    let surgery = Surgery::open().await;
    let night = [("weekday", "0"), ("start_time", "22:00"), ("end_time", "02:00"), ("next_day", "on")];
    surgery.browser.post_form(&surgery.path, &night).await.expect(303);
    let page = surgery.page().await;
    assert_eq!(page.attributes("input[name=from_0_0]", "value"), [""]);
    assert!(page.text("details[open] table").contains("22:00–02:00"), "what is not in the form is seen");
    let met = surgery.save(&page, &[("from_1_0", "01:00"), ("to_1_0", "03:00")], &[]).await.expect(409);
    assert!(met.says("These hours overlap others, such as those of a night"), "{}", met.words());
    surgery.save(&page, &[("from_1_0", "02:00"), ("to_1_0", "03:00")], &[]).await.expect(303);
    assert_eq!(surgery.week().await, ["0 22:00:00 23:59:59", "1 02:00:00 03:00:00"]);
    surgery.save(&surgery.page().await, &[("from_1_0", ""), ("to_1_0", "")], &[]).await.expect(303);
    assert_eq!(surgery.week().await, ["0 22:00:00 23:59:59"]);
}
