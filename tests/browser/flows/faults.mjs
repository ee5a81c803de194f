// When the server goes, what is served at all, and how much of it.
import assert from "node:assert/strict";
import { ask, type, DESKTOP, FAQ_QUESTION } from "../scene.mjs";

const MOST_BYTES = 100 * 1024;

export async function says_when_the_server_is_gone(scene) {
  const page = await scene.visit();
  await ask(page, FAQ_QUESTION);
  await page.context().setOffline(true);
  await type(page, "How much does shipping cost?");
  await page.getByRole("alert").getByText("The server can't be reached.").waitFor();
  await page.locator("#state").getByText("Server unreachable").waitFor();
  await scene.shoot(page, "gone");
  await page.context().setOffline(false);
  await page.locator("#state").getByText("Server unreachable").waitFor({ state: "hidden" });
  await page.getByRole("button", { name: "Try again" }).click();
  await page.locator(".answer").getByText("Standard shipping costs 4.90 euros").waitFor();
  assert.equal(await page.getByRole("alert").count(), 0);
  assert.equal(await page.locator(".question").count(), 2, "the question is not asked twice");
}

export async function ends_a_broken_stream_with_a_message(scene) {
  const page = await scene.visit();
  await type(page, "Tell a story and hold it in the middle");
  await page.getByText("The first line of a longer thought.").waitFor();
  process.kill(scene.pid, "SIGKILL");
  await page.getByRole("alert").getByText(/connection (broke|ended) before the answer/).waitFor();
  assert.match(await page.locator(".answer .said").innerText(), /^The first line/);
  await page.getByRole("button", { name: "Try again" }).waitFor();
  await scene.shoot(page, "broken");
}

export async function shows_the_interface(scene) {
  const description = await scene.api("/openapi.json");
  const ids = Object.values(description.paths).flatMap((item) => Object.values(item).map(({ operationId }) => operationId));
  for (const theme of ["light", "dark"]) {
    const page = await scene.visit({ route: "/docs", theme });
    await page.locator(".operation").first().waitFor();
    const shown = await page.locator(".operation").evaluateAll((all) => all.map(({ id }) => id));
    assert.deepEqual([...shown].sort(), [...ids].sort());
    await scene.shoot(page, theme);
    const chat = page.locator("#create_chat_completion");
    await page.goto(`${scene.url}/docs#create_chat_completion`);
    await chat.locator(".method").first().getByText("POST").waitFor();
    await chat.getByText("200The answer, or its stream").click();
    await scene.shoot(page, `${theme}-operation`);
    const line = await chat.locator("pre code").first().innerText();
    assert.match(line, /^curl -X POST 'http:\/\/127\.0\.0\.1:\d+\/v1\/chat\/completions' \\\n {2}-H 'content-type: application\/json' \\\n {2}-d '\{.*"model":"auto"/);
  }
}

export async function is_small(scene) {
  const page = await scene.browser.newPage({ viewport: DESKTOP });
  let bytes = 0;
  const counted = [];
  page.on("response", async (response) => {
    const body = response.body().then((data) => { bytes += data.length; counted.push([new URL(response.url()).pathname, data.length]); });
    counted.pending = Promise.all([counted.pending, body.catch(() => {})]);
  });
  await page.goto(scene.url, { waitUntil: "networkidle" });
  await counted.pending;
  assert(bytes > 10_000, "the page was counted");
  assert(bytes <= MOST_BYTES, `${bytes} bytes: ${JSON.stringify(counted)}`);
  const docs = await (await fetch(`${scene.url}/docs`)).text();
  assert(Buffer.byteLength(docs) <= MOST_BYTES);
}
