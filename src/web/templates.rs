//! The Tera templates, embedded in the program and checked when it starts.
//!
//! Every name ends in `.html`: Tera escapes by that suffix alone, so a template with another one
//! is refused here rather than rendered unescaped.

use std::sync::Arc;

use rust_embed::RustEmbed;
use serde::Serialize;
use tera::{Context, Kwargs, State, Tera};

use crate::web::{assets::Assets, page::Layout};

#[derive(RustEmbed)]
#[folder = "templates/"]
struct Files;

/// The compiled templates. Cheap to clone.
#[derive(Clone)]
pub struct Templates {
    tera: Arc<Tera>,
}

/// Why the templates cannot be used: a defect found at start, not at the first request.
#[derive(Debug, thiserror::Error)]
pub enum TemplateError {
    /// The name would switch escaping off.
    #[error("template {0} does not end in .html, so it would not be escaped")]
    Unescaped(String),
    /// The bytes are not text.
    #[error("template {0} is not UTF-8")]
    Encoding(String),
    /// Tera's own words: syntax, a missing parent, an unknown component or function.
    #[error("{0}")]
    Tera(#[from] tera::Error),
}

impl Templates {
    /// Compiles every template. `asset(path=…)` in them gives a file's fingerprinted address.
    pub fn load(assets: &Assets) -> Result<Self, TemplateError> {
        let mut tera = Tera::new();
        let assets = assets.clone();
        tera.register_function("asset", move |arguments: Kwargs, _: &State| -> tera::TeraResult<String> {
            let path = arguments.must_get::<&str>("path")?;
            assets
                .url(path)
                .map(str::to_owned)
                .ok_or_else(|| tera::Error::message(format!("there is no static file {path}")))
        });
        tera.add_raw_templates(sources()?)?;
        Ok(Self { tera: Arc::new(tera) })
    }

    /// Renders `template` with the two names every template has: `page` and `layout`.
    pub fn render(&self, template: &str, page: &impl Serialize, layout: &Layout) -> Result<String, tera::Error> {
        let mut context = Context::new();
        context.insert("page", page);
        context.insert("layout", layout);
        self.tera.render(template, &context)
    }

    /// The names of all templates that are pages, for the test that renders each of them: not the
    /// layouts and components, which are rendered as part of pages.
    pub fn page_names(&self) -> Vec<&str> {
        let is_page = |name: &&str| !name.starts_with("layouts/") && !name.starts_with("components/");
        self.tera.get_template_names().filter(is_page).collect()
    }
}

fn sources() -> Result<Vec<(String, String)>, TemplateError> {
    let mut sources = Vec::new();
    for name in Files::iter() {
        if !name.ends_with(".html") || name.ends_with(".tera.html") {
            return Err(TemplateError::Unescaped(name.into_owned()));
        }
        let Some(file) = Files::get(&name) else {
            continue;
        };
        let text = String::from_utf8(file.data.into_owned())
            .map_err(|error| TemplateError::Encoding(format!("{name}: {error}")))?;
        sources.push((name.into_owned(), text));
    }
    Ok(sources)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_template_compiles() {
        let templates = Templates::load(&Assets::load("/static"));
        assert!(templates.is_ok(), "{}", templates.err().map(|error| error.to_string()).unwrap_or_default());
    }
}
