//! Addresses with parameters: as the documentation has them, `/appointments/{id}`, and as Actix matches them.
//!
//! Ids are digits: `/appointments/1.css` and `/appointments/1;x` are addresses of nothing, whatever
//! a cache between us and the browser makes of their endings.

/// What may stand for a parameter.
struct Parameter {
    /// Its name in the documentation.
    documented: &'static str,
    /// The name under which Actix tells its value: one in an address.
    name: &'static str,
    /// As Actix matches it.
    matching: &'static str,
}

const PARAMETERS: [Parameter; 4] = [
    Parameter { documented: "{id}", name: "id", matching: "{id:[0-9]{1,18}}" },
    // Of a record within another: `/doctors/{id}/time-off/{id}/removal`.
    Parameter { documented: "{id}", name: "second_id", matching: "{second_id:[0-9]{1,18}}" },
    // An id and a secret: see `accounts`.
    Parameter { documented: "{token}", name: "token", matching: "{token:[0-9]{1,18}-[A-Za-z0-9_-]{43}}" },
    // Of a static file.
    Parameter { documented: "{name}", name: "name", matching: "{name:[a-zA-Z0-9_./-]+}" },
];

/// A documented path as Actix matches it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern {
    text: String,
    parameters: Vec<&'static str>,
}

/// A path holds a parameter of which nobody said what may stand for it, or one more often than there are names for it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the route {path} has a parameter that is not known: {parameter}")]
pub struct UnknownParameter {
    /// The path.
    pub path: &'static str,
    /// The parameter, and what follows it.
    pub parameter: &'static str,
}

impl Pattern {
    /// The pattern of `path`.
    ///
    /// # Errors
    /// [`UnknownParameter`].
    pub fn of(path: &'static str) -> Result<Self, UnknownParameter> {
        let mut pattern = Self { text: String::with_capacity(path.len()), parameters: Vec::new() };
        let mut rest = path;
        while let Some((before, parameter)) = rest.find('{').and_then(|at| rest.split_at_checked(at)) {
            let known = PARAMETERS.iter().find_map(|known| {
                let is_new = !pattern.parameters.contains(&known.name);
                Some((known, parameter.strip_prefix(known.documented).filter(|_| is_new)?))
            });
            let (known, behind) = known.ok_or(UnknownParameter { path, parameter })?;
            pattern.text.push_str(before);
            pattern.text.push_str(known.matching);
            pattern.parameters.push(known.name);
            rest = behind;
        }
        pattern.text.push_str(rest);
        Ok(pattern)
    }

    /// As Actix takes it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The names under which Actix tells the values of all its parameters, in the order of the path.
    #[must_use]
    pub fn parameters(&self) -> &[&'static str] {
        &self.parameters
    }
}

/// The documented path of a pattern that Actix matched: for metrics and logs.
#[must_use]
pub fn documented(pattern: &str) -> String {
    let back = |text: String, known: &Parameter| text.replace(known.matching, known.documented);
    PARAMETERS.iter().fold(pattern.to_owned(), back)
}

#[cfg(test)]
mod tests {
    use actix_web::dev::{Path, ResourceDef};

    use super::*;

    const PATH: &str = "/doctors/{id}/time-off/{id}/removal";

    #[test]
    fn each_parameter_of_an_address_is_told_under_its_own_name() -> Result<(), UnknownParameter> {
        let pattern = Pattern::of(PATH)?;
        let mut path = Path::new("/doctors/12/time-off/3/removal");
        assert!(ResourceDef::new(pattern.as_str()).capture_match_info(&mut path));
        let values: Vec<_> = pattern.parameters().iter().map(|name| path.get(name)).collect();
        assert_eq!(values, [Some("12"), Some("3")]);
        assert_eq!(documented(pattern.as_str()), PATH);
        Ok(())
    }

    #[test]
    fn ids_are_digits() -> Result<(), UnknownParameter> {
        let resource = ResourceDef::new(Pattern::of("/appointments/{id}")?.as_str());
        assert!(resource.is_match("/appointments/1"));
        assert!(!resource.is_match("/appointments/1.css") && !resource.is_match("/appointments/1;x"));
        Ok(())
    }

    #[test]
    fn what_nobody_said_what_may_stand_for_it_is_refused() {
        for (path, parameter) in
            [("/doctors/{slug}/times", "{slug}/times"), ("/a/{id}/b/{id}/c/{id}", "{id}"), ("/{", "{")]
        {
            assert_eq!(Pattern::of(path), Err(UnknownParameter { path, parameter }));
        }
    }
}
