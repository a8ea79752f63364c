// A fault, planted between two pages of a call and their server, for calls.mjs: what pages say to each other is addressed to people and not to pages that were loaded.

/** To these two pages, and to all that are loaded in their place, each person has one key for ever. They hear everything that was ever said to that person, but not that
 * another page of theirs has taken their place. */
export async function addressedToPeople(pages) {
  const keys = pages.map(() => []); // of each person, the first first
  const whose = key => keys.find(all => all.includes(key)) ?? [key];
  for (const [which, page] of pages.entries()) {
    const own = keys[which];
    await page.route('**/call', async route => {
      const answer = await route.fetch(), joined = await answer.json();
      own.push(joined.peer);
      await route.fulfill({ response: answer, json: { ...joined, peer: own[0], peers: joined.peers.map(key => whose(key)[0]) } });
    });
    await page.route('**/call/signals', async route => {
      const said = route.request().postDataJSON();
      await route.continue({ postData: JSON.stringify({ ...said, peer: own.at(-1), to: whose(said.to).at(-1) }) });
    });
    await page.route('**/call/signals?*', async route => {
      const url = new URL(route.request().url()), heard = [];
      let answer;
      for (const key of own) {
        url.searchParams.set('peer', key);
        answer = await route.fetch({ url: url.href });
        if (!answer.ok()) return route.fulfill({ response: answer });
        heard.push(...await answer.json());
      }
      const said = heard.filter(one => one.kind !== 'bye').sort((one, other) => one.id - other.id).map(one => ({ ...one, from: whose(one.from)[0] }));
      return route.fulfill({ response: answer, json: said });
    });
  }
}
