//! `GET,POST /sign-in/second-factor`: the second step of a sign-in whose password was right.

use actix_web::{HttpResponse, http::StatusCode};

use super::{
    super::{
        destination::Destination,
        device_cookie::KnownFor,
        forms,
        pages::second_factor::{Enrolment, RecoveryCodesPage, SecondStepPage},
        passkey::RelyingParty,
        passkey_forms,
        pending::{self, PendingSignIn},
        queries::{self, Credentials},
        request_session::{Origin, RequestSession},
        second_factor::{Secret, TypedCode},
        service::{
            entering::Entrant,
            passkeys::{self, Added, PasskeyTaken},
            second_factor::{self, FactorStanding},
            second_step::{self, CodeTaken},
            sign_in::{Admission, Entered},
        },
    },
    Next,
    passkeys::{REFUSED, TAKEN, named},
};
use crate::{
    access::Anybody,
    state::Pages,
    web::{AppError, FlashKind, FormView, Submitted, forms::Fields, query::Filter, see_other, see_other_saying},
};

const OVER: &str = "Sign in once more: it took too long, or something about the account has changed.";
const UNREADABLE: &str = "Codes of your app cannot be checked any more: the server has another key. Use a recovery code, or ask an \
                          administrator to remove your second factor.";

/// Somebody between the two steps.
struct Half {
    account: Credentials,
    /// Of this sign-in alone.
    nonce: String,
    standing: FactorStanding,
    /// What they are offered, if they have none.
    offered: Option<Secret>,
    /// Whether the site has a name, without which there are no passkeys.
    has_name: bool,
}

impl Half {
    async fn of(pages: &Pages) -> Result<Option<Self>, AppError> {
        let state = pages.state();
        let found = PendingSignIn::of(pages.request(), &state.settings, state.clock.now());
        let Some(pending) = found else { return Ok(None) };
        let counted = state.kit.page_budget.take_of_sign_in(&pending.nonce);
        counted.map_err(AppError::from)?;
        let (reader, key) = (state.db.reader(), &state.settings.secret_key);
        let account = queries::credentials_by_id(&reader, pending.user_id).await?;
        let Some(account) = account.filter(|account| pending.is_of(key, account)) else { return Ok(None) };
        let standing = second_factor::standing(&reader, account.id).await?;
        let offered = match account.has_factor() {
            true => None,
            false => second_factor::offered(key, account.id, &standing, &pending.nonce),
        };
        let has_name = RelyingParty::of(&state.settings).is_some();
        Ok(Some(Self { account, nonce: pending.nonce, standing, offered, has_name }))
    }

    fn entrant<'a>(&'a self, from: &'a Origin) -> Entrant<'a> {
        Entrant { from, account: &self.account }
    }

    fn page(&self, form: FormView, next: &Destination) -> SecondStepPage {
        SecondStepPage {
            form: forms::going_to(form, next),
            has_app: self.standing.enabled_at().is_some(),
            has_passkey: !self.standing.passkeys.is_empty(),
            removal_reason: self.standing.removal_reason().map(str::to_owned),
            enrolment: self.offered.as_ref().map(|secret| Enrolment::new(secret, &self.account.email)),
            may_add_passkey: self.offered.is_some() && self.has_name,
        }
    }
}

/// How the answer to a sign-in with this address goes on.
pub(super) fn admitted(
    admission: Admission,
    request_session: &RequestSession,
    (email, next): (&str, &Destination),
) -> Result<Option<HttpResponse>, AppError> {
    match admission {
        Admission::Refused => Ok(None),
        Admission::Whole(Entered { user_id, browsers_forgotten_at }) => {
            request_session.sign_in(user_id)?;
            let whom = KnownFor { email, forgotten_at: browsers_forgotten_at };
            Ok(Some(request_session.remembering(whom, see_other(next.as_str()))))
        }
        Admission::Pending(pending) => {
            let query =
                url::form_urlencoded::Serializer::new(String::new()).append_pair("next", next.as_str()).finish();
            let mut answer = see_other(&format!("/sign-in/second-factor?{query}"));
            let cookie = pending.cookie(&request_session.state.settings);
            let cookie = cookie.ok_or_else(|| AppError::internal("a pending sign-in cannot be signed"))?;
            answer.add_cookie(&cookie).map_err(AppError::internal)?;
            Ok(Some(answer))
        }
    }
}

/// The question for a code, or the setting up of an app.
pub(in super::super) async fn new(_: Anybody, query: Filter<Next>, pages: Pages) -> Result<HttpResponse, AppError> {
    let next = Destination::of(query.0.next.as_deref());
    match Half::of(&pages).await? {
        Some(half) => pages.show_unkept(&half.page(FormView::default(), &next)),
        None => Ok(over()),
    }
}

/// A code. Who gives a right one is signed in, under a new key.
pub(in super::super) async fn create(
    _: Anybody,
    submitted: Submitted,
    request_session: RequestSession,
    pages: Pages,
) -> Result<HttpResponse, AppError> {
    let mut fields = submitted.fields()?;
    let Some(half) = Half::of(&pages).await? else { return Ok(over()) };
    if let Some(answer) = passkey_forms::taken(&mut fields) {
        return signed(&half, &request_session, (&answer, &fields), &pages).await;
    }
    if passkey_forms::holds_new(&fields) {
        return made(&half, &request_session, fields, &pages).await;
    }
    let (form, next) = match forms::code(fields) {
        Ok((typed, next)) => match taken(&half, &request_session, &typed).await? {
            CodeTaken::In => return entered(&half, &request_session, see_other(next.as_str())),
            CodeTaken::InWith(codes) => return with_codes(&half, &request_session, (codes, &next), &pages),
            CodeTaken::Wrong => (forms::wrong_code(), next),
            CodeTaken::Unreadable => (FormView::default().with_error("code", UNREADABLE), next),
        },
        Err((next, form)) => (*form, next),
    };
    pages.show_public(StatusCode::UNPROCESSABLE_ENTITY, &half.page(form, &next))
}

/// What a passkey has signed, in the place of a code.
async fn signed(
    half: &Half,
    request_session: &RequestSession,
    (answer, fields): (&str, &Fields),
    pages: &Pages,
) -> Result<HttpResponse, AppError> {
    let next = &Destination::of(fields.get("next").map(String::as_str));
    let (state, from) = (&request_session.state, &request_session.origin);
    let refusal = match passkeys::enter(state, half.entrant(from), &half.nonce, answer).await? {
        PasskeyTaken::Taken => return entered(half, request_session, see_other(next.as_str())),
        PasskeyTaken::Wrong => passkeys::WRONG,
        PasskeyTaken::Copied => passkeys::COPIED,
    };
    let form = FormView::default().with_error("", refusal);
    pages.show_public(StatusCode::UNPROCESSABLE_ENTITY, &half.page(form, next))
}

/// A passkey that was made by whoever must have a second factor, in the place of an app.
async fn made(
    half: &Half,
    request_session: &RequestSession,
    mut fields: Fields,
    pages: &Pages,
) -> Result<HttpResponse, AppError> {
    let next = Destination::of(fields.remove("next").as_deref());
    let (state, from) = (&request_session.state, &request_session.origin);
    let form = match passkey_forms::made(fields) {
        Ok((name, answer)) => match passkeys::set_up(state, half.entrant(from), (&half.nonce, &name), &answer).await? {
            Added::DoneWith(codes) => return with_codes(half, request_session, (codes, &next), pages),
            Added::Taken => named(&name, TAKEN),
            Added::Done | Added::Refused => named(&name, REFUSED),
        },
        Err(form) => *form,
    };
    pages.show_public(StatusCode::UNPROCESSABLE_ENTITY, &half.page(form, &next))
}

async fn taken(half: &Half, request_session: &RequestSession, typed: &TypedCode) -> Result<CodeTaken, AppError> {
    let (state, from) = (&request_session.state, &request_session.origin);
    match &half.offered {
        Some(secret) => second_step::set_up(state, half.entrant(from), (&half.standing, secret), typed).await,
        None => second_step::give(state, half.entrant(from), typed).await,
    }
}

/// Signed in, and shown their recovery codes, once.
fn with_codes(
    half: &Half,
    request_session: &RequestSession,
    (codes, next): (Vec<String>, &Destination),
    pages: &Pages,
) -> Result<HttpResponse, AppError> {
    let page = RecoveryCodesPage { codes, next: next.as_str().to_owned() };
    entered(half, request_session, pages.show_unkept(&page)?)
}

fn entered(half: &Half, request_session: &RequestSession, mut answer: HttpResponse) -> Result<HttpResponse, AppError> {
    request_session.sign_in(half.account.id)?;
    answer.add_cookie(&pending::removal(&request_session.state.settings)).map_err(AppError::internal)?;
    Ok(request_session.remembering(half.account.known_for(), answer))
}

fn over() -> HttpResponse {
    see_other_saying("/sign-in", FlashKind::Error, OVER)
}
