//! Time since the machine was started, the time it slept included.
//!
//! What a process believes for a while it must not go on believing when the machine was suspended meanwhile, and the usual
//! monotonic clock stands still then. Two of these clocks are never compared, only how far one has gone.

use std::time::Duration;

/// Now.
#[must_use]
pub fn now() -> Duration {
    #[cfg(any(target_os = "linux", target_os = "android"))]
    let clock = rustix::time::ClockId::Boottime;
    #[cfg(not(any(target_os = "linux", target_os = "android")))]
    let clock = rustix::time::ClockId::Monotonic;
    let time = rustix::time::clock_gettime(clock);
    Duration::new(u64::try_from(time.tv_sec).unwrap_or_default(), u32::try_from(time.tv_nsec).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    #[test]
    fn it_goes() {
        let before = super::now();
        assert!(!before.is_zero() && super::now() >= before);
    }
}
