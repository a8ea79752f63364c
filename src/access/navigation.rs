//! Where each role can go. The names of the places have their one source here.

use entity::enums::Role;

use crate::web::page::NavLink;

/// Where anybody can go, signed in or not.
pub fn public() -> Vec<NavLink> {
    [("/hospitals", "Hospitals", "building"), ("/sign-in", "Sign in", "key"), ("/sign-up", "Sign up", "plus")]
        .into_iter()
        .map(|(href, label, icon)| NavLink { href, label, icon, current: false, badge: None })
        .collect()
}

/// The navigation of `role`, in order of use; `unread` notifications and messages are worth noticing.
pub(super) fn of(role: Role, unread: i64, unread_messages: i64) -> Vec<NavLink> {
    let link = |href, label, icon| NavLink { href, label, icon, current: false, badge: None };
    let counting = |link: NavLink, unread: i64| NavLink { badge: Some(unread).filter(|count| *count > 0), ..link };
    let messages = || counting(link("/messages", "Messages", "message"), unread_messages);
    let mut nav = vec![link("/dashboard", "Dashboard", "home")];
    match role {
        Role::SuperAdmin => {
            nav.push(link("/hospitals", "Hospitals", "building"));
            nav.push(link("/admins", "Administrators", "people"));
            nav.push(link("/reports", "Reports", "chart"));
            nav.push(link("/audit", "Audit", "shield"));
        }
        Role::HospitalAdmin => {
            nav.push(link("/schedule", "Day book", "clock"));
            nav.push(link("/appointments", "Visits", "calendar"));
            nav.push(link("/doctors", "Doctors", "doctor"));
            nav.push(link("/patients", "Patients", "people"));
            nav.push(link("/reports", "Reports", "chart"));
            nav.push(link("/audit", "Audit", "shield"));
        }
        Role::Doctor => {
            nav.push(link("/schedule", "Day book", "clock"));
            nav.push(link("/appointments", "Visits", "calendar"));
            nav.push(messages());
            nav.push(link("/patients", "My patients", "people"));
            nav.push(link("/doctors", "Doctors", "doctor"));
        }
        Role::Patient => {
            nav.push(link("/appointments", "Visits", "calendar"));
            nav.push(messages());
            nav.push(link("/documents", "Documents", "list"));
            nav.push(link("/doctors", "Doctors", "doctor"));
        }
    }
    nav.push(counting(link("/notifications", "Notifications", "bell"), unread));
    nav.push(link("/profile", "Profile", "user"));
    nav
}
