// What a clinic's day must look like to everybody in it, worked out from what they did and from nothing that the server said.
// The figures are those that the dashboards promise; instants are milliseconds.

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const OFFSET = 345 * MINUTE; // of the hospital's clock, which knows no summer time
export const ZONE = 'Asia/Kathmandu';
export const SLOT = 20 * MINUTE;
export const OPENS = 9;
export const CLOSES = 17;
const BUSY = ['scheduled', 'confirmed', 'waiting', 'in_progress'];
const CALLED_OFF = ['rejected', 'cancelled'];

/** What each step leads to and who is told; whoever takes it is not. A visit is `asked` for by its patient and `booked` by others. */
const STEPS = {
  asked: ['requested', 'doctor'],
  booked: ['scheduled', 'doctor', 'patient'],
  approved: ['scheduled', 'patient'],
  proposed: ['proposed', 'patient'],
  rejected: ['rejected', 'patient'],
  accepted: ['scheduled', 'doctor', 'patient'],
  arrived: ['waiting', 'doctor'],
  started: ['in_progress'],
  completed: ['completed'],
  missed: ['no_show', 'patient'],
};

/** An instant as forms send it. */
export const local = instant => new Date(instant + OFFSET).toISOString().slice(0, 16);

/** The instant at which the hospital's clock shows `text`. */
export const instant = text => Date.parse(`${text}Z`) - OFFSET;

const meet = (one, other) => one.starts < other.ends && other.starts < one.ends;

export class Model {
  /** `date` of the day, which a week of visits before it has no part in. */
  constructor(date, doctors, patients) {
    Object.assign(this, { date, doctors, patients, visits: [], absences: [], told: new Map() });
  }

  /** The `number`th time of the day, or that of the same weekday `weeks` before. */
  time(number, weeks = 0) {
    return instant(`${this.date}T00:00`) + OPENS * 60 * MINUTE + number * SLOT - weeks * 7 * DAY;
  }

  visit(doctor, patient, starts) {
    return { doctor, patient, starts, ends: starts + SLOT, status: undefined, proposes: undefined, at: {} };
  }

  /** Somebody (`desk`, `doctor` or `patient`) takes a step with a visit. */
  take(step, visit, by, now) {
    const [status, ...told] = STEPS[step];
    if (!this.visits.includes(visit)) this.visits.push(visit);
    if (step === 'accepted') Object.assign(visit, { starts: visit.proposes, ends: visit.proposes + SLOT });
    visit.status = status;
    visit.at[step] = now;
    // Whoever had come waits no more, and what asked for an answer has it.
    if (step !== 'arrived') {
      this.reads('doctor', visit, news => ['arrived', 'asked'].includes(news.step));
      this.reads('patient', visit, news => news.step === 'proposed');
    }
    for (const party of told.filter(party => party !== by)) {
      const key = `${party} ${visit[party]}`;
      this.told.set(key, [...this.told.get(key) ?? [], { visit, step }]);
    }
  }

  /** A party of a visit opens its page, and has read what they were told of it; or of that what is so. */
  reads(party, visit, isSo = () => true) {
    const key = `${party} ${visit[party]}`;
    this.told.set(key, (this.told.get(key) ?? []).filter(news => news.visit !== visit || !isSo(news)));
  }

  unread(key) {
    return (this.told.get(key) ?? []).length;
  }

  count(condition) {
    return this.visits.filter(condition).length;
  }

  isToday({ starts }) {
    return local(starts).startsWith(this.date);
  }

  desk() {
    return {
      'visits-today': this.count(visit => this.isToday(visit) && !CALLED_OFF.includes(visit.status)),
      waiting: this.count(({ status }) => status === 'waiting'),
      requests: this.count(({ status }) => status === 'requested'),
      doctors: this.doctors,
      patients: this.patients,
      unread: this.unread('desk'),
    };
  }

  doctor(number, now) {
    const own = condition => this.count(visit => visit.doctor === number && condition(visit));
    const seen = this.visits.filter(({ doctor, status }) => doctor === number && status === 'completed');
    return {
      waiting: own(({ status }) => status === 'waiting'),
      requests: own(({ status }) => status === 'requested'),
      'needs-outcome': own(({ status, ends }) => BUSY.includes(status) && ends < now),
      'next-24-hours': own(({ status, starts }) => BUSY.includes(status) && starts >= now && starts < now + DAY),
      'patients-seen': new Set(seen.map(({ patient }) => patient)).size,
      unread: this.unread(`doctor ${number}`),
    };
  }

  patient(number, now) {
    const own = condition => this.count(visit => visit.patient === number && condition(visit));
    const seen = this.visits.filter(({ patient, status }) => patient === number && status === 'completed');
    return {
      upcoming: own(({ status, ends }) => ['scheduled', 'confirmed'].includes(status) && ends >= now),
      requests: own(({ status }) => status === 'requested'),
      proposed: own(({ status }) => status === 'proposed'),
      completed: seen.length,
      doctors: new Set(seen.map(({ doctor }) => doctor)).size,
      unread: this.unread(`patient ${number}`),
    };
  }

  /** The ids of those who wait, of one doctor or of all. */
  waiting(doctor) {
    const here = this.visits.filter(visit => visit.status === 'waiting' && (doctor === undefined || visit.doctor === doctor));
    return here.map(({ id }) => Number(id)).sort((one, other) => one - other);
  }

  /** The times of the day that a doctor can still be booked at, as forms send them. */
  free(doctor, now) {
    const busy = this.visits.filter(visit => visit.doctor === doctor && BUSY.includes(visit.status));
    const away = this.absences.filter(absence => absence.doctor === doctor);
    const slots = Array.from({ length: (CLOSES - OPENS) * 60 * MINUTE / SLOT }, (_, number) => this.time(number));
    return slots.filter(starts => starts >= now && ![...busy, ...away].some(taken => meet(taken, { starts, ends: starts + SLOT })))
      .map(local);
  }

  /** What the report says of the day; of each doctor the time that was booked and the working time. */
  report() {
    const day = this.visits.filter(visit => this.isToday(visit));
    const stands = day.filter(({ status }) => !CALLED_OFF.includes(status));
    const number = status => day.filter(visit => visit.status === status).length;
    const waits = stands.filter(({ at }) => at.started).map(({ at }) => at.started - at.arrived).sort((one, other) => one - other);
    const [completed, missed] = [number('completed'), number('no_show')];
    return {
      visits: stands.length,
      completed,
      missed,
      open: stands.length - completed - missed,
      calledOff: day.length - stands.length,
      median: Math.round(waits[Math.ceil(waits.length / 2) - 1] / MINUTE),
      ninetieth: Math.round(waits[Math.ceil(waits.length * 0.9) - 1] / MINUTE),
      booked: Array.from({ length: this.doctors }, (_, doctor) =>
        stands.filter(visit => visit.doctor === doctor).length * SLOT / MINUTE),
      working: Array.from({ length: this.doctors }, (_, doctor) => this.working(doctor)),
    };
  }

  /** How many minutes of the day a doctor works. */
  working(doctor) {
    const closes = instant(`${this.date}T${CLOSES}:00`);
    const away = this.absences.filter(absence => absence.doctor === doctor);
    const minutes = away.reduce((sum, { starts, ends }) => sum + (Math.min(ends, closes) - starts) / MINUTE, 0);
    return (CLOSES - OPENS) * 60 - minutes;
  }
}
