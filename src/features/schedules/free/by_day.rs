//! The windows of a week that can be entered day by day, and the others.

use super::Window;

/// So many windows of a day are entered together. Nobody works more often a day; what there is more is beside them.
pub(crate) const MOST_A_DAY: usize = 6;

/// The windows of a doctor's week.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct ByDay {
    /// Those that begin and end on one day, earliest first.
    pub(crate) by_day: Vec<Window>,
    /// Nights.
    pub(crate) others: Vec<Window>,
}

impl ByDay {
    pub(crate) fn new(mut windows: Vec<Window>) -> Self {
        windows.sort_by_key(|window| (window.weekday, window.hours, window.id));
        let mut parted = Self::default();
        for window in windows {
            let is_full = parted.of(window.weekday).count() >= MOST_A_DAY;
            if window.hours.is_within_a_day() && !is_full {
                parted.by_day.push(window);
            } else {
                parted.others.push(window);
            }
        }
        parted
    }

    /// Those of a weekday that are entered day by day.
    pub(crate) fn of(&self, weekday: i16) -> impl Iterator<Item = &Window> {
        self.by_day.iter().filter(move |window| window.weekday == weekday)
    }
}
