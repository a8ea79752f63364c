//! Where one goes on after an act.

use super::forms::AppointmentListQuery;

/// Where an act was asked for, and where one goes on then: the value of its field `back`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Back {
    /// On the appointment's page, which says nothing of it.
    Page,
    /// On a dashboard.
    Board,
    /// In the row of the visit on the desk's board, which may show the visits of one doctor, `doctor.id`.
    Row(Option<i64>),
    /// In the row of the visit in the list, which is narrowed by this query string.
    List(String),
    /// In the room of the visit.
    Room,
}

impl Back {
    /// So long is the longest value.
    pub(super) const LONGEST: usize = 5;
    /// And so long the longest id.
    pub(super) const LONGEST_ID: usize = 19;
    /// And so long the longest query string of the list, a name in any script among it.
    pub(super) const LONGEST_LIST: usize = 2_000;

    /// The one that a form means; `list` is the query string of the list, of which nothing is kept but what that knows.
    pub(super) fn of(value: Option<&str>, doctor: Option<i64>, list: Option<&str>) -> Self {
        [Self::Board, Self::Row(doctor), Self::List(known(list.unwrap_or_default())), Self::Room]
            .into_iter()
            .find(|back| value == Some(back.value()))
            .unwrap_or(Self::Page)
    }

    pub(super) fn value(&self) -> &'static str {
        match self {
            Self::Page => "",
            Self::Board => "board",
            Self::Row(_) => "row",
            Self::List(_) => "list",
            Self::Room => "room",
        }
    }

    /// Its address, for the appointment `id`.
    pub(super) fn path(&self, id: i64) -> String {
        match self {
            Self::Page => format!("/appointments/{id}"),
            Self::Board => "/dashboard".to_owned(),
            Self::Row(None) => format!("/dashboard#visit-{id}"),
            Self::Row(Some(doctor)) => format!("/dashboard?doctor={doctor}#visit-{id}"),
            Self::List(query) if query.is_empty() => format!("/appointments#visit-{id}"),
            Self::List(query) => format!("/appointments?{query}#visit-{id}"),
            Self::Room => format!("/appointments/{id}/room"),
        }
    }
}

fn known(query: &str) -> String {
    let pairs = url::form_urlencoded::parse(query.as_bytes());
    let known = pairs.filter(|(name, _)| AppointmentListQuery::PARAMETERS.contains(&name.as_ref()));
    url::form_urlencoded::Serializer::new(String::new()).extend_pairs(known).finish()
}
