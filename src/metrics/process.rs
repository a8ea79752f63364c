//! The process as the system sees it, under the names that every program has for these.

use std::fs;
use std::sync::{Mutex, PoisonError};

use prometheus::core::{Collector, Desc};
use prometheus::proto::MetricFamily;
use prometheus::{Counter, Gauge};

/// See the module. Read when they are asked for; what the system does not tell stays as it was.
pub(super) struct ProcessFigures {
    cpu: Counter,
    open_fds: Gauge,
    max_fds: Gauge,
    memory: Gauge,
    threads: Gauge,
    started: Gauge,
    /// Of two that ask at once, the second finds the counter counted up.
    reading: Mutex<()>,
}

impl ProcessFigures {
    pub(super) fn new() -> prometheus::Result<Self> {
        let gauge = |name: &str, help: &str| Gauge::new(format!("process_{name}"), help);
        let figures = Self {
            cpu: Counter::new("process_cpu_seconds_total", "Processor time that the process has used")?,
            open_fds: gauge("open_fds", "Descriptors that are open")?,
            max_fds: gauge("max_fds", "Descriptors that may be open")?,
            memory: gauge("resident_memory_bytes", "Memory that the process holds")?,
            threads: gauge("threads", "Threads of the process")?,
            started: gauge("start_time_seconds", "When it was started, in seconds since 1970")?,
            reading: Mutex::default(),
        };
        if let Some(started) = started() {
            figures.started.set(started);
        }
        Ok(figures)
    }

    fn look(&self) {
        let used = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
        #[expect(clippy::cast_precision_loss, reason = "a counter of seconds is a float")]
        let used = used.tv_sec as f64 + used.tv_nsec as f64 / 1e9;
        self.cpu.inc_by((used - self.cpu.get()).max(0.0));
        if let Ok(open) = fs::read_dir("/proc/self/fd") {
            // The folder that is being read is one of them.
            self.open_fds.set(number(open.count().saturating_sub(1)));
        }
        let limits = fs::read_to_string("/proc/self/limits").unwrap_or_default();
        if let Some(most) = after(&limits, "Max open files") {
            self.max_fds.set(most);
        }
        let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
        if let Some(kibibytes) = after(&status, "VmRSS:") {
            self.memory.set(kibibytes * 1024.0);
        }
        if let Some(threads) = after(&status, "Threads:") {
            self.threads.set(threads);
        }
    }
}

impl Collector for ProcessFigures {
    fn desc(&self) -> Vec<&Desc> {
        let gauges = [&self.open_fds, &self.max_fds, &self.memory, &self.threads, &self.started];
        gauges.into_iter().flat_map(Collector::desc).chain(self.cpu.desc()).collect()
    }

    fn collect(&self) -> Vec<MetricFamily> {
        let _reading = self.reading.lock().unwrap_or_else(PoisonError::into_inner);
        self.look();
        let gauges = [&self.open_fds, &self.max_fds, &self.memory, &self.threads, &self.started];
        gauges.into_iter().flat_map(Collector::collect).chain(self.cpu.collect()).collect()
    }
}

/// The number behind `name`, in a text of one fact a line.
fn after(text: &str, name: &str) -> Option<f64> {
    let line = text.lines().find_map(|line| line.strip_prefix(name))?;
    line.split_whitespace().next()?.parse().ok()
}

/// Ticks of the system in a second, as it tells them to programs, on every architecture.
const TICKS: f64 = 100.0;

/// When the machine was started, and so many ticks later the process.
fn started() -> Option<f64> {
    let machine = after(&fs::read_to_string("/proc/stat").ok()?, "btime")?;
    let process = fs::read_to_string("/proc/self/stat").ok()?;
    // The program's name, in brackets, may hold anything; the 20th field behind it is the moment.
    let (_, fields) = process.rsplit_once(')')?;
    let ticks: f64 = fields.split_whitespace().nth(19)?.parse().ok()?;
    Some(machine + ticks / TICKS)
}

fn number(count: usize) -> f64 {
    u32::try_from(count).map_or(f64::MAX, f64::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn facts_are_found_by_their_names() {
        let status = "Name:\tx\nVmRSS:\t   2048 kB\nThreads:\t7\n";
        assert_eq!((after(status, "VmRSS:"), after(status, "Threads:")), (Some(2048.0), Some(7.0)));
        let limits = "Limit  Soft Limit  Hard Limit\nMax open files            1024                 4096  files\n";
        assert_eq!(after(limits, "Max open files"), Some(1024.0));
        assert_eq!(after(limits, "Max processes"), None);
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn this_process_is_described() -> prometheus::Result<()> {
        let figures = ProcessFigures::new()?;
        let families = figures.collect();
        assert_eq!(families.len(), 6);
        assert!(figures.memory.get() > 1e6 && figures.open_fds.get() > 2.0 && figures.started.get() > 1e9);
        assert!(figures.open_fds.get() <= figures.max_fds.get() && figures.cpu.get() > 0.0);
        Ok(())
    }
}
