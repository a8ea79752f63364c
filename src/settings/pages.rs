//! What pages look like from outside: where their files are, how long their lists are.

use std::fmt;

use url::Url;

use super::Environment;
use super::reader::{SettingsReader, shown};

const STATIC_URL: &str = "STATIC_URL";

#[derive(Clone, Debug)]
pub struct PageSettings {
    pub static_url: StaticUrl,
    /// Rows of a list on one page, 1 to 200.
    pub page_size: u64,
}

/// Where browsers find styles, scripts and images.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StaticUrl {
    base: String,
    origin: Option<String>,
}

impl PageSettings {
    pub(super) fn read(reader: &mut SettingsReader<'_>, environment: Environment) -> Self {
        Self { static_url: StaticUrl::read(reader, environment), page_size: reader.number("PAGE_SIZE", 1..=200) }
    }
}

impl StaticUrl {
    fn read(reader: &mut SettingsReader<'_>, environment: Environment) -> Self {
        let text = reader.text(STATIC_URL).unwrap_or_default();
        let url = Self::parse(text).unwrap_or_else(|| {
            let says = format!(
                "must be a path such as /static or an address such as https://cdn.example/static, not {}",
                shown(text)
            );
            reader.problem(STATIC_URL, says);
            Self { base: String::new(), origin: None }
        });
        if environment.is_production() && url.origin().is_some_and(|origin| origin.starts_with("http:")) {
            reader.problem(
                STATIC_URL,
                "must begin with https:// in production: browsers refuse plain files on a secure page",
            );
        }
        url
    }

    fn parse(text: &str) -> Option<Self> {
        let base = text.trim_end_matches('/').to_owned();
        if text.starts_with('/') {
            let plain = base.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '/' | '-' | '_' | '.' | '~'));
            let fit = plain && !base.is_empty() && !base.contains("//") && !base.contains("..");
            return fit.then_some(Self { base, origin: None });
        }
        let url = Url::parse(text).ok()?;
        let fit = matches!(url.scheme(), "http" | "https")
            && url.username().is_empty()
            && url.password().is_none()
            && url.query().is_none()
            && url.fragment().is_none();
        let base = url.as_str().trim_end_matches('/').to_owned();
        fit.then(|| Self { base, origin: Some(url.origin().ascii_serialization()) })
    }

    /// What stands before `/{fingerprinted name}`: no slash at its end.
    pub fn base(&self) -> &str {
        &self.base
    }

    /// The other host's origin when files come from a CDN: the content security policy has to allow it.
    pub fn origin(&self) -> Option<&str> {
        self.origin.as_deref()
    }
}

impl fmt::Display for StaticUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.base)
    }
}
