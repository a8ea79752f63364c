//! Where one goes on after an act.

/// Where an act was asked for, and where one goes on then: the value of its field `back`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Back {
    /// On the appointment's page, which says nothing of it.
    Page,
    /// On a dashboard.
    Board,
    /// In the row of the visit on the desk's board, which may show the visits of one doctor, `doctor.id`.
    Row(Option<i64>),
    /// In the room of the visit.
    Room,
}

impl Back {
    /// So long is the longest value.
    pub(super) const LONGEST: usize = 5;
    /// And so long the longest id.
    pub(super) const LONGEST_ID: usize = 19;

    /// The one that a form means.
    pub(super) fn of(value: Option<&str>, doctor: Option<i64>) -> Self {
        [Self::Board, Self::Row(doctor), Self::Room]
            .into_iter()
            .find(|back| value == Some(back.value()))
            .unwrap_or(Self::Page)
    }

    pub(super) fn value(self) -> &'static str {
        match self {
            Self::Page => "",
            Self::Board => "board",
            Self::Row(_) => "row",
            Self::Room => "room",
        }
    }

    /// Its address, for the appointment `id`.
    pub(super) fn path(self, id: i64) -> String {
        match self {
            Self::Page => format!("/appointments/{id}"),
            Self::Board => "/dashboard".to_owned(),
            Self::Row(None) => format!("/dashboard#visit-{id}"),
            Self::Row(Some(doctor)) => format!("/dashboard?doctor={doctor}#visit-{id}"),
            Self::Room => format!("/appointments/{id}/room"),
        }
    }
}
