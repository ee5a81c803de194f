// For every screen, keyboard and ear.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { ask, type, untilWhole, DOCUMENT_QUESTION, FAQ_QUESTION, LARGE_QUESTION, PHONE } from "../scene.mjs";

const axeSource = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const groundOf = (page) => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
const LIGHT = "rgb(247, 248, 246)", DARK = "rgb(17, 22, 21)";

export async function says_when_no_large_model_is_connected(scene) {
  for (const [theme, viewport] of [["light", undefined], ["dark", PHONE]]) {
    const page = await scene.visit({ theme, viewport });
    await page.getByRole("heading", { name: "No large model is connected" }).waitFor();
    await page.getByText("How to connect one").click();
    const notice = await page.locator("#notice").innerText();
    for (const word of ["OPENAI_API_KEY", "ANTHROPIC_API_KEY", "[[upstreams]]", "microgpt.toml"]) assert(notice.includes(word), word);
    await scene.shoot(page, theme);
    await page.getByRole("button", { name: "Close this notice" }).click();
    assert.equal(await page.locator("#notice").isVisible(), false);
    const answer = await ask(page, LARGE_QUESTION);
    assert.match(await answer.locator(".reason").innerText(), /large model, but none is connected/);
    await scene.shoot(page, `${theme}-degraded`);
  }
}

export async function follows_and_remembers_light_and_dark(scene) {
  const page = await scene.visit({ theme: "dark" });
  assert.equal(await groundOf(page), DARK, "it follows the system");
  await page.emulateMedia({ colorScheme: "light" });
  assert.equal(await groundOf(page), LIGHT);
  const toggle = page.locator("#theme");
  await toggle.click();
  await toggle.click();
  assert.equal(await toggle.getAttribute("aria-label"), "Theme: dark");
  assert.equal(await groundOf(page), DARK, "a choice wins over the system");
  await page.reload();
  assert.equal(await groundOf(page), DARK, "it is remembered");
  await page.goto(`${scene.url}/docs`);
  assert.equal(await groundOf(page), DARK, "on the other page too");
  await toggle.click();
  assert.equal(await groundOf(page), LIGHT, "and given up again");
  // The notice tells whether a model is connected; here one is.
  await page.goto(scene.url);
  await page.locator(".suggestion").first().waitFor();
  assert.equal(await page.locator("#notice").isVisible(), false);
}

export async function fits_a_phone(scene) {
  for (const width of [320, PHONE.width]) {
    const page = await scene.visit({ viewport: { width, height: 740 }, theme: width === 320 ? "light" : "dark" });
    const assertFits = async (what) => {
      const wide = await page.evaluate(() => document.documentElement.scrollWidth);
      assert(wide <= width, `${what}: ${wide} of ${width}`);
      const far = await page.locator("#scroll").evaluate((node) => node.scrollWidth - node.clientWidth);
      assert(far <= 0, `${what}: the conversation is ${far} too wide`);
    };
    await page.locator(".suggestion").first().waitFor();
    await assertFits("welcome");
    await ask(page, LARGE_QUESTION);
    await assertFits("an answer with code and a table");
    await scene.shoot(page, `${width}`);
    await ask(page, "A".repeat(400));
    await assertFits("a word without an end");
    await page.locator(".thumb.up").last().click();
    await page.locator(".comment").waitFor();
    await page.locator(".why summary").last().click();
    await assertFits("comment and details");
    await scene.shoot(page, `${width}-details`);
    await page.goto(`${scene.url}/docs`);
    await page.locator(".operation").first().waitFor();
    await assertFitsPage(page, width);
    await scene.shoot(page, `${width}-docs`);
  }
}

async function assertFitsPage(page, width) {
  const wide = await page.evaluate(() => document.documentElement.scrollWidth);
  assert(wide <= width, `docs: ${wide} of ${width}`);
}

// Presses Tab until what has the focus fits; fails when it comes round without.
async function tabTo(page, selector) {
  for (let presses = 0; presses < 60; presses += 1) {
    if (await page.evaluate((wanted) => document.activeElement.matches(wanted), selector)) return;
    await page.keyboard.press("Tab");
  }
  assert.fail(`Tab never comes to ${selector}`);
}

export async function works_by_keyboard_alone(scene) {
  const page = await scene.visit();
  await page.locator(".suggestion").first().waitFor();
  // One can type at once.
  await page.waitForFunction(() => document.activeElement.id === "text");
  await page.keyboard.type(DOCUMENT_QUESTION);
  await page.keyboard.press("Shift+Enter");
  await page.keyboard.press("Backspace");
  await page.keyboard.press("Enter");
  await untilWhole(page);
  await page.evaluate(() => { document.activeElement.blur(); });
  await page.keyboard.press("Tab");
  await tabTo(page, ".cite");
  const outline = await page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle);
  assert.equal(outline, "solid", "the focus is seen");
  await scene.shoot(page, "focus");
  await page.keyboard.press("Enter");
  await page.locator("#source mark").first().waitFor();
  await tabTo(page, "#close-source");
  await page.keyboard.press("Enter");
  assert(await page.evaluate(() => document.activeElement.matches(".cite")));
  await tabTo(page, ".thumb.up");
  await page.keyboard.press("Space");
  await page.locator(".comment textarea").waitFor();
  await page.keyboard.press("Escape");
  assert(await page.evaluate(() => document.activeElement.matches(".thumb.up")));
  await page.goto(scene.url);
  await page.locator(".answer .tools").waitFor();
  await page.evaluate(() => { document.activeElement.blur(); window.getSelection().removeAllRanges(); });
  await page.keyboard.press("Shift+Tab");
  await tabTo(page, ".skip");
  await page.keyboard.press("Enter");
  await page.keyboard.press("Tab");
  await tabTo(page, "#text");
  await tabTo(page, "#open-history");
  await page.keyboard.press("Enter");
  await page.locator("#history").waitFor({ state: "hidden" });
  await page.keyboard.press("Enter");
  await page.locator("#history").waitFor();
  await tabTo(page, ".chat-link");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  assert.equal(await page.evaluate(() => document.activeElement.textContent), "Delete");
  await page.keyboard.press("Enter");
  await page.getByText("No chats yet.").waitFor();
  await page.getByText("What would you like to know?").waitFor();
}

async function assertAccessible(page, what) {
  if (!await page.evaluate(() => Boolean(window.axe))) await page.evaluate(axeSource);
  const { violations } = await page.evaluate(() => window.axe.run({ resultTypes: ["violations"] }));
  const grave = violations.filter(({ impact }) => ["serious", "critical"].includes(impact));
  assert.deepEqual(grave.map(({ id, nodes }) => [what, id, ...nodes.map(({ html, failureSummary }) => `${html} ${failureSummary}`)]), []);
}

export async function has_nothing_serious_for_axe(scene) {
  for (const theme of ["light", "dark"]) {
    for (const viewport of [undefined, PHONE]) {
      const page = await scene.visit({ theme, viewport, bypassCSP: true });
      const where = `${theme} ${viewport ? "phone" : "desktop"}`;
      await page.locator(".suggestion").first().waitFor();
      await page.getByText("How to connect one").click();
      await assertAccessible(page, `${where}: welcome with notice`);
      await ask(page, FAQ_QUESTION);
      await ask(page, LARGE_QUESTION);
      await page.locator(".why summary").last().click();
      await page.locator(".thumb.down").first().click();
      await page.locator(".comment").waitFor();
      await assertAccessible(page, `${where}: answers`);
      await page.locator(".source-link").first().click();
      await page.locator("#source mark").first().waitFor();
      await assertAccessible(page, `${where}: source`);
      await page.keyboard.press("Escape");
      if (viewport) await page.getByRole("button", { name: "Past chats" }).click();
      await page.locator("#wanted").fill("30 days");
      await page.locator(".excerpt").first().waitFor();
      await page.locator(".chat .icon").first().click();
      await assertAccessible(page, `${where}: past chats`);
      await page.route("**/messages", (route) => route.abort());
      await page.keyboard.press("Escape");
      if (viewport) await page.locator("#close-history").click();
      await type(page, "Is anyone there?");
      await page.getByRole("alert").first().waitFor();
      await assertAccessible(page, `${where}: failure`);
    }
  }
}

export async function has_nothing_serious_for_axe_in_the_interface(scene) {
  for (const [theme, viewport] of [["light", undefined], ["dark", PHONE]]) {
    const page = await scene.visit({ route: "/docs", theme, viewport, bypassCSP: true });
    await page.locator(".operation").first().waitFor();
    await page.evaluate(() => { for (const node of document.querySelectorAll("#create_chat_completion details")) node.open = true; });
    await assertAccessible(page, `${theme}: docs`);
  }
}
