//! Visits as programs with calendars read them: iCalendar (RFC 5545), and invitations by mail (RFC 5546, RFC 6047).
//!
//! Times are UTC, so no rules of any zone have to be told, or to be right.

use chrono::{DateTime, Utc};

/// The longest line in octets, without its end.
const LINE: usize = 75;

/// What a calendar is to do with what it is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CalendarMethod {
    /// Put it in, or change it: an invitation.
    Request,
    /// Take it out.
    Cancel,
    /// Show it: a calendar that is subscribed to.
    Publish,
}

impl CalendarMethod {
    /// Its name in the standard.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Request => "REQUEST",
            Self::Cancel => "CANCEL",
            Self::Publish => "PUBLISH",
        }
    }
}

/// Who writes an invitation and who gets it, by their e-mail addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvitationParties<'a> {
    /// Whose invitation it is.
    pub organizer: &'a str,
    /// Who is invited.
    pub attendee: &'a str,
}

/// A time that is taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CalendarEvent {
    /// The same for the same visit for ever, and no other's anywhere.
    pub uid: String,
    /// Higher each time it has changed.
    pub sequence: i32,
    /// When it begins.
    pub starts_at: DateTime<Utc>,
    /// When it ends.
    pub ends_at: DateTime<Utc>,
    /// One line.
    pub summary: String,
    /// What else is to be known.
    pub description: String,
    /// Where it takes place.
    pub location: String,
    /// Its page.
    pub url: String,
}

/// A calendar with these events, as it stood at `made_at`. With `parties` it is an invitation, or takes one back.
#[must_use]
pub fn calendar(
    method: CalendarMethod,
    made_at: DateTime<Utc>,
    parties: Option<InvitationParties<'_>>,
    events: &[CalendarEvent],
) -> String {
    let mut text = Lines(String::new());
    text.line("BEGIN", "VCALENDAR");
    text.line("VERSION", "2.0");
    text.line("PRODID", "-//Telemedicine//Visits//EN");
    text.line("CALSCALE", "GREGORIAN");
    text.line("METHOD", method.name());
    for event in events {
        text.event(event, (method, made_at), parties);
    }
    text.line("END", "VCALENDAR");
    text.0
}

/// Lines, folded, each with its end.
struct Lines(String);

impl Lines {
    fn event(
        &mut self,
        event: &CalendarEvent,
        (method, made_at): (CalendarMethod, DateTime<Utc>),
        parties: Option<InvitationParties<'_>>,
    ) {
        let is_cancelled = method == CalendarMethod::Cancel;
        self.line("BEGIN", "VEVENT");
        self.line("UID", &escaped(&event.uid));
        self.line("SEQUENCE", &event.sequence.to_string());
        self.line("DTSTAMP", &instant(made_at));
        self.line("DTSTART", &instant(event.starts_at));
        self.line("DTEND", &instant(event.ends_at));
        self.line("STATUS", if is_cancelled { "CANCELLED" } else { "CONFIRMED" });
        self.line("CLASS", "PRIVATE");
        self.line("SUMMARY", &escaped(&event.summary));
        self.line("DESCRIPTION", &escaped(&event.description));
        self.line("LOCATION", &escaped(&event.location));
        self.line("URL", &plain(&event.url));
        if let Some(InvitationParties { organizer, attendee }) = parties {
            self.line("ORGANIZER", &format!("mailto:{}", plain(organizer)));
            // Nothing is asked: it is agreed upon already, and nobody reads answers.
            let asked = "ATTENDEE;ROLE=REQ-PARTICIPANT;PARTSTAT=ACCEPTED;RSVP=FALSE";
            self.line(asked, &format!("mailto:{}", plain(attendee)));
        }
        self.line("END", "VEVENT");
    }

    /// One property. A line that is too long goes on in the next one after a blank, and no character is cut in two.
    fn line(&mut self, name: &str, value: &str) {
        let mut length = 0;
        for letter in name.chars().chain([':']).chain(value.chars()) {
            if length + letter.len_utf8() > LINE {
                self.0.push_str("\r\n ");
                length = 1;
            }
            self.0.push(letter);
            length += letter.len_utf8();
        }
        self.0.push_str("\r\n");
    }
}

/// A text as a value: what has a meaning there is marked, and what nobody can read is left out.
fn escaped(text: &str) -> String {
    let mut value = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '\\' | ';' | ',' => {
                value.push('\\');
                value.push(letter);
            }
            '\n' => value.push_str("\\n"),
            other if other.is_control() => {}
            other => value.push(other),
        }
    }
    value
}

/// A value that is no text, such as an address: nothing in it can end its line.
fn plain(address: &str) -> String {
    address.chars().filter(|letter| !letter.is_control()).collect()
}

fn instant(at: DateTime<Utc>) -> String {
    at.format("%Y%m%dT%H%M%SZ").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(summary: &str) -> CalendarEvent {
        let at = DateTime::from_timestamp(1_795_500_000, 0).unwrap_or_default();
        CalendarEvent {
            uid: "appointment-7@clinic.example".to_owned(),
            sequence: 3,
            starts_at: at,
            ends_at: at + chrono::TimeDelta::minutes(30),
            summary: summary.to_owned(),
            description: "More about it, after signing in.".to_owned(),
            location: "Patan Hospital, Lagankhel".to_owned(),
            url: "https://clinic.example/appointments/7".to_owned(),
        }
    }

    fn unfolded(text: &str) -> String {
        text.replace("\r\n ", "")
    }

    #[test]
    fn long_lines_are_folded_between_characters_and_read_as_they_were() {
        let summary = "नमस्ते डाक्टर ".repeat(20);
        let text = calendar(CalendarMethod::Request, DateTime::UNIX_EPOCH, None, &[event(&summary)]);
        assert!(text.split("\r\n").all(|line| line.len() <= LINE), "{text}");
        assert!(text.split("\r\n").any(|line| line.len() > LINE - 4), "nothing was folded");
        assert!(unfolded(&text).contains(&format!("\r\nSUMMARY:{summary}\r\n")), "{text}");
    }

    #[test]
    fn what_has_a_meaning_is_marked_and_no_text_makes_a_line_of_its_own() {
        let text =
            calendar(CalendarMethod::Publish, DateTime::UNIX_EPOCH, None, &[event("a,b;c\\d\r\nATTENDEE:x\u{0}")]);
        assert!(unfolded(&text).contains("\r\nSUMMARY:a\\,b\\;c\\\\d\\nATTENDEE:x\r\n"), "{text}");
        assert!(!text.contains("\r\nATTENDEE"), "{text}");
    }

    #[test]
    fn an_invitation_says_who_is_invited_and_what_is_taken_back_is_cancelled() {
        let parties = InvitationParties { organizer: "desk@clinic.example", attendee: "maya@home.example\r\nX:1" };
        let text = calendar(CalendarMethod::Cancel, DateTime::UNIX_EPOCH, Some(parties), &[event("A visit")]);
        let text = unfolded(&text);
        for line in ["METHOD:CANCEL", "STATUS:CANCELLED", "SEQUENCE:3", "DTSTAMP:19700101T000000Z"] {
            assert!(text.contains(&format!("\r\n{line}\r\n")), "{line} is missing in\n{text}");
        }
        assert!(text.contains("RSVP=FALSE:mailto:maya@home.exampleX:1\r\n"), "{text}");
    }
}
