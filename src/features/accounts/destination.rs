//! Where to go after signing in: `next`, which anybody can put into a link.

use url::Url;

/// The longest address that is followed.
const MAX_CHARACTERS: usize = 2_000;

/// A path of this site, with its query, fit to stand in a `Location` header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Destination(String);

impl Destination {
    /// `next`, or the dashboard when it is not a path of this site: another host, a scheme, what
    /// browsers read as one (`//host`, `/\host`, a tab within), or the sign-in page itself.
    pub(super) fn of(next: Option<&str>) -> Self {
        next.and_then(within_site).unwrap_or_else(Self::dashboard)
    }

    /// `/dashboard`.
    pub(super) fn dashboard() -> Self {
        Self("/dashboard".to_owned())
    }

    /// The path and query.
    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}

fn within_site(next: &str) -> Option<Destination> {
    let refused = |c: char| c.is_control() || c == '\\';
    if !next.starts_with('/') || next.starts_with("//") || next.len() > MAX_CHARACTERS || next.contains(refused) {
        return None;
    }
    // What a browser would make of it: dots resolved, everything else percent-encoded.
    let site = Url::parse("http://site.invalid").ok()?;
    let url = site.join(next).ok().filter(|url| url.origin() == site.origin())?;
    let path = url.path();
    if path.starts_with("//") || ["/sign-in", "/sign-in/second-factor", "/sign-out", "/sign-up"].contains(&path) {
        return None;
    }
    Some(Destination(match url.query() {
        Some(query) => format!("{path}?{query}"),
        None => path.to_owned(),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_of_this_site_are_followed() {
        for (next, path) in [
            ("/appointments/7", "/appointments/7"),
            ("/appointments?status=waiting&q=a b", "/appointments?status=waiting&q=a%20b"),
            ("/doctors/../patients#x", "/patients"),
            ("/é", "/%C3%A9"),
            ("/x?next=https://evil.example", "/x?next=https://evil.example"),
        ] {
            assert_eq!(Destination::of(Some(next)).as_str(), path);
        }
    }

    #[test]
    fn everything_else_leads_to_the_dashboard() {
        for next in [
            "",
            "dashboard",
            "https://evil.example",
            "//evil.example",
            "///evil.example",
            "/\\evil.example",
            "\\\\evil.example",
            "/\t/evil.example",
            "/\n/evil.example",
            "/x\r\nSet-Cookie: a=b",
            "javascript:alert(1)",
            "/..//evil.example",
            "/.//evil.example",
            "/sign-in",
            "/sign-out",
            " /x",
        ] {
            assert_eq!(Destination::of(Some(next)), Destination::dashboard(), "{next:?}");
        }
        assert_eq!(Destination::of(Some(&format!("/{}", "a".repeat(3_000)))), Destination::dashboard());
        assert_eq!(Destination::of(None), Destination::dashboard());
    }
}
