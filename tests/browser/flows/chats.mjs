// New chats and past ones.
import assert from "node:assert/strict";
import { ask, type, untilWhole, FAQ_QUESTION, LARGE_QUESTION, PHONE } from "../scene.mjs";

export async function begins_a_new_chat(scene) {
  const page = await scene.visit();
  await ask(page, FAQ_QUESTION);
  await page.getByRole("button", { name: "New chat" }).click();
  await page.getByText("What would you like to know?").waitFor();
  assert.equal(await page.locator(".question").count(), 0);
  assert.equal(await page.evaluate(() => document.activeElement.id), "text");
  await ask(page, "How much does shipping cost?");
  assert.equal((await scene.api("/v1/conversations")).data.length, 2);
}

export async function keeps_the_focus_in_the_list_when_an_answer_ends(scene) {
  const page = await scene.visit();
  await ask(page, FAQ_QUESTION);
  await page.getByRole("button", { name: "New chat" }).click();
  await type(page, "Tell a story and hold it in the middle");
  await page.getByText("The first line of a longer thought.").waitFor();
  const remove = page.getByRole("button", { name: `Delete the chat “${FAQ_QUESTION}”` });
  await remove.focus();
  await scene.release();
  await untilWhole(page);
  await page.waitForFunction(() => document.querySelectorAll(".chat").length === 2);
  assert(await remove.evaluate((node) => node === document.activeElement));
}

export async function lists_searches_reopens_and_deletes_chats(scene) {
  const page = await scene.visit();
  await ask(page, FAQ_QUESTION);
  await page.getByRole("button", { name: "New chat" }).click();
  await ask(page, LARGE_QUESTION);
  const titles = page.locator(".chat .title");
  await page.waitForFunction(() => document.querySelectorAll(".chat").length === 2);
  assert.deepEqual(await titles.allInnerTexts(), [LARGE_QUESTION, FAQ_QUESTION]);
  await scene.shoot(page, "listed");

  // A word of an answer, not of a question.
  await page.getByLabel("Search past chats").fill("30 DAYS of");
  await page.waitForFunction(() => document.querySelectorAll(".chat").length === 1);
  assert.deepEqual(await titles.allInnerTexts(), [FAQ_QUESTION]);
  assert.match(await page.locator(".excerpt mark").innerText(), /30 days of/i);
  await scene.shoot(page, "searched");

  await titles.first().click();
  await page.locator(".question").getByText(FAQ_QUESTION).waitFor();
  assert.equal(await page.locator(".answer .badge").innerText(), "Approved answer");
  assert.equal(await page.locator(".answer .source-link").count(), 1);

  await page.getByLabel("Search past chats").fill("");
  await page.waitForFunction(() => document.querySelectorAll(".chat").length === 2);
  const remove = page.getByRole("button", { name: `Delete the chat “${LARGE_QUESTION}”` });
  await remove.click();
  await page.getByRole("button", { name: "Keep" }).click();
  assert.equal((await scene.api("/v1/conversations")).data.length, 2, "kept");
  await remove.click();
  await scene.shoot(page, "confirm");
  await page.getByRole("button", { name: "Delete", exact: true }).click();
  await page.waitForFunction(() => document.querySelectorAll(".chat").length === 1);
  const left = (await scene.api("/v1/conversations")).data;
  assert.deepEqual(left.map(({ title }) => title), [FAQ_QUESTION]);

  await page.getByLabel("Search past chats").fill("nowhere to be found");
  await page.getByText("No chat has").waitFor();

  const phone = await scene.visit({ viewport: PHONE });
  await phone.getByRole("button", { name: "Past chats" }).click();
  await phone.locator(".chat").first().waitFor();
  await scene.shoot(phone, "phone");
  await phone.locator(".chat-link").first().click();
  await phone.locator("#history").waitFor({ state: "hidden" });
  await phone.locator(".question").getByText(FAQ_QUESTION).waitFor();
}
