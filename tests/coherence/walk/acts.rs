//! What can happen on a walk.

use chrono::TimeDelta;
use proptest::prelude::{Just, Strategy, any, prop_oneof};

/// Something that happens. Numbers choose among what there is at that moment, so that each act means something after any
/// others: whatever is left out of a walk, the rest is still one.
#[derive(Clone, Debug)]
pub(super) enum Act {
    /// Somebody who has to do with a visit submits a form of its page; or the same form `twice`, as with two tabs.
    Visit {
        at: u8,
        visit: u8,
        by: u8,
        form: u8,
        twice: bool,
    },
    /// Somebody who has to do with a visit is in its room, tries camera and microphone for it, or submits a form of the room, of the note, of messages or of documents, or says how late
    /// the doctor runs.
    Room {
        at: u8,
        visit: u8,
        by: u8,
        what: u8,
    },
    /// Somebody submits a form of one of their pages.
    Form {
        at: u8,
        who: u8,
        page: u8,
        form: u8,
    },
    /// Somebody looks for a time with a doctor, and takes one that is shown.
    Book {
        at: u8,
        who: u8,
        doctor: u8,
        time: u8,
    },
    /// A doctor's hours change: some come, some go, or the doctor will be away for a day.
    Hours {
        at: u8,
        doctor: u8,
        what: u8,
        day: u8,
    },
    /// An administrator changes somebody, shuts them out or lets them in again; the platform does so with a hospital.
    Manage {
        at: u8,
        whom: u8,
        what: u8,
    },
    Profile {
        at: u8,
        who: u8,
        name: u8,
        phone: Option<u16>,
    },
    Password {
        at: u8,
        who: u8,
    },
    /// Somebody has forgotten their password, and chooses another behind a link that they are sent.
    Forget {
        at: u8,
        who: u8,
    },
    /// Somebody asks for another address, and opens the link that they are sent there.
    Address {
        at: u8,
        who: u8,
    },
    SignOut {
        at: u8,
        who: u8,
    },
    /// Somebody signs in with a new browser.
    SignIn {
        at: u8,
        who: u8,
    },
    SignUp {
        at: u8,
        hospital: u8,
    },
    /// A visit is there, past the application.
    NewVisit {
        doctor: u8,
        patient: u8,
        status: u8,
        minutes: i16,
    },
    /// A notification is there, past the application.
    NewNotification {
        who: u8,
    },
    /// Something fails from now on in place of what failed so far; or nothing does. Only on walks on which things fail.
    Fault {
        what: u8,
        at: u8,
    },
    /// Time passes.
    Time(TimeDelta),
    /// The clock goes over one of the next moments at which something begins or ends: to a microsecond before it, to it, and
    /// to a microsecond after it.
    Edge(u8),
}

/// Any act, or something fails.
pub(super) fn act_or_fault() -> impl Strategy<Value = Act> {
    prop_oneof![
        1 => any::<(u8, u8)>().prop_map(|(what, at)| Act::Fault { what, at }),
        4 => act(),
    ]
}

/// Any act, those more often on which most pages depend.
pub(super) fn act() -> impl Strategy<Value = Act> {
    let any4 = || any::<(u8, u8, u8, u8)>();
    prop_oneof![
        9 => (any4(), proptest::bool::weighted(0.2))
            .prop_map(|((at, visit, by, form), twice)| Act::Visit { at, visit, by, form, twice }),
        4 => any4().prop_map(|(at, visit, by, what)| Act::Room { at, visit, by, what }),
        5 => any4().prop_map(|(at, who, page, form)| Act::Form { at, who, page, form }),
        4 => any4().prop_map(|(at, who, doctor, time)| Act::Book { at, who, doctor, time }),
        3 => any::<(u8, u8, u8)>().prop_map(|(at, whom, what)| Act::Manage { at, whom, what }),
        2 => any4().prop_map(|(at, doctor, what, day)| Act::Hours { at, doctor, what, day }),
        2 => any::<(u8, u8, u8, Option<u16>)>()
            .prop_map(|(at, who, name, phone)| Act::Profile { at, who, name, phone }),
        1 => any::<(u8, u8)>().prop_map(|(at, who)| Act::Password { at, who }),
        1 => any::<(u8, u8)>().prop_map(|(at, who)| Act::Forget { at, who }),
        1 => any::<(u8, u8)>().prop_map(|(at, who)| Act::Address { at, who }),
        1 => any::<(u8, u8)>().prop_map(|(at, who)| Act::SignOut { at, who }),
        2 => any::<(u8, u8)>().prop_map(|(at, who)| Act::SignIn { at, who }),
        1 => any::<(u8, u8)>().prop_map(|(at, hospital)| Act::SignUp { at, hospital }),
        3 => (any::<(u8, u8, u8)>(), -300..1800_i16)
            .prop_map(|((doctor, patient, status), minutes)| Act::NewVisit { doctor, patient, status, minutes }),
        1 => any::<u8>().prop_map(|who| Act::NewNotification { who }),
        2 => (0..60_i64, prop_oneof![Just(1), Just(60), Just(720)])
            .prop_map(|(number, seconds)| Act::Time(TimeDelta::seconds(number * seconds))),
        8 => any::<u8>().prop_map(Act::Edge),
    ]
}
