//! Who has their turn, and who finds room.

use std::cell::RefCell;
use std::rc::Rc;

use super::*;

/// Everybody of `places` comes at once and works for a moment, in a queue of one; the order in which they had their turns.
async fn order(places: Vec<ClientNetwork>) -> Vec<usize> {
    let (turns, order) = (Turns::new(1), Rc::new(RefCell::new(Vec::new())));
    let all = places.into_iter().enumerate().map(|(number, place)| {
        let (turns, order) = (turns.clone(), Rc::clone(&order));
        async move {
            if let Ok(_turn) = turns.take(place).await {
                order.borrow_mut().push(number);
                tokio::task::yield_now().await;
            }
        }
    });
    futures_util::future::join_all(all).await;
    order.take()
}

fn v6(subnet: u16, host: u16) -> ClientNetwork {
    ClientNetwork::of(IpAddr::from([0x2001, 0xdb8, 1, subnet, 0, 0, 0, host]))
}

#[tokio::test]
async fn a_stranger_waits_for_one_of_each_place_and_not_for_all() {
    let mut places: Vec<ClientNetwork> =
        (0..16 * 45).map(|number| ClientNetwork::of(IpAddr::from([198, 51, 100, (number % 16) as u8]))).collect();
    places.push(ClientNetwork::of(IpAddr::from([192, 0, 2, 1])));
    let stranger = places.len() - 1;
    let order = order(places).await;
    assert_eq!(order.len(), 16 * 45 + 1, "nobody is forgotten");
    let turn = order.iter().position(|number| *number == stranger);
    assert!(turn.is_some_and(|turn| turn <= 17), "{turn:?}");
}

#[tokio::test]
async fn a_network_is_one_place_however_many_subnets_it_has() {
    let mut places: Vec<ClientNetwork> = (0..800).map(|number| v6(number, number)).collect();
    places.push(ClientNetwork::of(IpAddr::from([192, 0, 2, 1])));
    places.push(ClientNetwork::of(IpAddr::from([0x2001, 0xdb8, 2, 0, 0, 0, 0, 1])));
    let order = order(places).await;
    for stranger in [800, 801] {
        let turn = order.iter().position(|number| *number == stranger);
        assert!(turn.is_some_and(|turn| turn <= 4), "{stranger}: {turn:?}");
    }
}

#[tokio::test]
async fn within_a_network_its_subnets_take_turns() {
    let mut places: Vec<ClientNetwork> = (0..60).map(|number| v6(1, number)).collect();
    places.push(v6(2, 1));
    let turn = order(places).await.iter().position(|number| *number == 60);
    assert!(turn.is_some_and(|turn| turn <= 2), "{turn:?}");
}

#[tokio::test]
async fn a_browser_that_is_known_waits_for_one_stranger_at_most() {
    let mut places: Vec<ClientNetwork> =
        (0..200).map(|number| ClientNetwork::of(IpAddr::from([198, 51, 100, number]))).collect();
    places.push(ClientNetwork::of(IpAddr::from([198, 51, 100, 1])).known(true));
    let turn = order(places).await.iter().position(|number| *number == 200);
    assert!(turn.is_some_and(|turn| turn <= 2), "{turn:?}");
}

/// All of them come at once and none is served: how many wait, and of whom `is_asked`.
async fn waiting(turns: &Turns, places: &[ClientNetwork], is_asked: impl Fn(usize) -> bool) -> (usize, usize) {
    // Without the runtime's budget, which lets one task hear of so many only before it has to yield.
    let take = |place: &ClientNetwork| Some(Box::pin(tokio::task::unconstrained(turns.take(*place))));
    let mut all: Vec<_> = places.iter().map(take).collect();
    // Twice: whoever was displaced by one who came later knows it then.
    for _ in 0..2 {
        for one in &mut all {
            let Some(future) = one.as_mut() else { continue };
            if futures_util::poll!(future.as_mut()).is_ready() {
                *one = None;
            }
        }
    }
    let left = all.iter().enumerate().filter(|(_, one)| one.is_some());
    left.fold((0, 0), |(waiting, asked), (number, _)| (waiting + 1, asked + usize::from(is_asked(number))))
}

#[tokio::test]
async fn whoever_comes_from_elsewhere_finds_room_however_many_wait() {
    let turns = Turns::new(1);
    let _working = turns.take(v6(0, 0)).await;
    // Twenty-one addresses that send fifty each, and one /48 that has as many subnets.
    let address = |number: usize| ClientNetwork::of(IpAddr::from([198, 51, 100, number as u8]));
    let crowd = (0..21 * 50).map(|number| address(number % 21));
    let network = (0..21 * 50).map(|number| v6(number as u16 % 21, number as u16));
    let others = (0..30).map(|number| ClientNetwork::of(IpAddr::from([192, 0, 2, number])));
    let places: Vec<_> = crowd.chain(network).chain(others).collect();
    let (all, others) = waiting(&turns, &places, |number| number >= 21 * 100).await;
    assert_eq!((all, others), (FROM_ALL, 30));
    // Nor are those who are known, from wherever, kept out by those who are not.
    let known: Vec<_> = places.iter().copied().chain([address(1).known(true)]).collect();
    assert_eq!(waiting(&turns, &known, |number| number + 1 == known.len()).await, (FROM_ALL + 1, 1));
}

#[tokio::test]
async fn a_network_has_no_more_room_for_having_more_subnets() {
    let turns = Turns::new(1);
    let _working = turns.take(v6(0, 0)).await;
    let mut places: Vec<_> = (0..40 * 60).map(|number| v6(number % 40, number)).collect();
    assert_eq!(waiting(&turns, &places, |_| false).await.0, FROM_NETWORK);
    // One of the same network that comes from a subnet without any.
    places.push(v6(99, 1));
    assert_eq!(waiting(&turns, &places, |number| number == 40 * 60).await, (FROM_NETWORK, 1));
}

#[tokio::test]
async fn accounts_do_not_take_each_others_room_or_turns() {
    let account = |user_id| ClientNetwork::of(IpAddr::from([198, 51, 100, 1])).of_account(user_id);
    let turns = Turns::new(1);
    let _working = turns.take(account(1)).await;
    // Twenty accounts, each with ten right passwords on the way, and somebody behind the same address.
    let mut places: Vec<_> = (0..200).map(|number| account(number % 20)).collect();
    places.push(account(99));
    assert_eq!(waiting(&turns, &places, |number| number == 200).await.1, 1);
    let turn = order((0..60).map(|number| account(number % 6)).chain([account(99)]).collect()).await;
    let turn = turn.iter().position(|number| *number == 60);
    assert!(turn.is_some_and(|turn| turn <= 7), "{turn:?}");
}

#[tokio::test]
async fn one_place_cannot_fill_the_queue_and_who_went_away_is_not_waited_for() {
    let turns = Turns::new(1);
    let place = v6(1, 1);
    let working = turns.take(place).await;
    let mut waiting: Vec<_> = (0..FROM_SUBNET).map(|_| Box::pin(turns.take(place))).collect();
    for one in &mut waiting {
        assert!(futures_util::poll!(one.as_mut()).is_pending());
    }
    assert!(matches!(turns.take(place).await, Err(Full)));
    let mut other = Box::pin(turns.take(v6(2, 1)));
    assert!(futures_util::poll!(other.as_mut()).is_pending());
    drop(waiting);
    drop(working);
    assert!(other.await.is_ok());
    assert!(turns.take(place).await.is_ok());
}
