//! What pages need of the process: one [`Kit`], made at start and shared by all workers as `web::Data<Kit>`.

use actix_web::{HttpRequest, cookie::Key, web};
use ipnet::IpNet;
use secrecy::SecretString;

use super::{
    assets::Assets,
    error::AppError,
    form_owner::FormOwners,
    health::Subsystems,
    hosts::Hosts,
    live_mark::LiveMarks,
    middleware::security_headers::SecurityHeaders,
    page::NavLink,
    peer::{Peer, UnknownProxy},
    rate_limit::{Budget, RateLimiter},
    record_mark::RecordMarks,
    refusals::{Refusal, RefusalLog, RefusedAct},
    shutdown::Shutdown,
    templates::{TemplateError, Templates},
    upload::{FilePlace, Places},
};
use crate::{integrations::Clock, redis::Redis, session::CookieNames, settings::Settings};

/// See the module.
pub struct Kit {
    /// The only source of the time.
    pub clock: Clock,
    /// Static files.
    pub assets: Assets,
    /// Compiled templates.
    pub templates: Templates,
    /// Tries at signing in and up.
    pub rate_limiter: RateLimiter,
    /// Pages that strangers may have made.
    pub(crate) page_budget: Budget,
    /// What was refused.
    pub refusals: RefusalLog,
    /// The headers of every answer.
    pub security_headers: SecurityHeaders,
    /// Proxies whose `X-Forwarded-*` headers are believed.
    pub trusted_proxies: Vec<IpNet>,
    /// Rows of a list on one page, 1 to 200.
    pub page_size: u64,
    /// Whether this process is about to end.
    pub shutdown: Shutdown,
    /// Whether pages tell at their foot what they cost the database.
    pub has_toolbar: bool,
    /// Signs flash messages.
    pub(super) flash_key: Key,
    /// Where files are held while they come.
    pub(super) places: Places,
    /// Where files are held while they are handed out.
    pub(super) handed_out: Places,
    /// Bytes of the largest that can be sent.
    pub(super) largest_file: usize,
    /// Binds forms to a person.
    pub(super) form_owners: FormOwners,
    /// Marks what is shown of records.
    pub(super) record_marks: RecordMarks,
    /// Whether cookies are sent only over https: when the public address is https.
    pub(super) secure_cookies: bool,
    /// What our cookies are called.
    pub(super) cookie_names: CookieNames,
    /// The site's own origin, as browsers write it.
    pub(super) origin: String,
    /// Which hosts a request may name; any, where that is for a proxy to see to.
    pub(crate) hosts: Hosts,
    /// Whether a proxy stands before us that nobody has told us to believe.
    pub(super) unknown_proxy: UnknownProxy,
    /// Whether the clinic's own people are served: then figures are for the bearer of the token alone.
    pub(super) is_production: bool,
    /// Whoever knows it may read `/metrics`; without one, only this machine.
    pub(super) metrics_token: Option<SecretString>,
    /// Where anybody can go.
    pub(super) navigation: Vec<NavLink>,
    /// Those that readiness asks.
    pub(super) subsystems: Box<dyn Subsystems>,
    /// Marks pages that change by themselves.
    pub(super) live_marks: Box<dyn LiveMarks>,
}

/// What pages need and only those above the HTTP kit know.
pub struct Surroundings {
    /// Where anybody can go, signed in or not.
    pub navigation: Vec<NavLink>,
    /// Those that readiness asks.
    pub subsystems: Box<dyn Subsystems>,
    /// Whether this process is about to end, as they know it.
    pub shutdown: Shutdown,
    /// Who marks pages that change by themselves.
    pub live_marks: Box<dyn LiveMarks>,
}

impl Kit {
    /// Reads the static files and compiles the templates. Tries are counted in `redis`, or in this process without it.
    ///
    /// # Errors
    /// [`TemplateError`] when a template is broken.
    pub fn new(
        settings: &Settings,
        clock: Clock,
        redis: Option<Redis>,
        surroundings: Surroundings,
    ) -> Result<Self, TemplateError> {
        let assets = Assets::load(settings.pages.static_url.base());
        let Surroundings { navigation, subsystems, shutdown, live_marks } = surroundings;
        let is_https = settings.server.public_url.scheme() == "https";
        Ok(Self {
            templates: Templates::load(&assets)?,
            assets,
            rate_limiter: RateLimiter::new(redis, clock.clone()),
            page_budget: Budget::new(clock.clone()),
            refusals: RefusalLog::new(clock.clone(), &settings.secret_key),
            clock,
            security_headers: SecurityHeaders::new(settings),
            trusted_proxies: settings.server.trusted_proxies.clone(),
            page_size: settings.pages.page_size,
            shutdown,
            has_toolbar: settings.diagnostics.debug_toolbar,
            flash_key: Key::from(&settings.secret_key.derive("flash message")),
            places: Places::default(),
            handed_out: Places::default(),
            largest_file: settings.attachments.max_bytes(),
            form_owners: FormOwners::new(&settings.secret_key.derive("forms of a person")),
            record_marks: RecordMarks::new(&settings.secret_key.derive("marks of records")),
            secure_cookies: is_https,
            cookie_names: CookieNames::of(is_https),
            origin: settings.server.origin(),
            hosts: Hosts::of(settings),
            unknown_proxy: UnknownProxy::of(settings),
            is_production: settings.environment.is_production(),
            metrics_token: settings.diagnostics.metrics_token.clone(),
            navigation,
            subsystems,
            live_marks,
        })
    }
}

/// After so many seconds a file is asked for again that there was no place for.
const BUSY: u64 = 10;

impl Kit {
    /// A place for a file that is handed out to `user_id` (`user.id`), until it is dropped: to be had before the file is read.
    ///
    /// # Errors
    /// [`AppError::TooManyRequests`] when they have several, or when none is free for a while.
    pub async fn place_to_hand_out(&self, user_id: i64) -> Result<FilePlace, AppError> {
        self.handed_out.take(user_id).await.ok_or(AppError::TooManyRequests(BUSY))
    }

    /// Notes that `request` was refused, of which it is not known with whose account it was tried.
    pub(super) fn note(request: &HttpRequest, act: RefusedAct, reason: &'static str) {
        let Some(kit) = request.app_data::<web::Data<Self>>() else { return };
        let address = Peer::of(request, &kit.trusted_proxies).address;
        kit.refusals.note(Refusal { act, reason, account: None, address });
    }
}

impl AsRef<Kit> for Kit {
    fn as_ref(&self) -> &Kit {
        self
    }
}
