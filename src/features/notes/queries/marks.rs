//! How a note stands, without a word of it.

use entity::{
    appointment::{self, Column},
    enums::NoteState,
    note, note_addendum,
};
use sea_orm::{
    ColumnTrait, Condition, DbErr, DerivePartialModel, EntityTrait, JoinType, QueryFilter, QuerySelect, QueryTrait,
    RelationTrait,
    sea_query::{Expr, ExprTrait, SimpleExpr},
};

use super::{to_read, to_write};
use crate::{
    access::Viewer,
    coherence::Topic,
    db::{ReadConnection, Reader},
    features::appointments::PatientMark,
};

/// By what a note is told from what it was before, and whom it is about.
#[derive(Clone, Copy, Debug)]
pub(in crate::features::notes) struct NoteMarks {
    /// Its state and its version; none while there is nothing.
    pub(in crate::features::notes) note: Option<(NoteState, i32)>,
    /// How many stand beneath it.
    pub(in crate::features::notes) addenda: usize,
    pub(in crate::features::notes) patient: PatientMark,
}

#[derive(Clone, Copy, Debug, DerivePartialModel)]
#[sea_orm(entity = "note::Entity")]
struct VersionOfNote {
    state: NoteState,
    version: i32,
    #[sea_orm(from_expr = "addenda()")]
    addenda: i64,
}

#[derive(DerivePartialModel)]
struct Row {
    #[sea_orm(nested)]
    note: Option<VersionOfNote>,
    #[sea_orm(nested)]
    patient: PatientMark,
}

/// Those of the note of the visit `id`, if the viewer writes it or may read it. One statement.
pub(in crate::features::notes) async fn marks(
    viewer: &Viewer,
    reader: &Reader,
    id: i64,
) -> Result<Option<NoteMarks>, DbErr> {
    let visit = appointment::Entity::find()
        .filter(Column::Id.eq(id))
        .filter(Condition::any().add(to_write(viewer)).add(to_read(viewer)))
        .join(JoinType::InnerJoin, appointment::Relation::Patient.def())
        .join(JoinType::LeftJoin, note::Relation::Appointment.def().rev());
    let topics = viewer.visit_topics().and([Topic::Note(id)]);
    let read = async |conn: &ReadConnection<'_>| visit.clone().into_partial_model().one(conn).await;
    let found: Option<Row> = reader.run(topics, read).await?;
    let marks = |Row { note, patient }: Row| NoteMarks {
        note: note.map(|note| (note.state, note.version)),
        addenda: note.map_or(0, |note| usize::try_from(note.addenda).unwrap_or_default()),
        patient,
    };
    Ok(found.map(marks))
}

/// How many stand beneath the note. Of a statement that has `note` in it.
fn addenda() -> SimpleExpr {
    let beneath = note_addendum::Entity::find().select_only().expr(note_addendum::Column::Id.count()).filter(
        Expr::col((note_addendum::Entity, note_addendum::Column::NoteId)).equals((note::Entity, note::Column::Id)),
    );
    Expr::from(beneath.into_query())
}
