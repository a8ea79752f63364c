//! Reading calls. Every query starts from the visits in which the viewer is one of the two who meet; what the clock asks for belongs to no viewer.

mod keeping;
mod peers;
mod visit;

pub(super) use keeping::lost;
pub(super) use peers::{HeardSignal, PeerRow, PeerStanding, heard, peers, standing};
pub(crate) use visit::CallNow;
pub(super) use visit::{VisitOfCall, visit_of_call, visit_of_call_held};
