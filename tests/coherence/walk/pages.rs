//! What everybody sees, and whether it is what would be rendered.

use std::{fmt, ops::Add};

use actix_web::http::Method;
use futures_util::future::try_join_all;
use reqwest::header;
use telemedicine::features;

use super::clinic::{Member, Walk};
use crate::support::*;

/// What was seen so far.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Tally {
    pub(super) walks: u64,
    pub(super) acts: u64,
    /// Answers that were compared with what an instance without a cache rendered.
    compared: u64,
    /// Those that came from the cache.
    hits: u64,
    /// Those that said that what the browser had kept is still so.
    unchanged: u64,
    /// Redirects, errors: answers that no cache keeps.
    others: u64,
    /// Pages that were fetched from the same instance just before, and those of them that came from the cache.
    again: u64,
    hits_again: u64,
}

/// The one cached route whose page nothing is read for when a visitor asks: there is nothing to keep.
const READS_NOTHING: &str = "/";

impl Tally {
    /// A walk without hits proves nothing.
    pub(super) fn assert_that_the_cache_was_used(&self) {
        assert!(self.compared >= 2_000, "too short a walk: {self}");
        assert!(self.hits_again * 10 > self.again * 9, "what was fetched a moment ago is not there: {self}");
        assert!(self.hits * 3 > self.compared, "the cache was hardly used: {self}");
        assert!(self.unchanged * 10 > self.compared, "browsers hardly used what they had: {self}");
    }

    /// The same where half of the time there is nothing to keep pages by.
    pub(super) fn assert_that_something_was_kept(&self) {
        assert!(self.compared >= 1_000, "too short a walk: {self}");
        assert!(self.hits * 10 > self.compared, "the cache was hardly used: {self}");
    }
}

impl Add for Tally {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            walks: self.walks + other.walks,
            acts: self.acts + other.acts,
            compared: self.compared + other.compared,
            hits: self.hits + other.hits,
            unchanged: self.unchanged + other.unchanged,
            others: self.others + other.others,
            again: self.again + other.again,
            hits_again: self.hits_again + other.hits_again,
        }
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { walks, acts, compared, hits, unchanged, others, again, hits_again } = self;
        write!(
            f,
            "{walks} walks, {acts} acts, {compared} answers compared: {hits} hits, {unchanged} times 304, {others} no pages; fetched at once again {again}, {hits_again} of them hits"
        )
    }
}

impl Walk {
    /// Fetches the pages of these members and of a visitor, from each instance twice, and compares them.
    pub(super) async fn check(&mut self, members: &[usize]) -> Result<Tally, String> {
        self.round += 1;
        let walk = &*self;
        let of_members = members.iter().map(|place| walk.check_all(Some(&walk.members[*place])));
        let tallies = try_join_all(of_members.chain([walk.check_all(None)])).await?;
        Ok(tallies.into_iter().fold(Tally::default(), Add::add))
    }

    /// `None` is a visitor.
    async fn check_all(&self, member: Option<&Member>) -> Result<Tally, String> {
        let mut tally = Tally::default();
        for path in self.paths(member) {
            tally = tally + self.check_one(member, &path).await?;
        }
        Ok(tally)
    }

    async fn check_one(&self, member: Option<&Member>, path: &str) -> Result<Tally, String> {
        let browser = member.map_or(&self.visitor, |member| &member.browser);
        let rendered = browser.at(&self.plain).get(path).await;
        if rendered.status >= 500 || (rendered.status == 200 && rendered.header("x-cache") != "bypass") {
            return Err(format!("{}: {} {}", rendered.asked, rendered.status, rendered.header("x-cache")));
        }
        let mut tally = Tally::default();
        for site in &self.sites {
            for again in [false, true] {
                let kept = member.filter(|_| again).and_then(|member| member.has(path));
                let answer = ask(&browser.at(site), path, kept.as_ref()).await;
                tally.compared += 1;
                if again && rendered.status == 200 && path != READS_NOTHING {
                    tally.again += 1;
                    tally.hits_again += u64::from(answer.header("x-cache") == "hit");
                }
                tally.hits += u64::from(answer.header("x-cache") == "hit");
                tally.unchanged += u64::from(answer.status == 304);
                tally.others += u64::from(rendered.status != 200);
                same(&rendered, &answer, kept.map(|(_, page)| page))?;
                if let Some(member) = member {
                    member.keep(path, &answer);
                }
            }
        }
        Ok(tally)
    }

    /// The addresses of all cached routes that this person may use, and of one or two other views of the lists.
    fn paths(&self, member: Option<&Member>) -> Vec<String> {
        let table = features::routes();
        let role = member.map(|member| member.person.role);
        let cached = table.entries().iter().filter(|entry| entry.method == Method::GET && entry.cache.is_some());
        let mine: Vec<&str> = cached.filter(|entry| may_use(entry.access, role)).map(|entry| entry.path).collect();
        let mut paths: Vec<String> = mine.iter().map(|route| self.address(route, member)).collect();
        let day = |hours| self.app.in_hours(hours).format("%Y-%m-%d");
        let name = &self.members[self.round % self.members.len()].person.first_name;
        let variations = [
            "/appointments?status=requested".to_owned(),
            "/appointments?page=2".to_owned(),
            format!("/doctors?q={name}"),
            format!("/appointments?q={name}"),
            "/notifications?page=2".to_owned(),
            format!("/appointments?from={}&to={}", day(0), day(24)),
            format!("/patients?q={name}"),
            "/appointments?status=completed".to_owned(),
            "/appointments?status=needs_outcome".to_owned(),
            "/appointments?when=past".to_owned(),
            "/appointments?status=next_24_hours".to_owned(),
            "/appointments?status=upcoming".to_owned(),
            "/appointments?status=notes_to_sign".to_owned(),
            "/patients?state=seen".to_owned(),
            "/patients?page=2".to_owned(),
            "/hospitals?q=Hospital".to_owned(),
            "/schedule?view=week".to_owned(),
            format!("/schedule?date={}", day(24)),
            format!("/times?from={}", day(24 * 7)),
        ];
        let is_mine = |path: &&String| path.split('?').next().is_some_and(|route| mine.contains(&route));
        paths.extend(variations.iter().cycle().skip(self.round % variations.len()).take(4).filter(is_mine).cloned());
        paths
    }

    /// The address of `route`, for a record that this person may have to do with.
    fn address(&self, route: &str, member: Option<&Member>) -> String {
        let house = member.and_then(|member| member.house).unwrap_or(self.round % self.hospitals.len());
        let id = match route {
            "/hospitals/{id}" => self.hospitals[house].id,
            "/doctors/{id}" | "/doctors/{id}/times" => {
                let is_one = |member: &&Member| member.house == Some(house) && member.person.role == Role::Doctor;
                let doctors: Vec<i64> = self.members.iter().filter(is_one).map(|member| member.side).collect();
                doctors[self.round % doctors.len()]
            }
            // Those of the first visits, and the first documents, whosever they are.
            "/appointments/{id}/now"
            | "/appointments/{id}/standing"
            | "/appointments/{id}/messages/now"
            | "/appointments/{id}/note/now"
            | "/appointments/{id}/documents/now"
            | "/documents/{id}/now" => i64::try_from(1 + self.round % 6).unwrap(),
            _ if route.contains("{id}") => panic!("{route}: which record is meant? Say it in Walk::address."),
            _ => return route.to_owned(),
        };
        route.replace("{id}", &id.to_string())
    }
}

impl Member {
    fn has(&self, path: &str) -> Option<(String, String)> {
        self.kept.lock().unwrap().get(path).cloned()
    }

    fn keep(&self, path: &str, answer: &Page) {
        if answer.status == 200 && !answer.header("etag").is_empty() {
            let kept = (answer.header("etag").to_owned(), answer.body.clone());
            self.kept.lock().unwrap().insert(path.to_owned(), kept);
        }
    }
}

/// Asks for a page, of which the browser may have kept one.
async fn ask(browser: &Client, path: &str, kept: Option<&(String, String)>) -> Page {
    let request = browser.request(Method::GET.as_str().parse().unwrap(), path);
    browser
        .send(match kept {
            Some((tag, _)) => request.header(header::IF_NONE_MATCH, tag),
            None => request,
        })
        .await
}

/// Compares what was rendered with an answer, or with what the browser had if that is said to be still so. Of an error,
/// which names the request, the status alone.
pub(crate) fn same(rendered: &Page, answer: &Page, kept: Option<String>) -> Result<(), String> {
    let (status, body) = match (answer.status, kept) {
        (304, Some(kept)) => (200, kept),
        (status, _) => (status, answer.body.clone()),
    };
    if status >= 400 && status == rendered.status {
        return Ok(());
    }
    let (old, new) = (masked(&body), masked(&rendered.body));
    if status == rendered.status && old == new && answer.header("location") == rendered.header("location") {
        return Ok(());
    }
    let differs = old.bytes().zip(new.bytes()).position(|(one, other)| one != other);
    let at = differs.unwrap_or_else(|| old.len().min(new.len()));
    let part = |text: &str| {
        let bytes = &text.as_bytes()[at.saturating_sub(120).min(text.len())..(at + 120).min(text.len())];
        String::from_utf8_lossy(bytes).into_owned()
    };
    Err(format!(
        "{} answered {} ({}), an instance without a cache {}, and they differ at byte {at}:\n--- answered\n{}\n--- rendered\n{}",
        answer.asked,
        answer.status,
        answer.header("x-cache"),
        rendered.status,
        part(&old),
        part(&new)
    ))
}

/// The page without the paragraph that says since when it is unchanged, and without what it is told by when it changes: another instance has
/// other stamps, and a page that changes in nothing else has not changed.
pub(crate) fn masked(body: &str) -> String {
    let body = match body.split_once(" data-live=\"") {
        Some((before, rest)) => format!("{before}{}", rest.split_once('"').map_or("", |(_, after)| after)),
        None => body.to_owned(),
    };
    let Some((before, rest)) = body.split_once("<p class=\"unchanged\">") else { return body };
    let after = rest.split_once("</p>").map_or("", |(_, after)| after);
    format!("{before}{after}")
}
