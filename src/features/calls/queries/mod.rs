//! Reading calls. Every query starts from the visits in whose calls whoever asks may take part; what the clock asks for is asked by nobody.

mod keeping;
mod participant;
mod peers;
mod visit;

pub(super) use keeping::{LostCall, lost};
pub(super) use peers::{HeardSignal, PeerRow, PeerStanding, heard, is_another_there, peers, peers_there, standing};
pub(crate) use visit::CallNow;
pub(super) use visit::{VisitOfCall, visit_of_call, visit_of_call_held};

use entity::enums::{CallState, Modality};

use crate::features::appointments::VisitSituation;

/// Whether nobody takes part any more in a call in that state, of a visit that stands so.
fn is_over(state: CallState, VisitSituation { status, modality }: VisitSituation) -> bool {
    state == CallState::Ended || !status.is_under_way() || modality != Modality::Video
}
