//! How a measure is spread over what was measured.

use std::collections::BTreeMap;

/// How often each value was measured.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Spread(BTreeMap<i64, i64>);

impl Spread {
    /// It was measured so many `times` more.
    pub(super) fn add(&mut self, value: i64, times: i64) {
        *self.0.entry(value).or_default() += times;
    }

    /// All of another as well.
    pub(super) fn add_all(&mut self, other: &Self) {
        other.0.iter().for_each(|(value, times)| self.add(*value, *times));
    }

    /// How much was measured.
    pub(super) fn count(&self) -> i64 {
        self.0.values().sum()
    }

    /// Half of them are at most so large: one of the values.
    pub(super) fn median(&self) -> Option<i64> {
        self.at((self.count() + 1) / 2)
    }

    /// Nine of ten are at most so large: one of the values.
    pub(super) fn ninetieth(&self) -> Option<i64> {
        self.at((self.count() * 9 + 9) / 10)
    }

    fn at(&self, place: i64) -> Option<i64> {
        let mut passed = 0;
        let reached = self.0.iter().find(|(_, times)| {
            passed += **times;
            passed >= place
        });
        reached.map(|(value, _)| *value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_median_is_a_real_value() {
        let told = |measured: &[(i64, i64)]| {
            let mut spread = Spread::default();
            measured.iter().for_each(|(value, times)| spread.add(*value, *times));
            (spread.count(), spread.median(), spread.ninetieth())
        };
        assert_eq!(told(&[]), (0, None, None));
        assert_eq!(told(&[(7, 1)]), (1, Some(7), Some(7)));
        assert_eq!(told(&[(1, 5), (3, 4), (40, 1)]), (10, Some(1), Some(3)));
        assert_eq!(told(&[(1, 5), (3, 4), (40, 2)]), (11, Some(3), Some(40)));
    }
}
