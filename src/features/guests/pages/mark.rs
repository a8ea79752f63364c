//! The guests of a visit in its room: who there is, and what the doctor can do about them.

use entity::enums::Role;
use serde::Serialize;

use crate::{
    access::PageContext,
    features::{
        appointments::guest_named,
        guests::queries::{GuestInCall, GuestRow},
    },
    web::Moment,
};

/// One guest.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct GuestMark {
    /// Name and what they are.
    who: String,
    /// invited, waits, let_in, here, in_call or silent
    state: &'static str,
    /// What that means, before the moment.
    words: &'static str,
    since: Option<Moment>,
    /// To the doctor.
    acts: Option<GuestActs>,
}

/// What the doctor can do about a guest.
#[derive(Clone, Debug, Serialize)]
struct GuestActs {
    /// Where to let them in; none once they are, and while they are not here: it has to be seen who waits.
    admission: Option<String>,
    /// Where to remove them.
    removal: String,
}

/// Of the visit `id` with these guests, of whom these are in its call. Whose link is too old is nobody's guest any more, unless their page is still in
/// the call, which the doctor can put out.
pub(crate) fn guest_marks(
    context: PageContext<'_>,
    id: i64,
    (guests, in_call): (&[GuestRow], &[GuestInCall]),
) -> Vec<GuestMark> {
    let has_page = |guest: &GuestRow| in_call.iter().any(|page| page.guest_id == Some(guest.id));
    let invited = guests.iter().filter(|guest| !context.present.has_come(guest.expires_at) || has_page(guest));
    invited.map(|guest| mark(context, id, (guest, in_call))).collect()
}

fn mark(
    PageContext { viewer, present }: PageContext<'_>,
    id: i64,
    (guest, in_call): (&GuestRow, &[GuestInCall]),
) -> GuestMark {
    let moment = |instant| Moment::new(instant, viewer.zone());
    let page = in_call.iter().find(|page| page.guest_id == Some(guest.id));
    let is_here = guest.here_until.is_some_and(|until| !present.has_come(until));
    let (state, words, since) = match (page, guest.admitted_at) {
        // The others still see and hear them, as far as the server can tell.
        (Some(page), _) if present.has_come(page.here_until) => {
            ("silent", "in the call; nothing was heard of their page since", Some(page.here_until))
        }
        (Some(page), _) => ("in_call", "in the call since", Some(page.created_at)),
        (None, Some(_)) if is_here => ("here", "let in, and on their page since", guest.here_since),
        (None, Some(_)) => ("let_in", "let in; their page is not open", None),
        (None, None) if is_here => ("waits", "waits since", guest.here_since),
        (None, None) => ("invited", "invited, not here", None),
    };
    let acts = (viewer.role() == Role::Doctor).then(|| acts(id, guest, is_here));
    GuestMark { who: guest_named(guest.name.as_deref(), guest.kind), state, words, since: since.map(moment), acts }
}

fn acts(id: i64, guest: &GuestRow, is_here: bool) -> GuestActs {
    let href = |noun| format!("/appointments/{id}/guests/{}/{noun}", guest.id);
    let waits = is_here && guest.admitted_at.is_none();
    GuestActs { admission: waits.then(|| href("admission")), removal: href("removal") }
}
