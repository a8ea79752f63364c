//! A name is changed again and again, the standby falls behind and catches up, and readers ask two instances for pages that nobody has asked
//! for yet: none of them sees an older name than was acknowledged before they asked.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::SeqCst};
use std::time::Duration;

use super::cluster::{Cluster, fall_behind_now_and_then, reads, unseen};
use super::{profile, staffed};
use crate::support::*;

/// How often the name is changed.
const CHANGES: u64 = 25;
/// Readers at each instance.
const READERS: usize = 3;

#[derive(Default)]
struct SoFar {
    /// The number of the name that was saved last, as far as its writer was told.
    acknowledged: AtomicU64,
    is_over: AtomicBool,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_sees_less_than_was_acknowledged_from_a_standby_that_falls_behind() {
    let Some(cluster) = Cluster::start().await else { return };
    let app = cluster.app(&[("CACHE_VERIFY", "false")]).await;
    let other = app.another_instance();
    let (_, doctor, admin) = staffed(&app).await;
    let so_far = Arc::new(SoFar::default());
    doctor.post_form("/profile", &profile(&name(0))).await.expect(303);

    let lagging = tokio::spawn(fall_behind_now_and_then(cluster.at_standby().await));
    let origins = [app.origin(), other.origin()];
    let clients = origins.iter().flat_map(|origin| (0..READERS).map(|_| admin.at(origin)));
    let readers: Vec<_> = clients.map(|client| tokio::spawn(read(client, Arc::clone(&so_far)))).collect();
    for number in 1..=CHANGES {
        doctor
            .at(&origins[usize::from(number % 2 == 0)])
            .post_form("/profile", &profile(&name(number)))
            .await
            .expect(303);
        so_far.acknowledged.store(number, SeqCst);
        tokio::time::sleep(rand::random_range(Duration::ZERO..Duration::from_millis(900))).await;
    }
    so_far.is_over.store(true, SeqCst);
    lagging.abort();
    let mut pages = 0;
    for reader in readers {
        pages += reader.await.unwrap();
    }
    let other = other.state.db.replica_reports().remove(0).reads;
    println!("{pages} pages, {} and {other} reads from the standby", reads(&app));
    assert!(reads(&app) > 0 && other > 0, "nothing was read from the standby");
}

/// Reads until it is over; how many pages.
async fn read(client: Client, so_far: Arc<SoFar>) -> u64 {
    let mut pages = 0;
    while !so_far.is_over.load(SeqCst) {
        let known = so_far.acknowledged.load(SeqCst);
        // The doctors to choose from stand in its filter.
        let page = client.get(&unseen("/appointments")).await.ok();
        let shown = page.body.split("Numberv").skip(1).filter_map(|rest| rest.get(..6)?.parse::<u64>().ok()).min();
        assert!(shown.is_some_and(|shown| shown >= known), "{}: {shown:?}, and {known} was acknowledged", page.asked);
        pages += 1;
    }
    pages
}

fn name(number: u64) -> String {
    format!("Numberv{number:06}")
}
