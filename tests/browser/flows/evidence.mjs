// Sources, feedback, suggestions.
import assert from "node:assert/strict";
import { ask, untilWhole, DOCUMENT_QUESTION, FAQ_QUESTION, PHONE } from "../scene.mjs";

export async function opens_a_source_beside_the_answer(scene) {
  const page = await scene.visit();
  const answer = await ask(page, DOCUMENT_QUESTION);
  const cite = answer.getByRole("button", { name: /^Source 1/ });
  await cite.click();
  await page.locator("#source mark").first().waitFor();
  assert.match(await page.locator("#source-title").innerText(), /Heron kettle/);
  assert.match((await page.locator("#source mark").allInnerTexts()).join(" "), /descaled every six weeks/);
  assert.match(await page.locator("#source-text").innerText(), /holds 1\.7 litres/, "the document around the passage is there");
  assert(!(await page.locator("#source mark").allInnerTexts()).join(" ").includes("1.7 litres"), "only the passage is marked");
  const [text, panel] = [await answer.boundingBox(), await page.locator("#source").boundingBox()];
  assert(text.x + text.width <= panel.x, "it stands beside the answer");
  assert.equal(await page.evaluate(() => document.activeElement.id), "source-title");
  assert.equal(await page.locator("#source a").getAttribute("href"), "https://shop.example/manuals/heron");
  await scene.shoot(page, "desktop");
  await page.keyboard.press("Escape");
  await page.locator("#source").waitFor({ state: "hidden" });
  assert(await cite.evaluate((node) => node === document.activeElement), "focus comes back");
  // The browser tells of a closed dialog in a task of its own.
  await page.locator(".cited").waitFor({ state: "detached" });

  const faq = await ask(page, FAQ_QUESTION);
  await faq.locator(".source-link").click();
  await page.locator("#source mark").first().waitFor();
  assert.match(await page.locator("#source mark").first().innerText(), /within 30 days of delivery/);

  const phone = await scene.visit({ viewport: PHONE, theme: "dark" });
  await (await ask(phone, DOCUMENT_QUESTION)).locator(".source-link").first().click();
  await phone.locator("#source mark").first().waitFor();
  const cover = await phone.locator("#source").boundingBox();
  assert.equal(Math.round(cover.width), PHONE.width, "it covers a phone's screen");
  await scene.shoot(phone, "phone-dark");
  await phone.getByRole("button", { name: "Close the source" }).click();
  await phone.locator("#source").waitFor({ state: "hidden" });
  assert.match(await phone.evaluate(() => document.activeElement.className), /source-link/);
}

export async function falls_back_to_the_passage_of_a_changed_source(scene) {
  const page = await scene.visit();
  await page.route("**/v1/knowledge/source?*", (route) => route.fulfill({ status: 404, json: { error: { message: "gone" } } }));
  const answer = await ask(page, DOCUMENT_QUESTION);
  await answer.locator(".source-link").first().click();
  await page.getByText("The knowledge base has changed since").waitFor();
  assert.match(await page.locator("#source mark").first().innerText(), /Heron kettle/);
  await scene.shoot(page, "desktop");
}

export async function keeps_thumbs_and_comments(scene) {
  const page = await scene.visit();
  const answer = await ask(page, FAQ_QUESTION);
  await answer.getByRole("button", { name: "Bad answer" }).click();
  const words = page.getByLabel(/What was wrong with it\?/);
  await words.waitFor();
  assert.equal(await page.evaluate(() => document.activeElement.tagName), "TEXTAREA");
  await scene.shoot(page, "form");
  await words.fill("The number of days is outdated.");
  const sent = page.waitForResponse((response) => response.url().endsWith("/feedback") && response.request().postData().includes("comment"));
  await page.getByRole("button", { name: "Send comment" }).click();
  const response = await sent;
  assert.equal(response.status(), 200);
  assert.deepEqual(response.request().postDataJSON(), { rating: -1, comment: "The number of days is outdated." });
  await answer.getByText("Thank you for your comment.").waitFor();
  await scene.shoot(page, "thanks");
  const id = (await scene.api("/v1/conversations")).data[0].id;
  const stored = (await scene.api(`/v1/conversations/${id}`)).messages.at(-1);
  assert.equal(stored.rating, -1);
  await answer.getByRole("button", { name: "Good answer" }).click();
  await page.getByRole("button", { name: "No comment" }).click();
  await page.reload();
  await page.locator(".thumb.up[aria-pressed=true]").waitFor();
  assert.equal(await page.locator(".thumb.down[aria-pressed=true]").count(), 0);
}

export async function suggests_questions_of_the_knowledge_base(scene) {
  const page = await scene.visit();
  await page.locator(".suggestion").first().waitFor();
  const shown = await page.locator(".suggestion").allInnerTexts();
  const { data } = await scene.api("/v1/knowledge/suggestions?limit=4");
  assert.deepEqual(shown, data.map(({ question }) => question));
  assert(shown.length >= 2);
  for (const [theme, viewport] of [["light", undefined], ["dark", PHONE]]) {
    const other = await scene.visit({ theme, viewport });
    await other.locator(".suggestion").first().waitFor();
    await scene.shoot(other, theme);
  }
  await page.locator(".suggestion").first().click();
  await untilWhole(page);
  assert.equal(await page.locator(".question .said").innerText(), shown[0]);
  assert.equal(await page.locator(".badge").getAttribute("data-route"), "faq");
}
