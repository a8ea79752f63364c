// Proves that each check can fail: small pages, each with one fault, and one without any.
import { createServer } from 'node:http';
import { bareStructure, covered, look, startBrowser, watchedPage } from './checks.mjs';

const POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:";

const document = (body, head = '') => `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Visit</title>
  <meta name="viewport" content="width=device-width, initial-scale=1"><link rel="icon" href="data:,">${head}</head>
  <body><a href="#main">Skip to the page</a><main id="main"><h1>Visit</h1>${body}</main></body></html>`;

/** Name, page, the problem that must be found; none for the good page. */
const PLANTED = [
  ['good', document('<p>All is well.</p>')],
  ['image without text', document('<img src="/dot.png">'), 'axe image-alt'],
  ['field without label', document('<form><input name="email"></form>'), 'axe label'],
  ['heading left out', document('<h4>Deep</h4>'), 'axe heading-order'],
  ['weak contrast', document('<p class="weak">Faint</p>', '<link rel="stylesheet" href="/weak.css">'), 'axe color-contrast'],
  ['weak contrast in the dark', document('<p class="dark">Faint</p>', '<link rel="stylesheet" href="/weak.css">'), '1280 px, dark: axe color-contrast'],
  ['small targets', document('<p><button class="dot">a</button><button class="dot">b</button></p>', '<link rel="stylesheet" href="/weak.css">'), 'axe target-size'],
  ['wide table', document('<pre class="wide">x</pre>', '<link rel="stylesheet" href="/weak.css">'), '320 px: scrolls sideways'],
  ['two in one place', document('<p class="first"><a href="/a">One visit</a></p><p class="second"><a href="/b">Another visit</a></p>', '<link rel="stylesheet" href="/weak.css">'), 'lies under'],
  ['inline style', document('<p style="color: red">Red</p>'), 'console:'],
  ['inline script', document('<script>window.seen = 1</script>'), 'console:'],
  ['broken script', document('<p>Text</p>', '<script src="/broken.js"></script>'), 'script:'],
  ['missing file', document('<img src="/missing.png" alt="A chart">'), 'console:'],
  ['foreign host', document('<img src="http://127.0.0.1:9/pixel.png" alt="">'), 'foreign request:'],
  ['no skip link', document('<p>Text</p>').replace('<a href="#main">Skip to the page</a>', '<a href="/other">Other</a>'), 'keyboard:'],
  ['made by script', document('').replace('<h1>Visit</h1>', '').replace('</main>', '</main><script src="/late.js"></script>'), 'without JavaScript:'],
];

const FILES = {
  '/weak.css': ['text/css', `.weak { color: #999; background: #fff } .dot { width: 9px; height: 9px; padding: 0; border: 0; margin: 0 }
    .wide { width: 340px } .first, .second { position: absolute; top: 5rem; background: #fff } .dark { color: #000; background: #fff } @media (prefers-color-scheme: dark) { .dark { color: #333; background: #222 } }`],
  '/broken.js': ['text/javascript', 'throw new Error("broken")'],
  '/late.js': ['text/javascript', 'document.querySelector("main").innerHTML = "<h1>Late</h1>"'],
  '/dot.png': ['image/svg+xml', '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'],
};

const server = createServer((request, response) => {
  const [type, body] = FILES[request.url] ?? ['text/html', PLANTED[Number(request.url.slice(1))]?.[1]];
  response.writeHead(body === undefined ? 404 : 200, { 'content-type': type, 'content-security-policy': POLICY });
  response.end(body);
});
await new Promise(listening => server.listen(0, '127.0.0.1', listening));
const origin = `http://127.0.0.1:${server.address().port}`;
const browser = await startBrowser();
let wrong = 0;
for (const [number, [name, , expected]] of PLANTED.entries()) {
  const context = await browser.newContext();
  const { page, take } = await watchedPage(context, origin);
  await page.goto(`${origin}/${number}`, { waitUntil: 'load' });
  const problems = [...await look(page), ...await covered(page), ...take()];
  const bare = await browser.newContext({ javaScriptEnabled: false });
  const still = await bare.newPage();
  await still.goto(`${origin}/${number}`);
  problems.push(...await bareStructure(still));
  const right = expected ? problems.some(problem => problem.includes(expected)) : problems.length === 0;
  if (!right) wrong += 1;
  console.log(`${right ? 'ok  ' : 'BAD '} planted: ${name}${right ? '' : `, found only ${JSON.stringify(problems)}`}`);
  await Promise.all([context.close(), bare.close()]);
}
await browser.close();
server.close();
process.exitCode = wrong ? 1 : 0;
