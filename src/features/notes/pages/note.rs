//! The note as its doctor sees it.

use chrono::{NaiveDate, NaiveDateTime};
use entity::enums::{NoteState, NoteTemplate};
use serde::Serialize;

use super::{Addendum, Part, addenda, now::state_of, parts};
use crate::{
    access::Viewer,
    features::{
        appointments::banner,
        notes::{
            forms::WITHHELD,
            queries::{FIELDS, NoteRecord, NoteTexts, StoredNote},
            template::{self, TEMPLATES},
        },
        people::Banner,
    },
    web::{ClinicalPage, FormView, Moment, Present, RecordMarks, moment::date_in_words},
};

/// A choice of what to begin with.
#[derive(Debug, Serialize)]
struct Beginning {
    href: String,
    label: &'static str,
}

/// A note that is written, or that was signed.
#[derive(Debug, Serialize)]
pub(in crate::features::notes) struct NotePage {
    title: String,
    /// `appointment.id`
    id: i64,
    /// Of the page that says how the note stands now. Nothing where what was typed stands beside a signed note: it is not in it, and would make way for it.
    live_from: Option<String>,
    /// As [`super::NoteNow`] says it.
    record_state: String,
    patient_id: i64,
    patient: Banner,
    starts_at: Moment,
    version: i32,
    template: Option<&'static str>,
    /// What it can be begun with, while there is nothing.
    beginnings: Vec<Beginning>,
    /// `10:42:07`, when something is stored.
    saved: Option<String>,
    /// What is typed and what is wrong with it.
    form: FormView,
    /// Whether the beginning of the visit is to be made sure of before it can be signed.
    lacks_opening: bool,
    is_signed: bool,
    signed_at: Option<Moment>,
    author: Option<String>,
    is_withdrawn: bool,
    withheld_reason: Option<String>,
    /// What was signed.
    parts: Vec<Part>,
    addenda: Vec<Addendum>,
    /// What was typed and has no place any more.
    typed: Vec<Part>,
    /// How the form stands to what is stored, for the page's script: `stored`, `refused` (it is not stored), `stale` (and something else is).
    standing: &'static str,
    /// What its fields hold as it is stored.
    #[serde(skip)]
    stored: Vec<(&'static str, String)>,
}

impl NotePage {
    pub(in crate::features::notes) fn new(
        viewer: &Viewer,
        present: &Present,
        marks: &RecordMarks,
        record: NoteRecord,
    ) -> Self {
        let zone = viewer.zone();
        let (is_withdrawn, lacks_opening) = (record.is_withdrawn(), record.lacks_opening());
        let record_state = state_of(viewer, present, marks, &record);
        let NoteRecord { row, about, note, author, addenda: beneath, .. } = record;
        let note = note.as_ref();
        let is_signed = note.is_some_and(|note| note.state == NoteState::Signed);
        let texts = note.map(StoredNote::texts).unwrap_or_default();
        let why = note.and_then(|note| note.withheld_reason.as_deref());
        let stored = fields((&texts, why));
        let today = present.date(zone);
        Self {
            title: format!("Note of {}", row.patient_name()),
            id: row.id,
            live_from: Some(format!("/appointments/{}/note/now", row.id)),
            record_state,
            patient_id: row.patient_id,
            patient: banner(viewer, &row, &about, today),
            starts_at: Moment::new(row.starts_at, zone),
            version: note.map_or(0, |note| note.version),
            template: note.and_then(|note| note.template).map(|template| template::words(template).0),
            beginnings: if note.is_none() { beginnings(row.id) } else { Vec::new() },
            saved: note.map(|note| saved_at(zone.local(note.updated_at), today)),
            form: FormView::filled(stored.clone()),
            lacks_opening,
            is_signed,
            signed_at: note.and_then(|note| note.signed_at).map(|at| Moment::new(at, zone)),
            author: author.map(|author| author.name()),
            is_withdrawn,
            withheld_reason: why.map(str::to_owned),
            parts: if is_signed { parts(&texts) } else { Vec::new() },
            addenda: addenda(viewer, beneath),
            typed: Vec::new(),
            standing: "stored",
            stored,
        }
    }

    /// The same with the texts of `template` in its fields, if nothing is stored yet.
    pub(in crate::features::notes) fn beginning_with(mut self, template: Option<NoteTemplate>) -> Self {
        if let Some(template) = template.filter(|_| self.saved.is_none()) {
            self.template = Some(template::words(template).0);
            self.form = FormView::filled(fields((&template::texts(template), None)));
        }
        self
    }

    /// The same with a form that was refused; beside it what is stored, if that is why.
    pub(in crate::features::notes) fn refusing(mut self, form: FormView, is_stale: bool) -> Self {
        let typed = |name: &str| form.values.get(name).filter(|text| !text.is_empty()).cloned();
        if self.is_signed {
            self.live_from = None;
            self.typed =
                FIELDS.iter().filter_map(|(name, label)| Some(Part { name, label, text: typed(name)? })).collect();
        }
        if let Some(chosen) = typed("template").and_then(|code| template::from_code(&code)) {
            self.template = Some(template::words(chosen).0);
        }
        let is_beside = is_stale && !self.is_signed;
        self.standing = if is_stale { "stale" } else { "refused" };
        self.form = if is_beside { form.beside(self.stored.clone()) } else { form };
        self
    }
}

/// What the fields hold of a note that says `texts`, and is kept from the patient for that reason.
fn fields((texts, why): (&NoteTexts, Option<&str>)) -> Vec<(&'static str, String)> {
    let names = FIELDS.into_iter().map(|(name, _)| name).chain([WITHHELD]);
    names
        .zip(texts.each().into_iter().chain([why]))
        .map(|(name, text)| (name, text.unwrap_or_default().to_owned()))
        .collect()
}

fn beginnings(id: i64) -> Vec<Beginning> {
    let one = |template| {
        let (code, label) = template::words(template);
        Beginning { href: format!("/appointments/{id}/note?template={code}"), label }
    };
    TEMPLATES.into_iter().map(one).collect()
}

/// When a draft was saved, with its day if that is not `today`.
fn saved_at(local: NaiveDateTime, today: NaiveDate) -> String {
    let time = local.format("%H:%M:%S");
    if local.date() == today { time.to_string() } else { format!("on {}, {time}", date_in_words(local.date())) }
}

impl ClinicalPage for NotePage {
    const TEMPLATE: &'static str = "notes/note.html";

    fn title(&self) -> String {
        self.title.clone()
    }
}
