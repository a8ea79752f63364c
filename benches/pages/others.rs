//! What others wait for while something goes on: pages from the cache, asked for at a fixed rate, whether or not earlier ones have been answered.

use std::{
    sync::atomic::{AtomicBool, Ordering::Relaxed},
    time::Duration,
};

use tokio::{
    task::JoinSet,
    time::{Instant, sleep_until},
};

use super::{
    clinic::Clinic,
    services::{Services, block_on},
};

const PEOPLE: usize = 20;
/// Between two requests of theirs together.
const PAUSE: Duration = Duration::from_millis(10);

/// Doctors of hospitals in which nothing happens, each with a dashboard that is kept.
pub(crate) struct Others {
    address: String,
    cookies: Vec<String>,
}

impl Others {
    /// Of all hospitals but that of the demo's first administrator.
    pub(crate) fn gather(services: &Services, clinic: &Clinic) -> Self {
        let query = format!(
            "SELECT d.email FROM \"user\" d JOIN \"user\" a ON a.email = 'admin1@demo.test' AND a.hospital_id <> d.hospital_id \
             WHERE d.role = 'doctor' AND d.active ORDER BY d.id LIMIT {PEOPLE}"
        );
        let rows = services.rows(&query);
        let emails: Vec<String> = rows.iter().map(|row| row.try_get("", "email").unwrap()).collect();
        let cookies = clinic.sign_in(&emails);
        for cookie in &cookies {
            clinic.page("/dashboard", cookie, "br");
        }
        Self { address: format!("{}/dashboard", clinic.origin), cookies }
    }

    /// Does something; what came of it, and how they were answered meanwhile.
    pub(crate) fn beside<T>(&self, act: impl FnOnce() -> T) -> (T, Vec<Answered>) {
        let is_over = AtomicBool::new(false);
        std::thread::scope(|scope| {
            let looking = scope.spawn(|| block_on(self.look_until(&is_over)));
            let done = act();
            is_over.store(true, Relaxed);
            (done, looking.join().unwrap())
        })
    }

    async fn look_until(&self, is_over: &AtomicBool) -> Vec<Answered> {
        let http = reqwest::Client::builder().no_proxy().no_brotli().no_gzip().build().unwrap();
        let mut due = Instant::now();
        let mut asked = JoinSet::new();
        for cookie in self.cookies.iter().cycle() {
            if is_over.load(Relaxed) {
                break;
            }
            let request = http.get(&self.address).header("cookie", cookie).header("accept-encoding", "br");
            asked.spawn(async move {
                let answer = request.send().await.unwrap();
                assert_eq!(answer.status().as_u16(), 200);
                let is_hit = answer.headers().get("x-cache").is_some_and(|word| word == "hit");
                answer.bytes().await.unwrap();
                Answered { after: due.elapsed().as_secs_f64() * 1000.0, is_hit }
            });
            due += PAUSE;
            sleep_until(due).await;
        }
        asked.join_all().await
    }
}

/// How one of them was answered.
pub(crate) struct Answered {
    /// Milliseconds from when the request was due until its answer was read.
    after: f64,
    /// From the cache. A page that the clock has changed is made anew, and waits with others that are.
    is_hit: bool,
}

/// The 99th percentile of those that came from the cache, in milliseconds, and how many of a hundred those are.
pub(crate) fn p99(answers: &[Answered]) -> (f64, f64) {
    let mut hits: Vec<f64> = answers.iter().filter(|answer| answer.is_hit).map(|answer| answer.after).collect();
    hits.sort_by(f64::total_cmp);
    (hits[(hits.len() - 1) * 99 / 100], hits.len() as f64 * 100.0 / answers.len() as f64)
}
