//! A telemedicine clinic in one server.
//!
//! A request walks one way: `settings → app → middleware → handler → service | queries → entity`, and
//! back out as `rows → page → template`. The modules below are floors: each names only those before it. The clinic itself is in
//! [`features`], one folder a noun.

pub mod settings;

pub mod metrics;
pub mod telemetry;

pub mod integrations;
pub mod redis;

pub mod cache;
pub mod db;
pub mod session;

pub mod web;

pub mod access;
pub mod routing;
pub mod state;

pub mod features;

pub mod app;
pub mod cli;
