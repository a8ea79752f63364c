//! The outside world: each file holds the real thing and the one that stands in for it in tests and development.

pub mod clock;

pub use self::clock::Clock;
