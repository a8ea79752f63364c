//! Why an administrator removes the second factor of somebody: one of a closed set of words, so that the trail tells it and takes no text that
//! somebody has typed.

/// See the module.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RemovalReason {
    LostDevice,
    NewDevice,
    LeftTheClinic,
    SuspectedMisuse,
    Other,
}

impl RemovalReason {
    /// Each of them, as they are offered.
    pub(crate) const ALL: [Self; 5] =
        [Self::LostDevice, Self::NewDevice, Self::LeftTheClinic, Self::SuspectedMisuse, Self::Other];

    /// As forms and the trail have it.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::LostDevice => "lost_device",
            Self::NewDevice => "new_device",
            Self::LeftTheClinic => "left_the_clinic",
            Self::SuspectedMisuse => "suspected_misuse",
            Self::Other => "other",
        }
    }

    /// As people read it: whoever chooses it, and whoever had the second factor.
    pub(crate) const fn label(self) -> &'static str {
        match self {
            Self::LostDevice => "Lost device",
            Self::NewDevice => "New device",
            Self::LeftTheClinic => "Left the clinic",
            Self::SuspectedMisuse => "Suspected misuse",
            Self::Other => "Another reason",
        }
    }

    /// The one with this word.
    pub(crate) fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.word() == word)
    }
}
