//! `/profile/email` and `/address-links/{token}`: another address for one's account, and the links that prove one.

use actix_web::{HttpResponse, http::StatusCode, web};
use entity::enums::AddressLinkPurpose;

use super::{
    super::{
        forms,
        pages::{AddressLinkOverPage, AddressLinkPage},
        proof::RecentlyProved,
        queries,
        service::{
            address_links::{self, AddressLinkUsed},
            addresses,
        },
    },
    done,
    profile::profile_page,
};
use crate::{
    access::{Allowed, SignedIn, Visitor},
    state::Pages,
    web::{AppError, FlashKind, FormView, Submitted, see_other_saying},
};

const SENT: &str =
    "A link is on its way to the new address. It works for a day; until it is opened the old address counts.";
const SENT_AGAIN: &str = "Another link is on its way. The mail says until when it works.";
const NO_MAIL: &str = "This server sends no e-mail. Ask your hospital to change the address.";

/// Asks for another address.
pub(in super::super) async fn ask(
    viewer: RecentlyProved<SignedIn>,
    submitted: Submitted,
    pages: Pages,
) -> Result<HttpResponse, AppError> {
    let (fields, state) = (submitted.fields()?, pages.state());
    let profile = queries::profile(&viewer, &state.db.reader()).await?;
    let form = match forms::address(fields, &profile.email) {
        Ok((_, typed)) if !state.outgoing_mail.is_on() => typed.with_error("", NO_MAIL),
        Ok((new, _)) => {
            addresses::ask(state, &viewer, &profile, &new).await?;
            return Ok(done("/profile", SENT));
        }
        Err(form) => *form,
    };
    let page = profile_page(&viewer, &profile, &pages).await?.map(|page| page.with_address_form(form));
    pages.refuse_clinical(StatusCode::UNPROCESSABLE_ENTITY, &*viewer, &page)
}

/// Leaves the address as it is.
pub(in super::super) async fn withdraw(
    viewer: Allowed<SignedIn>,
    submitted: Submitted,
    pages: Pages,
) -> Result<HttpResponse, AppError> {
    submitted.button()?;
    addresses::withdraw(pages.state(), &viewer).await?;
    Ok(done("/profile", "Your address stays as it is."))
}

/// Sends the link that is waited for once more.
pub(in super::super) async fn send_again(
    viewer: Allowed<SignedIn>,
    submitted: Submitted,
    pages: Pages,
) -> Result<HttpResponse, AppError> {
    submitted.button()?;
    if !pages.state().outgoing_mail.is_on() {
        return Ok(see_other_saying("/profile", FlashKind::Error, NO_MAIL));
    }
    if addresses::send_again(pages.state(), &viewer).await? {
        return Ok(done("/profile", SENT_AGAIN));
    }
    Ok(see_other_saying("/profile", FlashKind::Notice, "Your address is confirmed already."))
}

/// What the link does, and the button that does it. Looking at it uses nothing up: mail programs follow links by themselves.
pub(in super::super) async fn show(
    _: Visitor,
    token: web::Path<String>,
    pages: Pages,
) -> Result<HttpResponse, AppError> {
    match address_links::find(pages.state(), pages.peer().address, &token).await? {
        Some(found) => pages.show_unkept(&AddressLinkPage::new(&token, &found.link)),
        None => over(&pages),
    }
}

/// Does it.
pub(in super::super) async fn use_link(
    Visitor(viewer): Visitor,
    token: web::Path<String>,
    submitted: Submitted,
    pages: Pages,
) -> Result<HttpResponse, AppError> {
    submitted.button()?;
    let state = pages.state();
    let Some(found) = address_links::find(state, pages.peer().address, &token).await? else { return over(&pages) };
    match address_links::use_link(state, pages.peer().address, &found).await? {
        AddressLinkUsed::Over => over(&pages),
        AddressLinkUsed::Taken => {
            let page = AddressLinkPage::new(&token, &found.link);
            let form = FormView::default().with_error("", "This address cannot be used: another account has it.");
            pages.show_public(StatusCode::CONFLICT, &page.with_form(form))
        }
        AddressLinkUsed::Done => {
            let is_theirs = viewer.is_some_and(|viewer| viewer.user_id == found.link.user_id);
            let path =
                if is_theirs && found.link.purpose != AddressLinkPurpose::WayBack { "/profile" } else { "/sign-in" };
            Ok(done(path, said(found.link.purpose)))
        }
    }
}

fn said(purpose: AddressLinkPurpose) -> &'static str {
    match purpose {
        AddressLinkPurpose::Proof => "Your address is confirmed.",
        AddressLinkPurpose::Change => "The new address counts from now on. Sign in with it.",
        AddressLinkPurpose::WayBack => {
            "The address is kept, and every browser is signed out. A link to choose another password is on its way."
        }
    }
}

fn over(pages: &Pages) -> Result<HttpResponse, AppError> {
    pages.show_public(StatusCode::GONE, &AddressLinkOverPage {})
}
