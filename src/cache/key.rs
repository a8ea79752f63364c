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

/// The key of a page. Its parts are preceded by their length, so no part can be taken for two.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct PageKey(Arc<[u8]>);

impl PageKey {
    /// The page at `route` with these values of all its parameters, seen by `viewer` (`user.id`; `None` is the page as everybody
    /// sees it).
    /// `None` when the query holds what the policy does not know, or too much.
    #[must_use]
    pub(super) fn new(
        viewer: Option<i64>,
        (route, values): (&str, &[&str]),
        query: &str,
        policy: &Policy,
    ) -> Option<Self> {
        let mut key = Vec::with_capacity(64);
        push(&mut key, viewer.map(|id| id.to_string()).unwrap_or_default().as_bytes());
        push(&mut key, route.as_bytes());
        for value in values {
            push(&mut key, value.as_bytes());
        }
        push(&mut key, LANGUAGE.as_bytes());
        if !query.is_empty() {
            let mut values: Vec<Option<String>> = vec![None; policy.parameters.len()];
            for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
                let place = policy.parameters.iter().position(|known| *known == name)?;
                let slot = values.get_mut(place)?;
                if slot.replace(value.into_owned()).is_some() {
                    return None;
                }
            }
            for (name, value) in policy.parameters.iter().zip(&values) {
                if let Some(value) = value {
                    push(&mut key, name.as_bytes());
                    push(&mut key, value.as_bytes());
                }
            }
        }
        (key.len() <= LONGEST).then(|| Self(key.into()))
    }

    /// A name for the page where others can see names: it says nothing of the viewer or of what they look for.
    #[must_use]
    pub(super) fn name(&self, build: &[u8]) -> String {
        let digest = Sha256::new().chain_update(build).chain_update(&self.0).finalize();
        digest.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// Whether it is the page as everybody sees it.
    #[must_use]
    pub(super) fn is_public(&self) -> bool {
        self.0.starts_with(&[0; 4])
    }

    /// The bytes.
    #[must_use]
    pub(super) fn as_bytes(&self) -> &[u8] {
        &self.0
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
        PageKey::new(viewer, ("/patients", &[]), query, &LIST)
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
            PageKey::new(Some(1), ("/patients/{id}", &["1"]), "", &LIST),
            PageKey::new(Some(1), ("/patients/{id}", &["11"]), "", &LIST),
            PageKey::new(Some(1), ("/patients/{id}/notes/{id}", &["1", "11"]), "", &LIST),
            PageKey::new(Some(1), ("/patients/{id}/notes/{id}", &["1", "12"]), "", &LIST),
            PageKey::new(Some(1), ("/patients/{id}/notes/{id}", &["11", "1"]), "", &LIST),
        ];
        for (at, one) in keys.iter().enumerate() {
            assert!(one.is_some());
            assert!(!keys.iter().skip(at + 1).any(|other| other == one), "{at}");
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
        let key = key(Some(1), "q=secret").unwrap_or_else(|| PageKey(Arc::from([])));
        assert_ne!(key.name(b"one"), key.name(b"two"));
        assert_eq!(key.name(b"one").len(), 64);
    }
}
