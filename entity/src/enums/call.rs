//! How a call stands, how it ended, and what pages say to each other in it.

use sea_orm::entity::prelude::*;

/// Where a call stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(16))")]
pub enum CallState {
    /// Somebody is there, and nobody has said yet that they see or hear the other.
    #[sea_orm(string_value = "calling")]
    Calling,
    /// One of the two has said so.
    #[sea_orm(string_value = "connected")]
    Connected,
    /// It is over. Another call is another row.
    #[sea_orm(string_value = "ended")]
    Ended,
}

/// Why a call is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(16))")]
pub enum CallEnd {
    /// One of the two has hung up.
    #[sea_orm(string_value = "hung_up")]
    HungUp,
    /// Nothing was heard of either any more.
    #[sea_orm(string_value = "lost")]
    Lost,
    /// Whoever called has hung up before the other was there.
    #[sea_orm(string_value = "not_answered")]
    NotAnswered,
    /// The visit goes on by telephone.
    #[sea_orm(string_value = "moved_to_phone")]
    MovedToPhone,
    /// The visit is over.
    #[sea_orm(string_value = "finished")]
    Finished,
}

/// The way that picture and sound take.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(16))")]
pub enum CallPath {
    /// From one browser to the other.
    #[sea_orm(string_value = "direct")]
    Direct,
    /// Through the relay, which this browser reaches by UDP.
    #[sea_orm(string_value = "relay_udp")]
    RelayUdp,
    /// By TCP.
    #[sea_orm(string_value = "relay_tcp")]
    RelayTcp,
    /// By TLS.
    #[sea_orm(string_value = "relay_tls")]
    RelayTls,
}

/// What one page says to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(16))")]
pub enum SignalKind {
    /// What it would send and receive.
    #[sea_orm(string_value = "offer")]
    Offer,
    /// What it takes of that.
    #[sea_orm(string_value = "answer")]
    Answer,
    /// Where it can be reached: some addresses.
    #[sea_orm(string_value = "candidate")]
    Candidate,
    /// That it goes; from the server: that a later page of the same person has taken its place.
    #[sea_orm(string_value = "bye")]
    Bye,
}
