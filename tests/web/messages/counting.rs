//! What is unread is counted right, whatever both do, on whichever instance.

use chrono::TimeDelta;

use super::Practice;
use crate::{figures::assert_figures, support::*};

/// The same numbers each time.
struct Dice(u64);

impl Dice {
    fn below(&mut self, most: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % most
    }
}

/// What both do, in any order: they write, read up to any message, and take back what they have written.
const ACTS: u64 = 200;

#[tokio::test]
async fn what_is_unread_is_counted_right_whatever_both_do() {
    let practice = Practice::open().await;
    let second = appointment().of(&practice.doctor).with(&practice.patient).at(practice.app.in_hours(30));
    let second = second.create(&practice.app).await;
    let other = practice.app.state.redis.is_some().then(|| practice.app.another_instance());
    let there = other.as_ref().map_or_else(|| practice.app.origin(), Instance::origin);
    let mut dice = Dice(7);
    // Of each message that was sent: by whom, and in which thread.
    let mut sent: Vec<(&Client, String, i64)> = Vec::new();
    let mut taken_back = 0;
    for round in 0..ACTS {
        // Not thirty within a minute.
        practice.app.clock.advance(TimeDelta::seconds(5));
        let who = if dice.below(2) == 0 { &practice.home } else { &practice.surgery };
        let by = &if dice.below(2) == 0 { who.at(&there) } else { who.clone() };
        let path = if dice.below(2) == 0 { practice.path("") } else { format!("{}/messages", second.path()) };
        let any = sent.get(usize::try_from(dice.below(round + 1)).unwrap()).cloned();
        match (dice.below(5), any) {
            (0, Some((_, _, id))) => {
                by.post_form(&format!("{path}/read"), &[("last_id", &id.to_string())]).await.expect(303);
            }
            (1 | 2, Some((who, thread, id))) => {
                let answer = who.at(&there).post_form(&format!("{thread}/{id}/retraction"), &[]).await;
                taken_back += u32::from(answer.status == 303);
            }
            _ => {
                by.post_form(&path, &[("body", "Again")]).await.expect(303);
                sent.push((who, path, practice.newest().await.id));
            }
        }
        if round % 5 == 4 {
            for (client, person) in
                [(&practice.home, &practice.patient.person), (&practice.surgery, &practice.doctor.person)]
            {
                for client in [client, &client.at(&there)] {
                    let dashboard = client.get("/dashboard").await.ok();
                    let (who, zone) = ((person.role, person.user_id), practice.hospital.zone);
                    assert_figures(&practice.app, &dashboard, who, zone).await;
                }
            }
        }
    }
    let stored = practice.count().await;
    assert!(stored > 60 && taken_back > 10, "{stored} messages, of which {taken_back} were taken back");
}
