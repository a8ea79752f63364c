//! When the store may be believed, and when a process may write without it.

use super::*;

fn epoch() -> Bytes {
    Bytes::from_static(b"e.1.2")
}

fn membership() -> Arc<Membership> {
    let membership = Arc::new(Membership::new("me".to_owned(), Duration::from_millis(400)));
    membership.has_row(boot_clock::now());
    membership
}

fn mark() -> Bytes {
    Bytes::from_static(b"e.1.2/7")
}

fn answered(members: &[(&str, i64)]) -> Registered {
    let members = members.iter().map(|(name, left)| ((*name).to_owned(), *left)).collect();
    Registered { clock: 1_000_000, mark: mark(), members }
}

/// As often as it takes to know of all, and once more.
fn register(membership: &Membership, members: &[(&str, i64)]) {
    for _ in 0..3 {
        let Some(registration) = membership.register(&epoch()) else { panic!("silent") };
        membership.registered(&epoch(), &registration, &answered(members));
        if let Some(mark) = membership.unconfirmed() {
            membership.confirm(&mark, []);
        }
    }
}

#[test]
fn it_is_trusted_while_nobody_is_missing() {
    let members = membership();
    assert!(!members.is_trusted(), "nobody has said so yet");
    register(&members, &[("me", 400), ("other", 100)]);
    assert!(members.is_trusted() && members.missing().is_empty());
}

#[test]
fn while_one_is_missing_only_a_fresh_reading_of_the_outbox_is_trusted() {
    let members = membership();
    register(&members, &[("me", 400), ("other", -1)]);
    assert!(!members.is_trusted());
    assert_eq!(members.missing(), ["other"]);
    members.outbox_was_read(boot_clock::now().saturating_sub(OUTBOX_LEASE), []);
    assert!(!members.is_trusted(), "an old reading");
    members.outbox_was_read(boot_clock::now(), [Topic::Board(1)]);
    assert!(members.is_trusted());
    assert!(members.is_pending([Topic::Agenda(1), Topic::Board(1)]) && !members.is_pending([Topic::Agenda(1)]));
    members.renewed(&[Topic::Board(1)]);
    assert!(!members.is_pending([Topic::Board(1)]));
    members.outbox_was_read(boot_clock::now(), [Topic::Everything]);
    assert!(members.is_pending([Topic::Agenda(1)]), "everything is");
}

#[test]
fn what_was_read_is_to_be_renewed_though_others_took_it_out() {
    let members = membership();
    members.outbox_was_read(boot_clock::now(), [Topic::Board(1)]);
    // It could not be renewed; then another process took the row out.
    let wanted = members.outbox_was_read(boot_clock::now(), []);
    assert_eq!(wanted, [Topic::Board(1)].into());
    members.renewed(&wanted);
    assert!(!members.is_pending([Topic::Board(1)]));
    assert!(members.outbox_was_read(boot_clock::now(), []).is_empty());
}

#[tokio::test]
async fn silence_begins_when_the_registration_has_run_out() {
    let members = membership();
    register(&members, &[("me", 400)]);
    let began = boot_clock::now();
    let silence = members.silence().await;
    assert!(boot_clock::now() - began >= Duration::from_millis(450), "what a renewal is good for");
    assert!(members.is_silent() && members.register(&epoch()).is_none());
    assert_eq!(members.silences(), None, "something is being committed");
    drop(silence);
    let before = members.silences().unwrap_or_default();
    let silence = members.silence().await;
    members.resume(before);
    assert!(members.is_silent());
    drop(silence);
    members.resume(before);
    assert!(members.is_silent(), "something was committed since the outbox was read");
    members.resume(members.silences().unwrap_or_default());
    assert!(members.register(&epoch()).is_some());
}

#[tokio::test]
async fn who_was_never_registered_need_not_wait() {
    let members = membership();
    let began = boot_clock::now();
    drop(members.silence().await);
    assert!(boot_clock::now() - began < Duration::from_millis(300));
}

#[test]
fn nobody_is_believed_before_the_table_was_read_and_all_of_it_is_in_the_registry() {
    let members = membership();
    let Some(first) = members.register(&epoch()) else { panic!("silent") };
    members.registered(&epoch(), &first, &answered(&[("me", 400)]));
    assert!(!members.is_trusted());
    assert_eq!(members.unconfirmed(), Some(mark()));
    members.confirm(&mark(), ["me".to_owned(), "other".to_owned()]);
    let Some(second) = members.register(&epoch()) else { panic!("silent") };
    assert_eq!(
        (second.members.clone(), second.mark.clone()),
        (vec!["me".to_owned(), "other".to_owned()], Bytes::new())
    );
    members.registered(&epoch(), &second, &answered(&[("me", 400)]));
    assert!(!members.is_trusted(), "one is not in it yet");
    members.registered(&epoch(), &second, &answered(&[("me", 400), ("other", 100)]));
    assert!(!members.is_trusted(), "it was not known to be whole when it was asked");
    let Some(third) = members.register(&epoch()) else { panic!("silent") };
    assert_eq!(third.mark, mark());
    members.registered(&epoch(), &third, &answered(&[("me", 400), ("other", 100)]));
    assert!(members.is_trusted());
    let lost = Registered { mark: Bytes::from_static(b"e.1.2/8"), ..answered(&[("me", 400)]) };
    members.registered(&epoch(), &third, &lost);
    assert_eq!(members.unconfirmed(), Some(lost.mark), "the registry was lost");
}

#[test]
fn who_is_not_in_the_table_does_not_register() {
    let members = Membership::new("me".to_owned(), Duration::from_millis(400));
    assert!(members.register(&epoch()).is_none());
    members.has_row(boot_clock::now());
    assert!(members.register(&epoch()).is_some());
    members.was_struck_off();
    assert!(members.register(&epoch()).is_none() && !members.was_registered());
}

#[test]
fn who_has_not_seen_their_row_for_long_does_not_rely_on_nobodys_being_missing() {
    let ago = |seconds| boot_clock::now().saturating_sub(Duration::from_secs(seconds));
    let members = Membership::new("me".to_owned(), Duration::from_millis(400));
    members.has_row(ago(40));
    register(&members, &[("me", 400), ("other", 100)]);
    assert!(!members.is_trusted(), "somebody may have seen that it was not registered, and be about to strike it off");
    members.has_row(boot_clock::now());
    assert!(members.is_trusted());
    members.has_row(ago(601));
    assert!(!members.is_trusted(), "a row that is not counted up for so long may be deleted by anybody");
    members.outbox_was_read(boot_clock::now(), []);
    assert!(members.is_trusted(), "for who reads the outbox the row is of no account");
}

#[test]
fn who_was_struck_off_begins_anew() {
    let members = membership();
    register(&members, &[("me", 400)]);
    assert!(members.is_trusted() && members.unconfirmed().is_none());
    let before = boot_clock::now();
    let Some(late) = members.register(&epoch()) else { panic!("silent") };
    members.was_struck_off();
    assert!(!members.is_trusted());
    assert_eq!(members.unconfirmed(), Some(mark()), "others may have come");
    members.has_row(boot_clock::now());
    let Some(registration) = members.register(&epoch()) else { panic!("silent") };
    assert!(registration.mark.is_empty(), "it does not know all");
    assert!(!members.is_trusted(), "what was answered before");
    members.registered(&epoch(), &late, &answered(&[("me", 400)]));
    assert!(!members.is_trusted() && !members.was_registered(), "what is answered to what it said before");
    let now = boot_clock::now();
    assert!(members.covers(now, now) && !members.covers(before, now));
}

#[tokio::test]
async fn who_retires_registers_no_more_unless_it_may_have_to_be_missed() {
    let members = membership();
    register(&members, &[("me", 400)]);
    let silence = members.silence().await;
    assert!(!members.retire() && !members.has_left(), "it is committing something without Redis");
    drop(silence);
    assert!(!members.retire(), "what it has left in the outbox may not be told yet");
    members.resume(members.silences().unwrap_or_default());
    assert!(members.retire() && members.has_left());
    members.has_row(boot_clock::now());
    assert!(members.register(&epoch()).is_none() && !members.was_registered() && !members.is_trusted());
}
