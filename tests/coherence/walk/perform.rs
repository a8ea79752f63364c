//! Letting it happen: people act through HTTP, on the instance that the act says.

use actix_web::http::Method;
use chrono::TimeDelta;
use telemedicine::features;

use super::{acts::Act, clinic::Walk, pages::Tally};
use crate::support::*;

/// What people choose between when they change their names. Markup among them: pages escape it, cached or not.
const NAMES: [&str; 5] = ["Maya", "Zoë", "Ana <b>", "O'Neil", "Zz"];
/// Taken in turn with the one that everybody has at first.
const OTHER_PASSWORD: &str = "violet harbour at seven";
/// Pages whose forms people submit, those twice that have most of them.
const PAGES: [&str; 5] = ["/dashboard", "/notifications", "/appointments", "/notifications", "/profile/sessions"];

/// Of the forms of a visit's page those from here on stand for the one that moves it, which has a page of its own.
const MOVES: u8 = 225;

/// Whom an act concerns besides those who always look.
struct Done {
    by: usize,
    visit: Option<i64>,
}

impl Done {
    fn of((by, visit): (usize, i64)) -> Self {
        Self { by, visit: Some(visit) }
    }

    /// Of no visit.
    fn alone(by: usize) -> Self {
        Self { by, visit: None }
    }
}

impl Walk {
    /// Lets it happen, and checks the pages of everyone concerned.
    ///
    /// # Errors
    /// An answer that nobody should get.
    pub(super) async fn perform(&mut self, act: &Act) -> Result<Tally, String> {
        let done = match *act {
            Act::Visit { at, visit, by, form: MOVES.., twice } => {
                Done::of(self.move_visit((by, at), visit, twice).await?)
            }
            Act::Visit { at, visit, by, form, twice } => {
                Done::of(self.submit_of_visit((by, at), visit, (form, twice)).await?)
            }
            Act::Room { at, visit, by, what } => Done::of(self.in_the_room((by, at), visit, what).await?),
            Act::Form { at, who, page, form } => {
                let by = self.member(who);
                self.submit((by, at), PAGES[usize::from(page) % PAGES.len()], (form, false)).await?;
                Done::alone(by)
            }
            Act::Book { at, who, doctor, time } => Done::alone(self.ask_for((who, at), doctor, time).await?),
            Act::Manage { at, whom, what } => Done::alone(self.manage((whom, at), what).await?),
            Act::Hours { at, doctor, what, day } => Done::alone(self.change_hours((doctor, at), what, day).await?),
            Act::NewVisit { doctor, patient, status, minutes } => {
                Done::of(self.book((doctor, patient), status, minutes).await)
            }
            Act::NewNotification { who } => Done::alone(self.notify(who).await),
            Act::SignUp { at, hospital } => Done::alone(self.sign_up(at, hospital).await?),
            Act::Fault { what, at } => Done::alone(self.fail(what, at)),
            Act::Edge(which) => return self.pass_over(which).await,
            Act::Time(time) => Done::alone(self.pass(time)),
            Act::Profile { at, who, .. }
            | Act::Password { at, who }
            | Act::Forget { at, who }
            | Act::Address { at, who }
            | Act::SignOut { at, who }
            | Act::SignIn { at, who } => {
                let by = self.member(who);
                self.at_ones_account((by, at), act).await?;
                Done::alone(by)
            }
        };
        let concerned = self.concerned(&done).await;
        self.check(&concerned).await
    }

    /// Lets the clock stop a microsecond before something begins or ends, then at that moment, then a microsecond after it.
    async fn pass_over(&mut self, which: u8) -> Result<Tally, String> {
        let (edge, visit) = self.edge(which).await;
        let concerned = match visit {
            Some(visit) => self.parties(visit).await.to_vec(),
            None => self.concerned(&Done { by: self.round % self.members.len(), visit }).await,
        };
        let mut tally = Tally::default();
        for off_by in -1..=1 {
            self.pass(edge + TimeDelta::microseconds(off_by) - self.app.now());
            tally =
                tally + self.check(&concerned).await.map_err(|what| format!("{off_by:+} µs from {edge}: {what}"))?;
        }
        Ok(tally)
    }

    /// Whoever acted; the parties of the visit, or of any other act as many of the same hospital; somebody of the other
    /// hospital; and who runs the platform.
    async fn concerned(&self, done: &Done) -> Vec<usize> {
        let house = self.members[done.by].house.unwrap_or(self.round % 2);
        let mut places = vec![0, done.by];
        match done.visit {
            Some(visit) => places.extend(self.parties(visit).await),
            None => {
                places.extend([Role::HospitalAdmin, Role::Doctor, Role::Patient].map(|role| self.one_of(house, role)));
            }
        }
        let roles = [Role::Patient, Role::HospitalAdmin, Role::Doctor];
        places.push(self.one_of(1 - house, roles[self.round % 3]));
        places.sort_unstable();
        places.dedup();
        places
    }

    async fn at_ones_account(&mut self, (who, at): (usize, u8), act: &Act) -> Result<(), String> {
        if !matches!(act, Act::SignIn { .. } | Act::SignOut { .. } | Act::Forget { .. }) {
            self.come_in(who, at).await?;
        }
        match *act {
            Act::Profile { name, phone, .. } => {
                let (first, last) = (usize::from(name) % NAMES.len(), usize::from(name / 16) % NAMES.len());
                let phone = phone.map(|number| format!("+977 1 {number:07}")).unwrap_or_default();
                let fields = [("first_name", NAMES[first]), ("last_name", NAMES[last]), ("phone", phone.as_str())];
                self.post((who, at), "/profile", &fields).await.map(drop)
            }
            Act::Password { .. } => {
                let old = self.members[who].password;
                let new = if old == PASSWORD { OTHER_PASSWORD } else { PASSWORD };
                let fields = [("current_password", old), ("new_password", new)];
                if self.post((who, at), "/profile/password", &fields).await? == 303 {
                    self.members[who].password = new;
                }
                Ok(())
            }
            Act::Forget { .. } => self.choose_another_password(who, at).await,
            Act::Address { .. } => self.take_another_address((who, at)).await,
            Act::SignOut { .. } => {
                self.members[who].forget();
                self.post((who, at), "/sign-out", &[]).await.map(drop)
            }
            _ => self.sign_in(who, at).await,
        }
    }

    async fn choose_another_password(&mut self, who: usize, at: u8) -> Result<(), String> {
        let member = &self.members[who];
        let (email, old) = (member.person.email.clone(), member.password);
        let before = self.app.emails_to(&email).await.len();
        self.post((who, at), "/password-reset", &[("email", &email)]).await?;
        // Whose mailbox is full already has a link that works; they need no further one.
        let mut emails = Vec::new();
        for _ in 0..40 {
            emails = self.app.emails_to(&email).await.split_off(before);
            if emails.iter().any(|email| token_in(&email.text).is_some()) {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(25)).await;
        }
        let Some(token) = emails.iter().find_map(|email| token_in(&email.text)) else { return Ok(()) };
        let new = if old == PASSWORD { OTHER_PASSWORD } else { PASSWORD };
        if self.post((who, at), &format!("/password-links/{token}"), &[("password", new)]).await? != 303 {
            return Err(format!("{email} cannot choose a password"));
        }
        self.members[who].password = new;
        self.members[who].forget();
        self.sign_in(who, at).await
    }

    async fn notify(&self, who: u8) -> usize {
        let by = self.member(who);
        notification(&self.members[by].person).create(&self.app).await;
        by
    }

    /// Submits a form of the page at `path`, or that form twice, as with two tabs; nothing if the page has none.
    pub(super) async fn submit(
        &mut self,
        (who, at): (usize, u8),
        path: &str,
        (form, twice): (u8, bool),
    ) -> Result<(), String> {
        self.come_in(who, at).await?;
        let page = self.browser(who, at).get(path).await;
        let forms = page.forms().into_iter().filter(|form| form.method == "post" && form.action != "/sign-out");
        let forms: Vec<_> = forms.collect();
        let Some(form) = forms.get(usize::from(form) % forms.len().max(1)) else { return Ok(()) };
        let proposed = self.tomorrow_at_ten(who);
        let filled = form.fields.iter().map(|(name, value)| match name.as_str() {
            "starts_at" => ("starts_at", proposed.as_str()),
            "reason" if form.action.ends_with("/second-factor/removal") => ("reason", "lost_device"),
            "name" if form.action.ends_with("/guests") => ("name", "Mira Shrestha"),
            "reason" => ("reason", "The ward needs everybody."),
            // Of the room, of the note, and of what people write to each other.
            "skipped_reason" | "location_now" | "plan" | "text" | "body" if value.is_empty() => {
                (name.as_str(), "As ever.")
            }
            name => (name, value.as_str()),
        });
        let filled: Vec<(&str, &str)> = filled.collect();
        for _ in 0..=u8::from(twice) {
            self.post((who, at), &form.action, &filled).await?;
        }
        Ok(())
    }

    /// Submits a form and sees what it leads to, so that no message waits for the next page. Returns the first status.
    pub(super) async fn post(
        &self,
        (who, at): (usize, u8),
        path: &str,
        fields: &[(&str, &str)],
    ) -> Result<u16, String> {
        let browser = self.browser(who, at);
        let answer = browser.post_form(path, fields).await;
        let status = answer.status;
        let shown = browser.follow(answer).await;
        if shown.status >= 500 { Err(format!("{}: {}", shown.asked, shown.status)) } else { Ok(status) }
    }

    /// Signs in whoever is not.
    pub(super) async fn come_in(&mut self, who: usize, at: u8) -> Result<(), String> {
        if self.browser(who, at).is_signed_in().await { Ok(()) } else { self.sign_in(who, at).await }
    }

    /// Takes a new browser, and signs in with it.
    async fn sign_in(&mut self, who: usize, at: u8) -> Result<(), String> {
        let member = &mut self.members[who];
        let mut browser = self.app.visitor().at(&self.sites[usize::from(at) % self.sites.len()]);
        browser.who = member.person.label();
        let login = [("email", member.person.email.as_str()), ("password", member.password)];
        let answer = browser.post_form("/sign-in", &login).await;
        if answer.status != 303 {
            return Err(format!("{}: {}", answer.asked, answer.status));
        }
        member.forget();
        member.browser = browser;
        Ok(())
    }

    /// A newcomer, who is one of the members from then on.
    async fn sign_up(&mut self, at: u8, hospital: u8) -> Result<usize, String> {
        let house = usize::from(hospital) % self.hospitals.len();
        let id = self.hospitals[house].id.to_string();
        let email = format!("newcomer{}@example.test", self.members.len());
        let mut fields = sign_up(&id);
        fields[3].1 = &email;
        fields[6].1 = OTHER_PASSWORD;
        let browser = self.app.visitor().at(self.site(at));
        let answer = browser.post_form("/sign-up", &fields).await;
        if answer.status != 303 {
            return Err(format!("{}: {} {}", answer.asked, answer.status, answer.words()));
        }
        let who = self.take_in((&email, OTHER_PASSWORD), house, browser).await;
        // Whoever has not proved their address asks for no visit.
        self.open_link((who, at), &email).await?;
        Ok(who)
    }
}

/// Every act of the route table is taken on walks: those of forms that are found on the pages, and these.
#[test]
fn every_act_is_on_the_way() {
    let by_name = [
        "/sign-in",
        "/sign-out",
        "/sign-up",
        "/profile",
        "/profile/password",
        "/password-reset",
        "/password-links/{token}",
        "/profile/email",
        "/address-links/{token}",
        "/appointments",
    ];
    let by_form = [
        "/appointments/{id}",
        "/notifications",
        "/profile/sessions",
        "/doctors/{id}/availability",
        "/doctors/{id}/time-off",
        "/documents/{id}/revocation",
    ];
    // Of the second factor, of asking once more, of an address that waits, and of calendars, no page is kept: `pages/factors.rs`
    // and `pages/addresses.rs` do them beside those that are.
    let apart =
        ["/sign-in/second-factor", "/profile/second-factor", "/profile/proof", "/profile/email/", "/profile/calendar"];
    // What administrators do with people and hospitals: `pages/management.rs`, and `Act::Manage`; and guests, who have no session: `pages/guests.rs`.
    let kept = ["/doctors", "/patients", "/admins", "/hospitals", "/guest/"];
    for entry in features::routes().entries().iter().filter(|entry| entry.method == Method::POST) {
        let is_known = by_name.contains(&entry.path)
            || by_form.iter().chain(&apart).any(|page| entry.path.starts_with(page))
            || kept.iter().any(|noun| entry.path.starts_with(noun));
        assert!(
            is_known,
            "POST {} is on no walk: add an act to walk::acts, or the page of its form to PAGES",
            entry.path
        );
    }
}
