//! An answer, and what a person would read in it.

use reqwest::header::HeaderMap;
use scraper::{ElementRef, Html, Selector};

use super::html::{self, Form};

/// An answer of the server.
#[derive(Clone, Debug)]
pub(crate) struct Page {
    /// The request, in words, for messages.
    pub(crate) asked: String,
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl Page {
    /// The same page, which must have this status.
    #[track_caller]
    pub(crate) fn expect(self, status: u16) -> Self {
        let shown = self.words();
        assert_eq!(self.status, status, "{}: {shown}", self.asked);
        self
    }

    /// The same page, which must be 200.
    #[track_caller]
    pub(crate) fn ok(self) -> Self {
        self.expect(200)
    }

    /// A header; empty when it is missing.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap_or("unreadable"))
    }

    /// The names of its headers.
    pub(crate) fn header_names(&self) -> impl Iterator<Item = &str> {
        self.headers.keys().map(|name| name.as_str())
    }

    /// Where a redirect leads: the path with its query.
    #[track_caller]
    pub(crate) fn location(&self) -> String {
        let location = self.header("location");
        assert!(!location.is_empty(), "{}: {} leads nowhere", self.asked, self.status);
        location.to_owned()
    }

    /// The parsed markup.
    pub(crate) fn document(&self) -> Html {
        Html::parse_document(&self.body)
    }

    /// The text of each element that `css` selects, white space folded.
    pub(crate) fn texts(&self, css: &str) -> Vec<String> {
        self.each(css, html::text)
    }

    /// The text of the one element that `css` selects.
    #[track_caller]
    pub(crate) fn text(&self, css: &str) -> String {
        let texts = self.texts(css);
        assert_eq!(texts.len(), 1, "{}: {css} selects {texts:?}", self.asked);
        texts.into_iter().next().unwrap_or_default()
    }

    /// The value of `attribute` of each element that `css` selects and that has it.
    pub(crate) fn attributes(&self, css: &str, attribute: &str) -> Vec<String> {
        self.each(css, |element| element.attr(attribute).map(str::to_owned)).into_iter().flatten().collect()
    }

    /// Whether `css` selects anything.
    pub(crate) fn has(&self, css: &str) -> bool {
        !self.each(css, |_| ()).is_empty()
    }

    fn each<T>(&self, css: &str, read: impl Fn(ElementRef<'_>) -> T) -> Vec<T> {
        let selector = Selector::parse(css).unwrap_or_else(|error| panic!("{css}: {error}"));
        self.document().select(&selector).map(read).collect()
    }

    /// The number of the element with `data-figure="name"`.
    #[track_caller]
    pub(crate) fn figure(&self, name: &str) -> i64 {
        let figure = format!("[data-figure=\"{name}\"]");
        // On a patient's dashboard a figure that is nothing is not there.
        if self.has("#hero") && !self.has(&figure) {
            return 0;
        }
        let text = self.text(&figure);
        text.parse().unwrap_or_else(|_| panic!("{}: figure {name} is {text:?}, not a plain number", self.asked))
    }

    /// Whether there is a row about that appointment.
    pub(crate) fn shows_appointment(&self, id: i64) -> bool {
        self.has(&format!("[data-appointment=\"{id}\"]"))
    }

    /// The ids of the appointments that have rows within what `css` selects, in order, each once.
    pub(crate) fn appointments(&self, css: &str) -> Vec<i64> {
        let ids = self.attributes(&format!("{css} [data-appointment]"), "data-appointment");
        let mut ids: Vec<i64> = ids.iter().map(|id| id.parse().expect("data-appointment is an id")).collect();
        ids.dedup();
        ids
    }

    /// What `<title>` says.
    pub(crate) fn title(&self) -> String {
        self.text("title")
    }

    /// What `<h1>` says.
    pub(crate) fn heading(&self) -> String {
        self.text("h1")
    }

    /// Everything a person can read on the page, white space folded.
    pub(crate) fn words(&self) -> String {
        self.texts("body").join(" ")
    }

    /// Whether a person can read `text` on the page.
    pub(crate) fn says(&self, text: &str) -> bool {
        self.words().contains(text)
    }

    /// The form that `css` selects, as a browser would send it.
    #[track_caller]
    pub(crate) fn form(&self, css: &str) -> Form {
        let mut forms = self.each(css, Form::read);
        assert_eq!(forms.len(), 1, "{}: {css} selects {} forms", self.asked, forms.len());
        forms.remove(0)
    }

    /// All forms of the page.
    pub(crate) fn forms(&self) -> Vec<Form> {
        self.each("form", Form::read)
    }

    /// Addresses of this site that the page links to, each once, without fragments.
    pub(crate) fn links(&self) -> Vec<String> {
        let mut links: Vec<String> = self
            .attributes("a[href]", "href")
            .into_iter()
            .filter(|href| href.starts_with('/') && !href.starts_with("//"))
            .map(|href| href.split('#').next().unwrap_or_default().to_owned())
            .collect();
        links.sort();
        links.dedup();
        links
    }

    /// How many statements the answer cost, as `Server-Timing` tells.
    #[track_caller]
    pub(crate) fn statements(&self) -> u32 {
        let timing = self.header("server-timing");
        let number = timing.split("db;desc=\"").nth(1).and_then(|rest| rest.split(' ').next());
        number
            .and_then(|number| number.parse().ok())
            .unwrap_or_else(|| panic!("{}: Server-Timing is {timing:?}", self.asked))
    }
}
