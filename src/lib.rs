//! A telemedicine clinic in one server.
//!
//! A request walks one way: `settings → app → middleware → handler → service | queries → entity`, and
//! back out as `rows → page → template`. The modules stand below roughly in
//! the order of dependence; `routes` and `state` are used by `web` and `access` as well. The clinic itself is in [`features`], one folder a noun.

pub mod settings;
pub mod telemetry;

pub mod integrations;
pub mod metrics;

pub mod cache;
pub mod db;
pub mod redis;
pub mod session;

pub mod access;
pub mod web;

pub mod features;

pub mod routes;
pub mod state;

pub mod app;
pub mod cli;
