// Who opens what. Pages with an id in their address are found by following the links of these.

export const PASSWORD = 'demo-pass-2026';

const OWN = ['/dashboard', '/profile', '/profile/sessions', '/profile/second-factor', '/profile/proof?next=%2Fprofile', '/notifications', '/appointments'];
const MISSING = { path: '/no-such-page', status: 404 };

/** Each role: its demo account (none for a visitor), its pages, a plain path answering 200, kinds of page that its links must lead to, and pages below the first visit of a list; `alone`: its links are not followed. */
export const ROLES = [
  { role: 'visitor', email: null, pages: ['/', '/hospitals', '/sign-in', '/sign-up', '/password-reset', { path: `/password-links/1-${'A'.repeat(43)}`, status: 410 }, { path: `/address-links/1-${'A'.repeat(43)}`, status: 410 }, MISSING] },
  {
    role: 'patient', email: 'patient1@demo.test',
    reaches: ['/appointments/{id}', '/appointments/{id}/room', '/appointments/{id}/rescheduling'],
    pages: [...OWN, '/messages', '/record-access', '/documents', '/device-check', '/profile/calendar', '/hospitals', '/appointments?status=completed', '/appointments?when=past', '/appointments/new?doctor_id=1', '/appointments/new?doctor_id=any', '/times', { path: '/admins', status: 403 }, MISSING],
  },
  {
    role: 'doctor', email: 'doctor1@demo.test',
    reaches: ['/appointments/{id}', '/appointments/{id}/room', '/appointments/{id}/note', '/patients/{id}'],
    // Of the visits of a list not every one has it.
    behind: [{ list: `/appointments?status=scheduled&from=${new Date(Date.now() + 86_400_000).toISOString().slice(0, 10)}`, page: '/rescheduling' }],
    pages: [...OWN, '/schedule', '/schedule?view=week', '/messages', '/patients', '/patients?state=seen', '/appointments?from=2020-01-01&page=2', '/appointments?when=past', '/appointments?status=needs_outcome', '/appointments?status=wished', '/times', { path: '/appointments/999999999', status: 404 }],
  },
  {
    role: 'hospital admin', email: 'admin1@demo.test',
    pages: [...OWN, '/schedule', '/schedule?view=week', '/schedule?date=2026-11-24&doctor=1', '/doctors', '/patients', '/patients?state=active', '/appointments?q=no-such-name', '/appointments?when=past', '/appointments?status=needs_outcome', '/appointments?status=wished', '/appointments/new?walk_in=on', '/appointments/new?doctor_id=1', '/appointments/new?doctor_id=any', '/times', { path: '/times?doctor=1&from=2026-02-30', status: 422 }, '/reports', '/reports/calls', '/audit', { path: '/admins', status: 403 }],
  },
  {
    // What only a hospital with an absence has; everything else is looked at with the one before.
    role: 'admin of an absence', email: 'admin2@demo.test', alone: true,
    pages: ['/doctors/2/time-off/1/visits'],
  },
  {
    role: 'super admin', email: 'super@demo.test',
    pages: ['/dashboard', '/profile', '/profile/sessions', '/hospitals', '/admins', '/reports', '/audit'],
  },
];

/** Forms sent as they must not be: the page that comes back is looked at like any other. */
export const WRONG_FORMS = [
  { role: 'visitor', path: '/sign-in', fields: { email: 'nobody@demo.test', password: 'not this one' } },
  { role: 'visitor', path: '/sign-in', fields: {} },
  { role: 'visitor', path: '/sign-up', fields: { first_name: 'A', email: 'not an address', password: 'short' } },
  { role: 'visitor', path: '/password-reset', fields: {} },
  { role: 'doctor', path: '/profile', fields: { first_name: '', last_name: '' } },
  { role: 'patient', path: '/appointments/new?doctor_id=1', action: '/appointments', fields: { symptoms: 'A cough.' } },
  { role: 'patient', path: '/appointments/new?doctor_id=any', action: '/appointments', fields: { symptoms: 'A cough.' } },
  { role: 'hospital admin', path: '/doctors/new', action: '/doctors', fields: { first_name: '', email: 'nobody' } },
  { role: 'hospital admin', path: '/patients/new', action: '/patients', fields: { first_name: '' } },
  { role: 'hospital admin', path: '/doctors/1/availability', action: '/doctors/1/time-off', fields: { reason: 'Dashain' } },
  { role: 'super admin', path: '/hospitals/new', action: '/hospitals', fields: { name: '', time_zone: 'Mars' } },
  { role: 'super admin', path: '/admins/new', action: '/admins', fields: { first_name: '' } },
  { role: 'patient', path: '/profile/second-factor', action: '/profile/second-factor/totp', fields: { code: '000000' } },
  { role: 'patient', path: '/profile', action: '/profile', fields: { first_name: '', emergency_contact_phone: 'call me' } },
  { role: 'patient', path: '/profile', action: '/profile/password', fields: { current_password: 'x', new_password: 'y' } },
];
