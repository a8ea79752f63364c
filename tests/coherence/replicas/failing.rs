//! The standby dies, falls silent, is promoted, is another one since: every page is answered, and right.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};
use std::time::Duration;

use sea_orm::sqlx;
use tokio::task::{JoinHandle, LocalSet};

use super::cluster::{Cluster, pause, reads, replica, resume, right, run, unseen, until_from_standby};
use super::pair::{Address, address, until};
use super::{profile, staffed};
use crate::support::*;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_standby_that_dies_costs_nobody_a_page_and_is_used_again_when_it_is_back() {
    let Some(cluster) = Cluster::start().await else { return };
    let app = cluster.app(&[("WORKERS", "2")]).await;
    let clinic = Clinic::create(&app).await;
    let crowd = Crowd::gather(&app, &clinic).await;
    for _ in 0..3 {
        until("the standby is used", async || {
            let before = reads(&app);
            tokio::time::sleep(Duration::from_millis(50)).await;
            reads(&app) > before
        })
        .await;
        cluster.standby.kill();
        until("it is found away", async || replica(&app).behind.is_err()).await;
        crowd.clicks_on().await;
        cluster.standby.start_again(&cluster.programs);
    }
    crowd.goes_home().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_standby_that_was_promoted_is_not_used_any_more() {
    let Some(cluster) = Cluster::start().await else { return };
    let app = cluster.app(&[]).await;
    let (_, doctor, here) = staffed(&app).await;
    until_from_standby(&app, (&here, "/doctors")).await;
    let mut standby = cluster.at_standby().await;
    run(&mut standby, "SELECT pg_promote()").await;

    let before = reads(&app);
    right(&here, &unseen("/doctors")).await;
    doctor.post_form("/profile", &profile("Promoted")).await.expect(303);
    assert!(right(&here, "/doctors").await.body.contains("Promoted"));
    until("it is found out", async || {
        right(&here, &unseen("/doctors")).await;
        replica(&app).behind.is_err_and(|why| why.contains("no standby"))
    })
    .await;
    assert_eq!(reads(&app), before, "from the moment of its promotion on");
}

#[tokio::test]
async fn a_standby_that_falls_silent_is_given_up() {
    let Some(cluster) = Cluster::start().await else { return };
    let local = LocalSet::new();
    local
        .run_until(async {
            let way = Address::of(&cluster.standby).await;
            let app = cluster.app(&[("DATABASE_REPLICA_URLS", &address(way.port))]).await;
            let (_, doctor, here) = staffed(&app).await;
            until_from_standby(&app, (&here, "/doctors")).await;
            way.swallow_answers();
            let before = reads(&app);
            until("it is found away", async || {
                right(&here, &unseen("/doctors")).await;
                replica(&app).behind.is_err()
            })
            .await;
            doctor.post_form("/profile", &profile("Silent")).await.expect(303);
            assert!(right(&here, "/doctors").await.body.contains("Silent"));
            assert_eq!(reads(&app), before);
            way.move_to(&cluster.standby);
            until_from_standby(&app, (&here, "/doctors")).await;
        })
        .await;
}

/// What one copy was seen to have says nothing of another at the same address: the watch goes on speaking to the first, pages to the second.
#[tokio::test]
async fn another_copy_behind_the_same_address_is_asked_for_itself() {
    let Some(cluster) = Cluster::start().await else { return };
    let other = cluster.another_standby();
    let mut behind = other.connect().await;
    let local = LocalSet::new();
    local
        .run_until(async {
            let way = Address::of(&cluster.standby).await;
            let app = cluster.app(&[("DATABASE_REPLICA_URLS", &address(way.port))]).await;
            let (_, doctor, here) = staffed(&app).await;
            until("the first copy is known", async || replica(&app).behind.is_ok()).await;
            pause(&mut behind).await;
            way.lead_new_to(&other);
            for round in 0..5 {
                let name = format!("Copied{round}");
                doctor.post_form("/profile", &profile(&name)).await.expect(303);
                for _ in 0..10 {
                    assert!(right(&here, "/doctors").await.body.contains(&name), "round {round}");
                    right(&here, &unseen("/doctors")).await;
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
            }
            assert_eq!(reads(&app), 0, "it has not replayed the names");
            let connected = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'telemedicine'";
            let connected: i64 = sqlx::query_scalar(connected).fetch_one(&mut behind).await.unwrap();
            assert!(connected > 0, "it was asked");
            resume(&mut behind).await;
            until_from_standby(&app, (&here, "/doctors")).await;
        })
        .await;
}

/// What a standby replays may end what it is asked. The page is there all the same.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn connections_that_the_standby_ends_cost_nobody_a_page() {
    let Some(cluster) = Cluster::start().await else { return };
    let app = cluster.app(&[("WORKERS", "2")]).await;
    let clinic = Clinic::create(&app).await;
    let crowd = Crowd::gather(&app, &clinic).await;
    let mut standby = cluster.at_standby().await;
    for _ in 0..20 {
        let all = "SELECT pg_terminate_backend(pid), pg_cancel_backend(pid) FROM pg_stat_activity \
                   WHERE application_name = 'telemedicine'";
        run(&mut standby, all).await;
        crowd.clicks_on().await;
    }
    crowd.goes_home().await;
}

/// People who ask for pages that nobody has asked for yet, until they are sent home.
struct Crowd {
    people: Vec<JoinHandle<()>>,
    clicks: Arc<AtomicUsize>,
    is_over: Arc<AtomicBool>,
}

impl Crowd {
    async fn gather(app: &TestApp, clinic: &Clinic) -> Self {
        let (clicks, is_over) = (Arc::<AtomicUsize>::default(), Arc::<AtomicBool>::default());
        let mut people = Vec::new();
        for (person, path) in [
            (&clinic.here.admin, "/appointments"),
            (&clinic.there.admin, "/doctors"),
            (&clinic.super_admin, "/hospitals"),
        ] {
            let (client, clicks, is_over) = (app.sign_in(person).await, Arc::clone(&clicks), Arc::clone(&is_over));
            people.push(tokio::spawn(async move {
                while !is_over.load(SeqCst) {
                    right(&client, &unseen(path)).await;
                    clicks.fetch_add(1, SeqCst);
                }
            }));
        }
        Self { people, clicks, is_over }
    }

    /// Returns when everybody has had some answers more.
    async fn clicks_on(&self) {
        let before = self.clicks.load(SeqCst);
        until("people get answers", async || self.clicks.load(SeqCst) > before + 2 * self.people.len()).await;
    }

    async fn goes_home(self) {
        self.clicks_on().await;
        self.is_over.store(true, SeqCst);
        for person in self.people {
            person.await.unwrap();
        }
    }
}
