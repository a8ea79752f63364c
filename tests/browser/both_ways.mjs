// A day that is lived through twice, at the server of BASE_URL.
import { ready, startBrowser } from './checks.mjs';
import { instant, local } from './clinic_model.mjs';
import { at, inShort } from './keyboard.mjs';

const DAY = 24 * 3_600_000;
const dayAfter = days => local(instant(`${process.env.CLINIC_DAY}T12:00`) + days * DAY).slice(0, 10);

/** Lives through a day once with scripts and once without, each in a hospital of its own: its name, and how many days after CLINIC_DAY. The second is the
 *  later, for the clock is not set back. What `live` says of it in the end is printed. */
export async function bothWays(label, [[name, days], [bareName, bareDays]], live) {
  await ready(at('/health/ready'));
  const browser = await startBrowser();
  try {
    for (const way of [{ scripts: true, name, date: dayAfter(days) }, { scripts: false, name: bareName, date: dayAfter(bareDays) }]) {
      const which = `${label} ${way.scripts ? 'with' : 'without'} scripts`;
      try {
        const said = await live(browser, way);
        console.log(`ok   ${which}${said ? `: ${said}` : ''}`);
      } catch (error) {
        process.exitCode = 1;
        console.log(`BAD  ${which}\n       ${inShort(error)}`);
      }
    }
  } finally {
    await browser.close();
  }
}
