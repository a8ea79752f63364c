//! What a check of devices finds.

use sea_orm::entity::prelude::*;

/// How it stands with a camera or a microphone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(16))")]
pub enum DeviceState {
    /// The page could use it.
    #[sea_orm(string_value = "ok")]
    Ok,
    /// There is none.
    #[sea_orm(string_value = "none")]
    Absent,
    /// There is one, and the page cannot use it: it was refused, or something else uses it.
    #[sea_orm(string_value = "blocked")]
    Blocked,
}

/// By what the relay of calls is reached: the best of the ways that were tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(16))")]
pub enum RelayReach {
    /// UDP, as is best for picture and sound.
    #[sea_orm(string_value = "udp")]
    Udp,
    /// TCP, and not UDP.
    #[sea_orm(string_value = "tcp")]
    Tcp,
    /// TLS alone.
    #[sea_orm(string_value = "tls")]
    Tls,
    /// None of them.
    #[sea_orm(string_value = "none")]
    Unreached,
}
