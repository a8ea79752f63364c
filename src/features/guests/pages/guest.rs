//! The page behind a guest's link. Nothing of the patient may stand here.

use serde::Serialize;

use crate::{
    features::{appointments::guest_label, calls::GuestStanding, guests::queries::LinkedGuest},
    web::{Moment, Page},
};

/// Everything that a guest sees.
#[derive(Debug, Serialize)]
pub(in crate::features::guests) struct GuestPage {
    title: String,
    doctor: String,
    hospital: String,
    /// When the visit is to begin, as the hospital's clocks say it.
    starts_at: Moment,
    /// What the doctor calls them.
    name: Option<String>,
    /// As what they take part.
    kind: &'static str,
    /// Of this page.
    href: String,
    is_let_in: bool,
    /// Where they stand.
    words: String,
}

impl GuestPage {
    pub(in crate::features::guests) fn new(guest: &LinkedGuest, standing: GuestStanding, token: &str) -> Self {
        Self {
            title: format!("A visit with {}", guest.doctor()),
            doctor: guest.doctor(),
            hospital: guest.hospital.clone(),
            starts_at: Moment::new(guest.starts_at, guest.zone()),
            name: guest.guest.name.clone(),
            kind: guest_label(guest.guest.kind),
            href: format!("/guest/{token}"),
            is_let_in: standing == GuestStanding::LetIn,
            words: standing_in_words(guest, standing),
        }
    }
}

/// Where a guest stands whose link leads somewhere, to themselves.
pub(in crate::features::guests) fn standing_in_words(guest: &LinkedGuest, standing: GuestStanding) -> String {
    let doctor = guest.doctor();
    match (standing, guest.has_call()) {
        (GuestStanding::LetIn, true) => format!("{doctor} has let you in. The call goes on."),
        (GuestStanding::LetIn, false) => {
            format!("{doctor} has let you in. There is no call to join just now: leave this page open.")
        }
        (GuestStanding::Waits | GuestStanding::Over, _) => format!("{doctor} will let you in. Leave this page open."),
    }
}

impl Page for GuestPage {
    const TEMPLATE: &'static str = "guests/guest.html";

    fn title(&self) -> String {
        self.title.clone()
    }
}
