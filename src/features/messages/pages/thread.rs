//! What was written about a visit.

use chrono::{DateTime, Utc};
use entity::enums::{AttachmentState, MediaType, Role};
use serde::Serialize;

use crate::{
    access::{PageContext, Viewer},
    features::{
        appointments::{AppointmentRow, banner},
        messages::{
            queries::{AttachmentRow, HospitalOfThread, MessageRow, SenderOfMessage, ThreadRecord},
            service::closes_at,
        },
        people::Banner,
    },
    settings::AttachmentSettings,
    text::doctor_name,
    web::{ClinicalPage, FormView, Moment},
};

/// One message.
#[derive(Debug, Serialize)]
struct Entry {
    id: i64,
    is_own: bool,
    who: String,
    at: Moment,
    /// Nothing when it was taken back.
    text: Option<String>,
    attachment: Option<Attached>,
    taken_back_at: Option<Moment>,
    /// Of the other one, and not read yet.
    is_new: bool,
    /// One's own that the other one has read.
    is_read: bool,
    /// Where it is taken back.
    retraction_href: Option<String>,
}

/// What is attached to a message.
#[derive(Debug, Serialize)]
struct Attached {
    /// Nothing when nobody can open it.
    href: Option<String>,
    name: String,
    /// What it is, and how large.
    kind: String,
    /// Whether it is shown in a tab of its own, so that what is being typed stays here.
    is_picture: bool,
    /// Why nobody can open it.
    remark: Option<&'static str>,
}

/// Everything on the page of a thread.
#[derive(Debug, Serialize)]
pub(in crate::features::messages) struct Thread {
    title: String,
    /// `appointment.id`
    id: i64,
    patient_id: i64,
    patient: Banner,
    is_doctor: bool,
    starts_at: Moment,
    /// The oldest first.
    entries: Vec<Entry>,
    earlier_href: Option<String>,
    /// The newest that is shown.
    newest_id: i64,
    /// Whether there is something to be read here, and nothing before it.
    has_unread: bool,
    /// Whether something is new here, and perhaps also what was written before it.
    reads_earlier_first: bool,
    /// Changes whenever the page would look different, as [`super::ThreadNow`] says it. Nothing on a page of older messages.
    state: Option<String>,
    /// Of the page that says whether there is more. Nothing on a page of older messages.
    live_from: Option<String>,
    /// Whether the viewer can write.
    is_open: bool,
    /// To the patient of a visit that is over: until when they can write.
    closes_at: Option<Moment>,
    has_reader: bool,
    /// To the doctor, of a patient without an e-mail address.
    no_account: bool,
    /// To the doctor: what the hospital says for an emergency.
    emergency: Option<String>,
    hospital: String,
    hospital_phone: String,
    doctor_id: i64,
    /// The largest file that can be sent.
    max_mb: u32,
    /// Whether files are checked for viruses.
    is_scanned: bool,
    token: String,
    form: FormView,
}

impl Thread {
    pub(in crate::features::messages) fn new(
        PageContext { viewer, present }: PageContext<'_>,
        files: &AttachmentSettings,
        record: ThreadRecord,
    ) -> Self {
        let zone = viewer.zone();
        let ThreadRecord { row, about, hospital, over_at, read, messages, earlier, taken_back, kept_apart, is_end } =
            record;
        let is_doctor = viewer.role() == Role::Doctor;
        let no_account = is_doctor && row.patient.is_told_by_phone;
        let closes = over_at.filter(|_| !is_doctor).map(|at| closes_at(at, hospital.message_days));
        let oldest = messages.last().map_or(0, |(message, _)| message.id);
        let newest_id = messages.first().map_or(0, |(message, _)| message.id);
        let HospitalOfThread { name, phone, emergency_text, .. } = hospital;
        let entries: Vec<Entry> =
            messages.into_iter().rev().map(|said| Entry::new(viewer, (&row, read), files, said)).collect();
        let has_new = entries.iter().any(|entry| entry.is_new);
        let is_reached = earlier.is_none_or(|id| id <= read.0);
        Self {
            title: title(viewer, &row),
            id: row.id,
            patient_id: row.patient_id,
            patient: banner(viewer, &row, &about, present.date(zone)),
            is_doctor,
            starts_at: Moment::new(row.starts_at, zone),
            // Of older ones that are all their own nothing is new, but the mark has to get past them.
            has_unread: is_reached && (has_new || !is_end && newest_id > read.0),
            reads_earlier_first: has_new && !is_reached,
            live_from: is_end.then(|| format!("/appointments/{}/messages/now", row.id)),
            state: is_end.then(|| format!("{newest_id}-{taken_back}-{kept_apart}-{}", read.1)),
            entries,
            earlier_href: earlier.map(|_| format!("/appointments/{}/messages?before={oldest}", row.id)),
            newest_id,
            is_open: closes.is_none_or(|at| !present.has_come(at)),
            closes_at: closes.map(|at| Moment::new(at, zone)),
            has_reader: if is_doctor { row.patient.user.active && !no_account } else { row.doctor.user.active },
            no_account,
            emergency: emergency_text.filter(|_| is_doctor),
            hospital: name,
            hospital_phone: phone,
            doctor_id: row.doctor_id,
            max_mb: files.max_mb,
            is_scanned: files.scanner.is_some(),
            token: format!("{:032x}", rand::random::<u128>()),
            form: FormView::default(),
        }
    }

    /// The same with a form that was sent and refused.
    pub(in crate::features::messages) fn refusing(mut self, form: FormView) -> Self {
        if let Some(token) = form.values.get("token").filter(|token| !token.is_empty()) {
            self.token.clone_from(token);
        }
        self.form = form;
        self
    }
}

impl Entry {
    fn new(
        viewer: &Viewer,
        (row, (read, read_by_other)): (&AppointmentRow, (i64, i64)),
        files: &AttachmentSettings,
        (message, attachment): (MessageRow, Option<AttachmentRow>),
    ) -> Self {
        let moment = |instant: DateTime<Utc>| Moment::new(instant, viewer.zone());
        let is_own = message.sender.id == viewer.user_id;
        let stands = message.retracted_at.is_none();
        let retraction = format!("/appointments/{}/messages/{}/retraction", row.id, message.id);
        Self {
            id: message.id,
            is_own,
            who: if is_own { "You".to_owned() } else { name(&message.sender) },
            at: moment(message.created_at),
            text: stands.then_some(message.body),
            attachment: attachment.filter(|_| stands).map(|attached| Attached::new(attached, files)),
            taken_back_at: message.retracted_at.map(moment),
            is_new: !is_own && stands && message.id > read,
            is_read: is_own && stands && message.id <= read_by_other,
            retraction_href: (is_own && stands).then_some(retraction),
        }
    }
}

/// As it is written everywhere.
fn name(SenderOfMessage { role, first_name, last_name, .. }: &SenderOfMessage) -> String {
    if *role == Role::Doctor { doctor_name(first_name, last_name) } else { format!("{first_name} {last_name}") }
}

/// Its scanner did not answer, and there is none any more.
const UNCHECKED: &str = "It cannot be checked for viruses, so nobody can open it. It can be sent again.";

impl Attached {
    fn new(
        AttachmentRow { id, name, media_type, bytes, sha256, state }: AttachmentRow,
        files: &AttachmentSettings,
    ) -> Self {
        let remark = match state {
            AttachmentState::Clean => None,
            AttachmentState::Quarantined if files.scanner.is_none() => Some(UNCHECKED),
            AttachmentState::Quarantined => Some("It is being checked for viruses. Until then nobody can open it."),
            AttachmentState::Refused => Some("The virus scanner found something harmful in it. Nobody can open it."),
        };
        let href = sha256.filter(|_there| remark.is_none()).map(|_there| format!("/attachments/{id}"));
        let is_picture = media_type != MediaType::Pdf;
        let what = if is_picture { "picture" } else { "PDF" };
        let how = if is_picture && href.is_some() { ", opens in a new tab" } else { "" };
        let kind = format!("{what}, {} kB{how}", (bytes + 1023) / 1024);
        Self { href, name, kind, is_picture, remark }
    }
}

fn title(viewer: &Viewer, row: &AppointmentRow) -> String {
    match viewer.role() {
        Role::Patient => format!("Messages with {}", row.doctor_name()),
        _ => format!("Messages with {}", row.patient_name()),
    }
}

impl ClinicalPage for Thread {
    const TEMPLATE: &'static str = "messages/thread.html";

    fn title(&self) -> String {
        self.title.clone()
    }
}
