//! What pages need of the process: one [`Kit`], made at start and shared by all workers as `web::Data<Kit>`.

use actix_web::cookie::Key;
use ipnet::IpNet;
use secrecy::SecretString;

use super::{
    assets::Assets,
    health::Subsystems,
    middleware::security_headers::SecurityHeaders,
    page::NavLink,
    rate_limit::RateLimiter,
    templates::{TemplateError, Templates},
};
use crate::{integrations::Clock, redis::Redis, settings::Settings};

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
    /// The headers of every answer.
    pub security_headers: SecurityHeaders,
    /// Proxies whose `X-Forwarded-*` headers are believed.
    pub trusted_proxies: Vec<IpNet>,
    /// Rows of a list on one page, 1 to 200.
    pub page_size: u64,
    /// Whether pages tell at their foot what they cost the database.
    pub has_toolbar: bool,
    /// Signs flash messages.
    pub(super) flash_key: Key,
    /// Whether cookies are sent only over https: when the public address is https.
    pub(super) secure_cookies: bool,
    /// The site's own origin, as browsers write it.
    pub(super) origin: String,
    /// Whoever knows it may read `/metrics`; without one, only this machine.
    pub(super) metrics_token: Option<SecretString>,
    /// Where anybody can go.
    pub(super) navigation: Vec<NavLink>,
    /// Those that readiness asks.
    pub(super) subsystems: Box<dyn Subsystems>,
}

/// What pages need and only those above the HTTP kit know.
pub struct Surroundings {
    /// Where anybody can go, signed in or not.
    pub navigation: Vec<NavLink>,
    /// Those that readiness asks.
    pub subsystems: Box<dyn Subsystems>,
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
        let Surroundings { navigation, subsystems } = surroundings;
        Ok(Self {
            templates: Templates::load(&assets)?,
            assets,
            rate_limiter: RateLimiter::new(redis, clock.clone()),
            clock,
            security_headers: SecurityHeaders::new(settings),
            trusted_proxies: settings.server.trusted_proxies.clone(),
            page_size: settings.pages.page_size,
            has_toolbar: settings.diagnostics.debug_toolbar,
            flash_key: Key::from(&settings.secret_key.derive("flash message")),
            secure_cookies: settings.server.public_url.scheme() == "https",
            origin: settings.server.origin(),
            metrics_token: settings.diagnostics.metrics_token.clone(),
            navigation,
            subsystems,
        })
    }
}

impl AsRef<Kit> for Kit {
    fn as_ref(&self) -> &Kit {
        self
    }
}
