//! The table of the HTTP Observatory (MDN, "scoring") as rules over one answer.

use super::*;

/// Where everybody begins. What is added is added from 90 on.
const BEGINS_WITH: i32 = 100;
const ADDED_FROM: i32 = 90;
/// Half a year.
const LONG: u64 = 15_768_000;

/// The parts of a policy: a directive and its sources.
fn directives(policy: &str) -> Vec<(&str, Vec<&str>)> {
    let parts = policy.split(';').map(|part| part.split_whitespace().collect::<Vec<_>>());
    parts.filter_map(|words| words.split_first().map(|(name, sources)| (*name, sources.to_vec()))).collect()
}

/// The sources of a directive; where it is not there, those of `default-src`, for those that fall back.
fn sources<'a>(policy: &[(&'a str, Vec<&'a str>)], name: &str) -> Option<Vec<&'a str>> {
    let of = |wanted: &str| policy.iter().find(|(known, _)| *known == wanted).map(|(_, sources)| sources.clone());
    of(name).or_else(|| of("default-src"))
}

/// `csp-implemented-with-no-unsafe-default-src-none` +10, `…-no-unsafe` +5, unsafe styles 0, `unsafe-eval` -10, unsafe scripts -20, none -25.
fn of_policy(answer: &RawAnswer) -> i32 {
    let policy = directives(answer.header("content-security-policy"));
    let has = |name: &str, word: &str| sources(&policy, name).is_none_or(|sources| sources.contains(&word));
    let is_broad = |name: &str| ["*", "https:", "http:", "data:"].iter().any(|word| has(name, word));
    if policy.is_empty() {
        -25
    } else if has("script-src", "'unsafe-inline'") || is_broad("script-src") || is_broad("object-src") {
        -20
    } else if has("script-src", "'unsafe-eval'") {
        -10
    } else if has("style-src", "'unsafe-inline'") {
        0
    } else if sources(&policy, "default-src") == Some(vec!["'none'"]) {
        10
    } else {
        5
    }
}

/// All `Secure`, those of sessions `HttpOnly`, all with `SameSite` +5; none 0; without `HttpOnly` -30, without `Secure` -40.
fn of_cookies(answer: &RawAnswer) -> i32 {
    let cookies = set_cookies(answer);
    let all_have = |attribute: &str| {
        let lower = |cookie: &String| cookie.to_ascii_lowercase();
        cookies.iter().map(lower).all(|cookie| cookie.split(';').any(|part| part.trim().starts_with(attribute)))
    };
    match cookies.is_empty() {
        true => 0,
        _ if !all_have("secure") => -40,
        _ if !all_have("httponly") => -30,
        _ if !all_have("samesite=") => 0,
        _ => 5,
    }
}

/// No sharing with any origin 0, with each -50.
fn of_sharing(answer: &RawAnswer) -> i32 {
    if answer.header("access-control-allow-origin").is_empty() { 0 } else { -50 }
}

/// One of those that tell other sites nothing +5, none 0, another -5.
fn of_referrer(answer: &RawAnswer) -> i32 {
    match answer.header("referrer-policy") {
        "no-referrer" | "same-origin" | "strict-origin" | "strict-origin-when-cross-origin" => 5,
        "" => 0,
        _ => -5,
    }
}

/// Half a year and more 0, less -10, none -20. On the browsers' own list +5, which no answer shows.
fn of_transport(answer: &RawAnswer) -> i32 {
    let age =
        answer.header("strict-transport-security").split(';').find_map(|part| part.trim().strip_prefix("max-age="));
    match age.and_then(|age| age.parse::<u64>().ok()) {
        Some(age) if age >= LONG => 0,
        Some(_) => -10,
        None => -20,
    }
}

/// Scripts of this origin alone 0; others need `integrity`, or lose.
fn of_scripts(answer: &RawAnswer) -> i32 {
    let foreign = |part: &&str| {
        let from = part.split(['"', '>']).next().unwrap_or_default();
        from.contains("//")
    };
    if answer.body.split("<script src=\"").skip(1).any(|part| foreign(&part)) { -5 } else { 0 }
}

/// `nosniff` 0, else -5.
fn of_types(answer: &RawAnswer) -> i32 {
    if answer.header("x-content-type-options") == "nosniff" { 0 } else { -5 }
}

/// By `frame-ancestors` +5, by the old header alone 0, not at all -20.
fn of_frames(answer: &RawAnswer) -> i32 {
    let policy = directives(answer.header("content-security-policy"));
    match policy.iter().find(|(name, _)| *name == "frame-ancestors") {
        Some((_, sources)) if !sources.contains(&"*") => 5,
        _ if ["DENY", "SAMEORIGIN"].contains(&answer.header("x-frame-options")) => 0,
        _ => -20,
    }
}

/// For this origin or site alone +10, for all 0.
fn of_resources(answer: &RawAnswer) -> i32 {
    match answer.header("cross-origin-resource-policy") {
        "same-origin" | "same-site" => 10,
        _ => 0,
    }
}

/// What one rule gives an answer, in points.
type ScoreRule = fn(&RawAnswer) -> i32;

const TABLE: [(&str, ScoreRule); 9] = [
    ("content security policy", of_policy),
    ("cookies", of_cookies),
    ("sharing with other origins", of_sharing),
    ("referrer", of_referrer),
    ("strict transport security", of_transport),
    ("scripts of others", of_scripts),
    ("types", of_types),
    ("frames", of_frames),
    ("resources", of_resources),
];

/// The score, and what each rule gave.
pub(super) fn score(answer: &RawAnswer) -> (i32, Vec<(&'static str, i32)>) {
    let given: Vec<_> = TABLE.iter().map(|(name, rule)| (*name, rule(answer))).collect();
    let lost = BEGINS_WITH + given.iter().map(|(_, points)| *points.min(&0)).sum::<i32>();
    let added: i32 = given.iter().map(|(_, points)| *points.max(&0)).sum();
    (if lost >= ADDED_FROM { lost + added } else { lost.max(0) }, given)
}

#[test]
fn the_table_tells_a_good_answer_from_a_bad_one() {
    let answer = |head: &str| RawAnswer { status: 200, head: head.to_owned(), body: String::new() };
    assert_eq!(score(&answer("")).0, 30, "nothing at all");
    let good = "content-security-policy: default-src 'none'; frame-ancestors 'none'\r\nreferrer-policy: no-referrer\r\n\
                strict-transport-security: max-age=31536000\r\nx-content-type-options: nosniff\r\ncross-origin-resource-policy: same-origin";
    assert_eq!(score(&answer(good)).0, 130);
    for (worse, than) in [
        (good.replace("default-src 'none'", "default-src 'none'; script-src 'unsafe-inline'"), 80),
        (good.replace("default-src 'none'", "default-src 'self'"), 125),
        (good.replace("default-src 'none'", "default-src *"), 80),
        (good.replace("max-age=31536000", "max-age=60"), 120),
        (format!("{good}\r\nset-cookie: a=b; Path=/"), 60),
        (format!("{good}\r\naccess-control-allow-origin: *"), 50),
    ] {
        assert_eq!(score(&answer(&worse)).0, than, "{worse}");
    }
    assert_eq!(score(&answer(&format!("{good}\r\nset-cookie: a=b; Secure; HttpOnly; SameSite=Lax"))).0, 135);
}
