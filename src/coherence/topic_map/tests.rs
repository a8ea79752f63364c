//! What the map takes and what it refuses.

use super::*;

const BOARD: Topic = Topic::Board(1);
const AGENDA: Topic = Topic::Agenda(2);

fn stamp(text: &'static str) -> TopicUpdate {
    TopicUpdate::Stamp(Bytes::from_static(text.as_bytes()))
}

fn held() -> TopicUpdate {
    TopicUpdate::HeldFor(Duration::from_secs(60))
}

fn epoch() -> Bytes {
    Bytes::from_static(b"e1")
}

fn answer(text: &'static str) -> Stamps {
    Stamps { epoch: epoch(), values: vec![Stamp::Current(Bytes::from_static(text.as_bytes()))] }
}

fn page(text: &'static str) -> Basis {
    Basis { epoch: epoch(), stamps: vec![(BOARD, Bytes::from_static(text.as_bytes()))], until: None }
}

fn later() -> Duration {
    boot_clock::now() + Duration::from_secs(60)
}

/// A map under a lease that has heard everything up to 10.
fn map() -> TopicMap {
    let map = TopicMap::default();
    assert!(map.renew_lease(&epoch(), 10, (later(), false)));
    map
}

#[test]
fn a_topic_is_believed_from_its_answer_until_a_message() {
    let map = map();
    assert!(!map.vouches_for(&page("s"), Duration::ZERO), "unknown");
    map.fill(map.generation(), 10, (&[BOARD], &answer("s")));
    assert!(map.vouches_for(&page("s"), Duration::ZERO) && !map.vouches_for(&page("t"), Duration::ZERO));
    assert!(map.apply_next(&epoch(), 11, &[(BOARD, held())]));
    assert!(!map.vouches_for(&page("s"), Duration::ZERO));
    assert_eq!(map.stamps(&[BOARD], Duration::ZERO).map(|stamps| stamps.values), Some(vec![Stamp::Held]));
    assert!(map.apply_next(&epoch(), 12, &[(BOARD, stamp("t"))]));
    assert!(map.vouches_for(&page("t"), Duration::ZERO) && !map.vouches_for(&page("s"), Duration::ZERO));
}

#[test]
fn nothing_is_believed_without_a_lease() {
    let map = TopicMap::default();
    map.fill(map.generation(), 10, (&[BOARD], &answer("s")));
    assert!(!map.vouches_for(&page("s"), Duration::ZERO) && map.stamps(&[BOARD], Duration::ZERO).is_none());
    assert!(map.renew_lease(&epoch(), 10, (boot_clock::now(), false)));
    assert!(!map.vouches_for(&page("s"), Duration::ZERO), "it ends before it began");
    assert!(map.renew_lease(&epoch(), 10, (later(), false)));
    assert!(map.vouches_for(&page("s"), Duration::ZERO));
}

#[test]
fn it_never_goes_back() {
    let map = map();
    assert!(map.apply_next(&epoch(), 11, &[(BOARD, stamp("new"))]));
    map.fill(map.generation(), 10, (&[BOARD], &answer("old")));
    assert!(map.vouches_for(&page("new"), Duration::ZERO));
    map.apply_own(&epoch(), 13, &[(BOARD, stamp("newer"))]);
    assert!(map.apply_next(&epoch(), 12, &[(BOARD, held())]));
    assert!(
        map.vouches_for(&page("newer"), Duration::ZERO),
        "what this process has said itself is younger than what it hears"
    );
}

#[test]
fn an_answer_from_before_everything_was_dropped_is_not_taken() {
    let map = map();
    let generation = map.generation();
    map.drop_all();
    assert!(map.renew_lease(&epoch(), 20, (later(), false)));
    map.fill(generation, 20, (&[BOARD], &answer("s")));
    assert!(!map.vouches_for(&page("s"), Duration::ZERO));
}

#[test]
fn a_missing_message_is_noticed_by_the_next_and_by_the_nonce() {
    for by_nonce in [false, true] {
        let map = map();
        map.fill(map.generation(), 10, (&[BOARD], &answer("s")));
        let whole = if by_nonce {
            map.renew_lease(&epoch(), 11, (later(), false))
        } else {
            map.apply_next(&epoch(), 12, &[(AGENDA, held())])
        };
        assert!(!whole && !map.vouches_for(&page("s"), Duration::ZERO));
    }
}

#[test]
fn another_epoch_makes_all_of_it_worthless() {
    let other = Bytes::from_static(b"e2");
    let map = map();
    map.fill(map.generation(), 10, (&[BOARD], &answer("s")));
    assert!(!map.apply_next(&other, 11, &[]));
    assert!(!map.vouches_for(&page("s"), Duration::ZERO));
    let map = super::tests::map();
    map.fill(map.generation(), 10, (&[BOARD], &answer("s")));
    let stamps = Stamps { epoch: other, values: vec![Stamp::Current("t".into())] };
    map.fill(map.generation(), 11, (&[BOARD], &stamps));
    assert!(!map.vouches_for(&page("s"), Duration::ZERO));
}

#[test]
fn a_hold_that_ran_out_is_asked_for() {
    let map = map();
    assert!(map.apply_next(&epoch(), 11, &[(BOARD, TopicUpdate::HeldFor(Duration::ZERO))]));
    assert!(map.stamps(&[BOARD], Duration::ZERO).is_none());
    map.fill(map.generation(), 11, (&[BOARD], &answer("s")));
    assert!(map.vouches_for(&page("s"), Duration::ZERO));
}

#[test]
fn what_was_forgotten_is_not_learnt_from_before() {
    let map = map();
    let many: Vec<(Topic, TopicUpdate)> = (0..70_000).map(|id| (Topic::Inbox(id), stamp("x"))).collect();
    assert!(map.apply_next(&epoch(), 11, &[(BOARD, stamp("new"))]) && map.apply_next(&epoch(), 12, &many));
    let (_, _, known) = map.condition();
    assert!(known <= MOST);
    map.fill(map.generation(), 10, (&[BOARD], &answer("old")));
    assert!(!map.vouches_for(&page("old"), Duration::ZERO));
    map.fill(map.generation(), 12, (&[BOARD], &answer("new")));
    assert!(map.vouches_for(&page("new"), Duration::ZERO));
}

#[test]
fn while_a_process_is_missing_the_lease_is_worth_as_much_as_the_outbox() {
    let map = TopicMap::default();
    assert!(map.renew_lease(&epoch(), 10, (later(), true)));
    map.fill(map.generation(), 10, (&[BOARD], &answer("s")));
    assert!(!map.vouches_for(&page("s"), boot_clock::now()) && map.stamps(&[BOARD], Duration::ZERO).is_none());
    assert!(map.vouches_for(&page("s"), later()) && map.stamps(&[BOARD], later()).is_some());
}

#[test]
fn a_stamp_is_known_since_it_was_first_seen_and_no_longer_than_its_epoch() {
    let map = map();
    assert_eq!(map.known_since(&page("s")), None, "never seen");
    let before = boot_clock::now();
    map.fill(map.generation(), 10, (&[BOARD], &answer("s")));
    let since = map.known_since(&page("s"));
    assert!(since.is_some_and(|since| before <= since && since <= boot_clock::now()));
    map.fill(map.generation(), 10, (&[BOARD], &answer("s")));
    assert_eq!(map.known_since(&page("s")), since, "seen again, it is not younger");
    assert_eq!(map.known_since(&Basis { epoch: "e2".into(), ..page("s") }), None, "of another server");

    assert!(map.apply_next(&epoch(), 11, &[(BOARD, held())]));
    assert_eq!(map.known_since(&page("s")), None, "held");
    assert!(map.apply_next(&epoch(), 12, &[(BOARD, stamp("s"))]));
    assert!(map.known_since(&page("s")) > since, "whatever came between may have been committed before it came back");
    map.drop_all();
    assert_eq!(map.known_since(&page("s")), None, "nothing is known any more");
}
