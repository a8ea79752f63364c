//! Reading markup as a browser does.

use actix_web::http::Method;
use scraper::{ElementRef, Selector};

/// The text within `element`, white space folded.
pub(crate) fn text(element: ElementRef<'_>) -> String {
    element.text().collect::<String>().split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A form, and what a browser would send if it were submitted as it stands.
#[derive(Clone, Debug)]
pub(crate) struct Form {
    /// The address it goes to.
    pub(crate) action: String,
    /// `get` or `post`.
    pub(crate) method: String,
    /// Names and values, in order. Every text field, every chosen option, every ticked box; of an
    /// unticked box or an unchosen group of radio buttons an empty value, so that it can be filled in.
    pub(crate) fields: Vec<(String, String)>,
}

impl Form {
    /// The method as the route table has it.
    pub(crate) fn verb(&self) -> Method {
        if self.method == "post" { Method::POST } else { Method::GET }
    }

    pub(super) fn read(form: ElementRef<'_>) -> Self {
        let attribute = |name| form.attr(name).unwrap_or_default().to_owned();
        // A file in which nothing was chosen comes as none.
        let controls = "input[name]:not([type=file]), select[name], textarea[name]";
        let controls = Selector::parse(controls).unwrap();
        let mut fields: Vec<(String, String)> = Vec::new();
        for control in form.select(&controls) {
            let name = control.attr("name").unwrap_or_default().to_owned();
            let value = value(control);
            match fields.iter_mut().find(|(known, _)| *known == name) {
                Some(known) if known.1.is_empty() => known.1 = value,
                Some(_) => {}
                None => fields.push((name, value)),
            }
        }
        Self { action: attribute("action"), method: attribute("method").to_lowercase(), fields }
    }
}

fn value(control: ElementRef<'_>) -> String {
    let given = control.attr("value").unwrap_or_default();
    match (control.value().name(), control.attr("type").unwrap_or("text")) {
        ("input", "checkbox" | "radio") if control.attr("checked").is_none() => String::new(),
        ("input", "checkbox") if given.is_empty() => "on".to_owned(),
        ("input", _) => given.to_owned(),
        ("textarea", _) => control.text().collect(),
        _ => chosen(control),
    }
}

/// The value of a select: of its selected option, else of its first.
fn chosen(select: ElementRef<'_>) -> String {
    let options = Selector::parse("option").unwrap();
    let option = select
        .select(&options)
        .find(|option| option.attr("selected").is_some())
        .or_else(|| select.select(&options).next());
    option.map(|option| option.attr("value").map_or_else(|| text(option), str::to_owned)).unwrap_or_default()
}
