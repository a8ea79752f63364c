//! Pages: a struct for each template, and what surrounds it.
//!
//! A handler returns `pages.show(&viewer, &TheirPage { … })`. The layout (who is signed in, where
//! they may go, the flash message, "unchanged since") is the same for all and is built here.

use actix_web::{
    FromRequest, HttpMessage, HttpRequest, HttpResponse,
    dev::Payload,
    http::{StatusCode, header},
    web,
};
use serde::Serialize;
use std::future::{Ready, ready};

use crate::web::{
    Clinical, ClinicalPage, Kit,
    error::{AppError, Rendered, TypedField},
    flash::{self, Flash},
    form_owner, live_mark,
    middleware::request_id::RequestId,
    peer::Peer,
    present::Present,
};
use crate::{coherence::ReadSet, page_cache::KeptHereAlone, time_zone::Tz};

/// The data of one template, one struct each. A template sees it as `page`.
pub trait Page: Serialize {
    /// The template's name below `templates/`.
    const TEMPLATE: &'static str;

    /// Whether it may say what somebody suffers from, or why a visit is not to be. Browsers then keep nothing of it (`no-store`); the server does,
    /// and serves it from there: whole each time, which costs 7 % of the answers a second that 304s gave (`docs/performance.md`).
    const IS_CLINICAL: bool = false;

    /// The page's title: the first words of `<title>`.
    fn title(&self) -> String;
}

/// What a page shows of the person who is signed in.
#[derive(Clone, Debug, Serialize)]
pub struct Shell {
    /// Full name.
    pub name: String,
    /// The role's code, such as `hospital_admin`.
    pub role: &'static str,
    /// The role in words.
    pub role_label: &'static str,
    /// The name of their hospital; none for super admins.
    pub hospital: Option<String>,
    /// Where this role can go.
    #[serde(skip)]
    pub nav: Vec<NavLink>,
    /// The zone their times are told in.
    #[serde(skip)]
    pub zone: Tz,
    /// After how many minutes without a request they are signed out.
    #[serde(skip)]
    pub idle_minutes: Option<u64>,
}

/// One place in the navigation.
#[derive(Clone, Debug, Serialize)]
pub struct NavLink {
    /// Its path.
    pub href: &'static str,
    /// Its name.
    pub label: &'static str,
    /// A name in the icon sprite.
    pub icon: &'static str,
    /// Whether the page shown is there.
    pub current: bool,
    /// A count worth noticing, such as unread notifications.
    pub badge: Option<i64>,
}

/// Somebody a page can be shown to.
pub trait Audience {
    /// What the page shows of them.
    fn shell(&self) -> Shell;
}

/// What a template sees as `layout`.
#[derive(Debug, Default, Serialize)]
pub struct Layout {
    title: String,
    language: &'static str,
    viewer: Option<Shell>,
    nav: Vec<NavLink>,
    flash: Option<Flash>,
    unchanged_since: Option<Since>,
    session_minutes: Option<u64>,
    /// Binds the forms of whoever is signed in to them: see `components/bound.html`.
    person: Option<String>,
    /// What the page is told by when it changes; none that does not change by itself.
    live: Option<String>,
    /// What was typed into a form that is not on the page any more.
    typed: Vec<TypedField>,
    reference: String,
}

/// The moment a page was made. Because no page is ever stale, nothing has changed since.
#[derive(Debug, Serialize)]
struct Since {
    utc: String,
    time: String,
    zone: &'static str,
}

/// Makes pages for one request. `S` is what the application shares among requests, the kit in it.
pub struct Pages<S = Kit> {
    state: web::Data<S>,
    request: HttpRequest,
}

impl<S: AsRef<Kit> + 'static> FromRequest for Pages<S> {
    type Error = AppError;
    type Future = Ready<Result<Self, AppError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let state = request.app_data::<web::Data<S>>().cloned();
        ready(
            state
                .map(|state| Self { state, request: request.clone() })
                .ok_or_else(|| AppError::internal("the application's state is not configured")),
        )
    }
}

impl<S: AsRef<Kit>> Pages<S> {
    /// What the application shares among requests.
    pub fn state(&self) -> &S {
        &self.state
    }

    /// What pages need of the process.
    pub fn kit(&self) -> &Kit {
        self.state.get_ref().as_ref()
    }

    /// Who is at the other end of the connection.
    pub fn peer(&self) -> Peer {
        Peer::of(&self.request, &self.kit().trusted_proxies)
    }

    /// The present, as the page in the making sees it.
    pub fn present(&self) -> Present {
        Present::new(self.kit().clock.now_unwatched(), ReadSet::current())
    }

    /// The request, for what has no extractor of its own (the session, the user agent).
    pub fn request(&self) -> &HttpRequest {
        &self.request
    }

    /// The page for somebody signed in.
    pub fn show<P: Page>(&self, audience: &impl Audience, page: &P) -> Result<HttpResponse, AppError> {
        self.answer(StatusCode::OK, Some(audience.shell()), page)
    }

    /// A page with something clinical: no cache may keep it, not even the browser's.
    pub fn show_clinical<P: ClinicalPage>(
        &self,
        audience: &impl Audience,
        page: &Clinical<P>,
    ) -> Result<HttpResponse, AppError> {
        self.refuse_clinical(StatusCode::OK, audience, page)
    }

    /// The same with a form shown again: 422, or 409 for a conflict.
    pub fn refuse_clinical<P: ClinicalPage>(
        &self,
        status: StatusCode,
        audience: &impl Audience,
        page: &Clinical<P>,
    ) -> Result<HttpResponse, AppError> {
        let page = page.shown();
        let answer = self.render((status, Some(audience.shell())), (P::TEMPLATE, page.title()), page)?;
        Ok(unkept(answer))
    }

    /// The page with a form shown again: 422, or 409 for a conflict.
    pub fn refuse<P: Page>(
        &self,
        status: StatusCode,
        audience: &impl Audience,
        page: &P,
    ) -> Result<HttpResponse, AppError> {
        self.answer(status, Some(audience.shell()), page)
    }

    /// The page for anybody, signed in or not: it shows nothing of the viewer.
    pub fn show_public<P: Page>(&self, status: StatusCode, page: &P) -> Result<HttpResponse, AppError> {
        self.answer(status, None, page)
    }

    /// A page for one person alone, with a secret on it: no cache may keep it, not even the browser's.
    pub fn show_secret<P: Page>(&self, audience: &impl Audience, page: &P) -> Result<HttpResponse, AppError> {
        self.show(audience, page).map(unkept)
    }

    /// A page for whoever has its address, which is a secret: no cache may keep it, not even the browser's.
    pub fn show_unkept<P: Page>(&self, page: &P) -> Result<HttpResponse, AppError> {
        self.show_public(StatusCode::OK, page).map(unkept)
    }

    fn answer<P: Page>(&self, status: StatusCode, shell: Option<Shell>, page: &P) -> Result<HttpResponse, AppError> {
        let mut answer = self.render((status, shell), (P::TEMPLATE, page.title()), page)?;
        if P::IS_CLINICAL {
            answer = unkept(answer);
            answer.extensions_mut().insert(KeptHereAlone);
        }
        Ok(answer)
    }

    fn render(
        &self,
        (status, shell): (StatusCode, Option<Shell>),
        (template, title): (&str, String),
        page: &impl Serialize,
    ) -> Result<HttpResponse, AppError> {
        let mut layout = self.layout(title, shell);
        let consumed_flash = layout.flash.is_some();
        let signed_in = layout.viewer.is_some();
        let render = |layout: &Layout| self.kit().templates.render(template, page, layout).map_err(AppError::internal);
        let mut body = render(&layout)?;
        // What is to be done by now may be something else, without the form that was sent.
        let unshown = (status == StatusCode::CONFLICT).then(|| form_owner::typed_and_not_in(&self.request, &body));
        if let Some(typed) = unshown.filter(|typed| !typed.is_empty()) {
            layout.typed = typed;
            body = render(&layout)?;
        }
        let mut answer = HttpResponse::build(status);
        answer.content_type("text/html; charset=utf-8");
        answer.insert_header((
            header::CACHE_CONTROL,
            if status.is_client_error() {
                "no-store"
            } else if signed_in || consumed_flash {
                "private, no-cache"
            } else {
                "no-cache"
            },
        ));
        if consumed_flash {
            answer.cookie(flash::removal(self.kit()));
        }
        answer.extensions_mut().insert(Rendered);
        Ok(answer.body(body))
    }

    fn layout(&self, title: String, shell: Option<Shell>) -> Layout {
        let path = self.request.path().to_owned();
        // Since when the page is unchanged is when it was made, however long it is kept.
        let now = self.kit().clock.now_unwatched();
        let zone = shell.as_ref().map(|shell| shell.zone);
        let mut nav = navigation(self.kit(), shell.as_ref());
        for link in &mut nav {
            link.current = path == link.href || path.starts_with(&format!("{}/", link.href));
        }
        Layout {
            title,
            language: "en",
            nav,
            flash: flash::take(&self.request, &self.kit().flash_key, self.kit().cookie_names.flash),
            unchanged_since: zone.map(|zone| Since {
                utc: now.to_rfc3339_opts(chrono::SecondsFormat::Secs, true),
                time: now.with_timezone(&zone).format("%H:%M:%S").to_string(),
                zone: zone.name(),
            }),
            session_minutes: shell.as_ref().and_then(|shell| shell.idle_minutes),
            person: shell.as_ref().and_then(|_| form_owner::value(&self.request, self.kit())),
            live: zone.and_then(|zone| live_mark::of(&self.request, self.kit(), zone)),
            typed: Vec::new(),
            reference: RequestId::of(self.request.extensions().get()),
            viewer: shell,
        }
    }
}

/// What no cache may keep, not even the browser's.
fn unkept(mut answer: HttpResponse) -> HttpResponse {
    answer.headers_mut().insert(header::CACHE_CONTROL, header::HeaderValue::from_static("no-store"));
    answer
}

/// The layout of an error page, which must need neither session nor database.
pub(super) fn bare_layout(kit: &Kit, title: &str, shell: Option<Shell>, reference: String) -> Layout {
    Layout {
        title: title.to_owned(),
        language: "en",
        nav: navigation(kit, shell.as_ref()),
        viewer: shell,
        reference,
        ..Layout::default()
    }
}

fn navigation(kit: &Kit, shell: Option<&Shell>) -> Vec<NavLink> {
    shell.map_or(&kit.navigation, |shell| &shell.nav).clone()
}
