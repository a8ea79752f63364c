// The server's clock, which libfaketime moves: CLOCK_FILE says by how many seconds it is ahead of the machine's. It goes on
// between the moves, and never back.
import { readFileSync, renameSync, writeFileSync } from 'node:fs';

const file = process.env.CLOCK_FILE;
let ahead = Number(readFileSync(file, 'utf8')) * 1000;

export const now = () => Date.now() + ahead;

/** Makes it `instant`, unless it is later already. */
export function set(instant) {
  if (now() >= instant) return;
  ahead = instant - Date.now();
  // In one go, for the server reads it every time that it asks what time it is.
  writeFileSync(`${file}.new`, `${ahead < 0 ? '' : '+'}${(ahead / 1000).toFixed(3)}\n`);
  renameSync(`${file}.new`, file);
}
