//! What is attached to messages.

use entity::{
    attachment, attachment_data,
    enums::{AttachmentState, MediaType},
    message,
};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, EntityTrait};

use super::{super::TestApp, messages::Message, people::Doctor, texts::Texts};

/// An attachment in the database, with its file.
#[derive(Clone, Debug)]
pub(crate) struct Attachment {
    pub(crate) id: i64,
    /// Its name.
    pub(crate) text: String,
}

impl Attachment {
    /// Where it is opened.
    pub(crate) fn path(&self) -> String {
        format!("/attachments/{}", self.id)
    }
}

/// A document that came with a message about a visit of `doctor`, with `payload` in its name.
pub(crate) async fn attachment(app: &TestApp, doctor: &Doctor, said: &Message, payload: &str) -> Attachment {
    let mut texts = Texts::new();
    texts.say(payload);
    let text = texts.make("Attached", 120);
    let message = message::Entity::find_by_id(said.id).one(&app.db).await.unwrap().unwrap();
    let row = attachment::ActiveModel {
        hospital_id: Set(doctor.hospital_id.expect("a doctor's")),
        appointment_id: Set(message.appointment_id),
        message_id: Set(message.id),
        uploader_id: Set(message.sender_id),
        name: Set(text.clone()),
        media_type: Set(MediaType::Pdf),
        bytes: Set(9),
        sha256: Set(Some(vec![7; 32])),
        state: Set(AttachmentState::Clean),
        created_at: Set(app.now()),
        updated_at: Set(app.now()),
        ..Default::default()
    };
    let id = row.insert(&app.db).await.unwrap().id;
    let file = attachment_data::ActiveModel {
        attachment_id: Set(id),
        data: Set(b"%PDF-1.7\n".to_vec()),
        created_at: Set(app.now()),
        updated_at: Set(app.now()),
        ..Default::default()
    };
    file.insert(&app.db).await.unwrap();
    Attachment { id, text }
}
