// Asking, reading, copying, stopping.
import assert from "node:assert/strict";
import { ask, type, untilWhole, DOCUMENT_QUESTION, FAQ_QUESTION, LARGE_QUESTION } from "../scene.mjs";

export async function asks_and_streams(scene) {
  const page = await scene.visit();
  await type(page, "Tell a story and hold it in the middle");
  await page.getByText("The first line of a longer thought.").waitFor();
  assert.equal(await page.locator(".answer .tools").count(), 0, "the answer is not whole yet");
  assert.equal(await page.textContent("#send"), "Stop");
  await scene.shoot(page, "streaming");
  // What was read already stays the same element while more comes: nothing flickers.
  await page.evaluate(() => { window.early = document.querySelector(".answer .prose p"); });
  await scene.release();
  await untilWhole(page);
  assert(await page.evaluate(() => window.early.isConnected), "the first paragraph was not written anew");
  assert.match(await page.locator(".answer .said").innerText(), /the end of it\.$/);
  assert.equal(await page.textContent("#send"), "Send");
  await scene.shoot(page, "whole");
}

export async function shows_markdown_and_code(scene) {
  for (const theme of ["light", "dark"]) {
    const page = await scene.visit({ theme });
    const answer = await ask(page, LARGE_QUESTION);
    const shown = answer.locator(".said");
    assert.equal(await shown.locator("h4").innerText(), "Two ways to add up a column");
    assert.equal(await shown.locator("strong").innerText(), "short plan");
    assert.equal(await shown.locator("ol > li").count(), 3);
    assert.equal(await shown.locator("ol ul ul li").innerText(), "really blank ones");
    assert.equal(await shown.locator("figcaption .language").innerText(), "python");
    assert.match(await shown.locator("pre code").innerText(), /^def total\(.*\n {4}"""Sum/);
    assert.equal(await shown.locator("tbody tr").count(), 2);
    assert.equal(await shown.locator("td em").innerText(), "everything");
    assert.equal(await shown.locator("td.right").first().innerText(), "12 ms");
    assert.match(await shown.locator("blockquote").innerText(), /^Measure/);
    const links = await shown.locator("a").evaluateAll((all) => all.map(({ href, rel }) => [href, rel]));
    assert.deepEqual(links, [["https://example.com/manual", "noopener noreferrer"], ["mailto:help@example.com", "noopener noreferrer"]]);
    await scene.shoot(page, `${theme}-end`);
    await page.evaluate(() => { document.querySelector("#scroll").scrollTop = 0; });
    await scene.shoot(page, theme);
  }
}

export async function copies_an_answer_and_its_code(scene) {
  const page = await scene.visit({ permissions: ["clipboard-read", "clipboard-write"] });
  const clipboard = () => page.evaluate(() => navigator.clipboard.readText());
  const answer = await ask(page, LARGE_QUESTION);
  // It says so for a moment only: the ear is there before the press.
  const told = answer.getByText("Copied").waitFor();
  await answer.getByRole("button", { name: "Copy the python code" }).click();
  await told;
  assert.match(await clipboard(), /^def total[\s\S]*"cancelled"\)$/);
  await answer.getByRole("button", { name: "Copy the answer" }).click();
  await page.waitForFunction(async () => (await navigator.clipboard.readText()).startsWith("## Two ways"));
}

export async function stops_an_answer_and_asks_again(scene) {
  const page = await scene.visit();
  await type(page, "Tell a story and hold it in the middle");
  await page.getByText("The first line of a longer thought.").waitFor();
  await page.getByRole("button", { name: "Stop" }).click();
  await page.getByText("Stopped.").waitFor();
  await scene.untilUpstream(({ left }) => left === 1);
  assert.match(await page.locator(".answer .said").innerText(), /^The first line/, "what was written stays");
  await scene.shoot(page, "stopped");
  await page.getByRole("button", { name: "Try again" }).click();
  await scene.untilUpstream(({ held }) => held === 1);
  await scene.release();
  await untilWhole(page);
  assert.equal(await page.locator(".answer").count(), 1);
}

export async function names_route_reason_cost_and_time(scene) {
  const page = await scene.visit();
  const expected = [
    [FAQ_QUESTION, "faq", "Approved answer", /^An approved answer fits your question, word for word \(\d+% sure\)\.$/, "no cost"],
    [DOCUMENT_QUESTION, "knowledge", "Knowledge base", /^A document answers this .* checked against it\.$/, "no cost"],
    [LARGE_QUESTION, "escalate", "Large model", /^This asks for .+, so a large model was asked\.$/, "$0.0035"],
    ["Thanks a lot!", "faq", "Courtesy", /^A short courtesy/, "no cost"],
  ];
  for (const [question, route, badge, reason, cost] of expected) {
    const answer = await ask(page, question);
    assert.equal(await answer.locator(".badge").getAttribute("data-route"), route);
    assert.equal(await answer.locator(".badge").innerText(), badge);
    assert.match(await answer.locator(".reason").innerText(), reason);
    assert.equal(await answer.locator(".cost").innerText(), cost);
    assert.match(await answer.locator(".time").innerText(), /^(under 1 ms|\d+ ms|\d+\.\d s)$/);
    await scene.shoot(page, badge.toLowerCase().replace(" ", "-"));
  }
  await page.locator(".answer").nth(2).getByText("Details").click();
  await page.getByText("escalated to 'large'").waitFor();
  await page.getByRole("button", { name: "New chat" }).click();
  const again = await ask(page, FAQ_QUESTION);
  assert.equal(await again.locator(".badge").innerText(), "Answered before");
}

export async function announces_a_finished_answer_once(scene) {
  const page = await scene.visit();
  await page.evaluate(() => {
    window.heard = [];
    new MutationObserver(() => { const text = announcer.textContent; if (text) window.heard.push(text); })
      .observe(announcer, { childList: true, characterData: true, subtree: true });
  });
  await ask(page, "Tell a story");
  await page.waitForFunction(() => window.heard.some((text) => text.startsWith("Answer: ")));
  const heard = await page.evaluate(() => window.heard);
  assert.equal(heard.filter((text) => text.startsWith("Answer: ")).length, 1);
  assert(heard.length <= 2, "the parts of the answer are not announced");
  assert.match(heard.at(-1), /the end of it\.$/);
  assert.equal(await page.locator("#log[aria-live], #log [aria-live], #log[role=log]").count(), 0);
}
