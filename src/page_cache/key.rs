//! Which page: who looks, at what, with which parameters.

use std::sync::Arc;

use sha2::{Digest as _, Sha256};

/// What a route says of its pages: that they are cached, and what their address may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Policy {
    /// The query parameters that the page knows. With any other one, or one of them twice, it is not cached.
    pub parameters: &'static [&'static str],
}

impl Policy {
    /// A page whose query holds at most these parameters.
    #[must_use]
    pub const fn with(parameters: &'static [&'static str]) -> Self {
        Self { parameters }
    }
}

/// Longer addresses are not cached: nobody types them.
const LONGEST: usize = 600;

/// The key of a page: who sees it, and which it is. The parts of the latter are preceded by their length, so no part can be
/// taken for two.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct PageKey {
    viewer: Option<i64>,
    page: PageName,
}

/// A page, whoever sees it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct PageName {
    text: Arc<[u8]>,
    is_shared: bool,
}

/// Parameters that have as many values as there is data. What else is asked for (a search, a day) anybody can ask in any number of ways: such a
/// page is kept by the process that made it, in memory that is bounded, and is not put where it would drive out what all share.
const BOUNDED: [&str; 2] = ["page", "status"];

impl PageName {
    /// The page at `route` with the values of its path, in their order. `None` when the query holds what the policy does not
    /// know, or too much.
    #[must_use]
    pub(super) fn new<'a>(
        (route, path): (&str, impl IntoIterator<Item = &'a str>),
        query: &str,
        policy: &Policy,
    ) -> Option<Self> {
        let mut name = Vec::with_capacity(64);
        push(&mut name, route.as_bytes());
        for value in path {
            push(&mut name, value.as_bytes());
        }
        push(&mut name, LANGUAGE.as_bytes());
        let mut is_shared = true;
        if !query.is_empty() {
            let mut values: Vec<Option<String>> = vec![None; policy.parameters.len()];
            for (parameter, value) in url::form_urlencoded::parse(query.as_bytes()) {
                let place = policy.parameters.iter().position(|known| *known == parameter)?;
                let slot = values.get_mut(place)?;
                if slot.replace(value.into_owned()).is_some() {
                    return None;
                }
            }
            for (parameter, value) in policy.parameters.iter().zip(&values) {
                if let Some(value) = value {
                    is_shared &= value.is_empty() || BOUNDED.contains(parameter);
                    push(&mut name, parameter.as_bytes());
                    push(&mut name, value.as_bytes());
                }
            }
        }
        (name.len() <= LONGEST).then(|| Self { text: name.into(), is_shared })
    }

    /// The page as `viewer` (`user.id`) sees it; as everybody does, if nobody is named.
    #[must_use]
    pub(super) fn seen_by(&self, viewer: Option<i64>) -> PageKey {
        PageKey { viewer, page: self.clone() }
    }
}

impl PageKey {
    /// A name for the page where others can see names: it says nothing of the viewer or of what they look for.
    #[must_use]
    pub(super) fn name(&self, build: &[u8]) -> String {
        let digest = Sha256::new().chain_update(build).chain_update(self.to_bytes()).finalize();
        digest.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// Whose page it is; nobody's is that which everybody sees.
    #[must_use]
    pub(super) fn viewer(&self) -> Option<i64> {
        self.viewer
    }

    /// Whether all processes share it.
    #[must_use]
    pub(super) fn is_shared(&self) -> bool {
        self.page.is_shared
    }

    /// All of it, such that no two keys have the same.
    #[must_use]
    pub(super) fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(self.page.text.len() + 16);
        push(&mut bytes, self.viewer.map(|id| id.to_string()).unwrap_or_default().as_bytes());
        bytes.extend_from_slice(&self.page.text);
        bytes
    }

    /// What it takes of memory, in bytes.
    #[must_use]
    pub(super) fn weight(&self) -> usize {
        self.page.text.len() + 64
    }
}

/// The only one there is, so far; a part of the key so that a second one cannot be forgotten.
const LANGUAGE: &str = "en";

fn push(key: &mut Vec<u8>, part: &[u8]) {
    key.extend_from_slice(&u32::try_from(part.len()).unwrap_or(u32::MAX).to_be_bytes());
    key.extend_from_slice(part);
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIST: Policy = Policy::with(&["q", "page"]);

    fn key(viewer: Option<i64>, query: &str) -> Option<PageKey> {
        page("/patients", &[], query).map(|page| page.seen_by(viewer))
    }

    fn page(route: &str, path: &[&str], query: &str) -> Option<PageName> {
        PageName::new((route, path.iter().copied()), query, &LIST)
    }

    #[test]
    fn one_page_has_one_key_however_its_parameters_are_ordered_and_written() {
        assert_eq!(key(Some(1), "q=a%20b&page=2"), key(Some(1), "page=2&q=a+b"));
        assert_eq!(key(Some(1), ""), key(Some(1), ""));
    }

    #[test]
    fn different_pages_have_different_keys() {
        let keys = [
            key(Some(1), ""),
            key(Some(11), ""),
            key(None, ""),
            key(Some(1), "q="),
            key(Some(1), "q=1"),
            key(Some(1), "page=1"),
            key(Some(1), "q=1&page=1"),
            key(Some(1), "q=1%26page%3D1"),
            page("/patients/{id}", &["1"], "").map(|page| page.seen_by(Some(1))),
            page("/patients/{id}", &["11"], "").map(|page| page.seen_by(Some(1))),
            page("/doctors/{id}/time-off/{id}", &["1", "12"], "").map(|page| page.seen_by(Some(1))),
            page("/doctors/{id}/time-off/{id}", &["11", "2"], "").map(|page| page.seen_by(Some(1))),
        ];
        for (at, one) in keys.iter().enumerate() {
            assert!(one.is_some());
            assert!(!keys.iter().skip(at + 1).any(|other| other == one), "{at}");
            let bytes = |key: &Option<PageKey>| key.as_ref().map(PageKey::to_bytes);
            assert!(!keys.iter().skip(at + 1).any(|other| bytes(other) == bytes(one)), "{at}");
        }
    }

    #[test]
    fn what_the_page_does_not_know_is_not_cached() {
        for query in ["x=1", "q=1&q=2", "q=1&x", &format!("q={}", "a".repeat(700))] {
            assert_eq!(key(Some(1), query), None, "{query}");
        }
    }

    #[test]
    fn names_differ_between_builds_and_hide_what_they_name() {
        let Some(key) = key(Some(1), "q=secret") else { panic!("a key") };
        assert_ne!(key.name(b"one"), key.name(b"two"));
        assert_eq!(key.name(b"one").len(), 64);
    }
}
