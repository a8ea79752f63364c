//! What is not as it was sealed, in words.

use std::fmt;

use super::chain_name;

/// Something that is not as it was sealed. Shown as one line. The chain is a hospital's id, or none for the platform.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ChainFinding {
    /// The entry has another content.
    Changed(Option<i64>, i64),
    /// The entry is not there, or not in this chain.
    Gone(Option<i64>, i64),
    /// The entry was not there when its place was sealed.
    PutIn(Option<i64>, i64),
    /// The seal with this place and id is not the one that was made there.
    Seal(Option<i64>, i64, i64),
    /// The seals of these places are not there.
    SealsGone(Option<i64>, i64, i64),
    /// The seal of this place was the last one of the chain when it was made, and is not there as it was.
    End(Option<i64>, i64),
}

impl fmt::Display for ChainFinding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Changed(chain, id) => write!(f, "{}: entry {id} was changed", chain_name(*chain)),
            Self::Gone(chain, id) => write!(f, "{}: entry {id} is gone", chain_name(*chain)),
            Self::PutIn(chain, id) => {
                write!(f, "{}: entry {id} was put in after its place was sealed", chain_name(*chain))
            }
            Self::Seal(chain, place, id) => {
                write!(f, "{}: seal {place} (id {id}) was changed, moved or made by other hands", chain_name(*chain))
            }
            Self::SealsGone(chain, from, to) if from == to => write!(f, "{}: seal {from} is gone", chain_name(*chain)),
            Self::SealsGone(chain, from, to) => write!(f, "{}: seals {from} to {to} are gone", chain_name(*chain)),
            Self::End(chain, place) => {
                write!(f, "{}: its end was noted at seal {place}, which is gone or another one", chain_name(*chain))
            }
        }
    }
}
