// Makes src/features/accounts/passwords/common.digests: of each common password the first eight bytes of its SHA-256, in their order.
// The list is that of the npm package @zxcvbn-ts/language-common (MIT); nobody has to read it, and it is not made public once more.
//
//   npm pack @zxcvbn-ts/language-common@4.1.3 && tar xf zxcvbn-ts-language-common-4.1.3.tgz
//   node tests/common_passwords.mjs package/src/passwords.json

import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';

const BYTES = 8;
// Shorter ones are in too many passwords that are good, when digits and signs are taken from their ends.
const SHORTEST = 4;

const [list] = process.argv.slice(2);
const passwords = JSON.parse(readFileSync(list, 'utf8')).map((password) => password.toLowerCase());
// Beyond ASCII the server folds more than case: such a password would never be found.
const kept = passwords.filter((password) => password.length >= SHORTEST && /^[\x21-\x7e]+$/.test(password));
const digests = kept.map((password) => createHash('sha256').update(password).digest('hex').slice(0, 2 * BYTES));
const sorted = [...new Set(digests)].sort();
writeFileSync(new URL('../src/features/accounts/passwords/common.digests', import.meta.url), Buffer.from(sorted.join(''), 'hex'));
console.log(`${sorted.length} passwords`);
