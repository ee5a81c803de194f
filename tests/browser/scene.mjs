// A browser with the pages of one flow, and an ear for all they must not do: ask other hosts, open
// dialogs, break the policy, throw.
import assert from "node:assert/strict";
import path from "node:path";
import { chromium } from "playwright-core";

export const CHROMIUM = "/usr/bin/chromium";
export const ARGUMENTS = [
  "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
  "--disable-background-networking", "--disable-component-update", "--disable-sync",
];
export const DESKTOP = { width: 1360, height: 860 };
export const PHONE = { width: 390, height: 800 };
// Only what never comes is waited for so long: a loaded machine may take its time.
const PATIENCE_MS = 120_000;

export class Scene {
  static async open(given) {
    const scene = new Scene();
    Object.assign(scene, given, { foreign: [], dialogs: [], errors: [], contexts: [] });
    // A fresh profile in a temporary folder each time.
    scene.browser = await chromium.launch({ executablePath: CHROMIUM, args: ARGUMENTS, timeout: PATIENCE_MS });
    return scene;
  }

  // A new visitor on `route`. With `bypassCSP` scripts can be brought in from outside, for axe only.
  async visit({ route = "/", viewport = DESKTOP, theme = "light", ...more } = {}) {
    const context = await this.browser.newContext({ viewport, colorScheme: theme, reducedMotion: "reduce", ...more });
    context.setDefaultTimeout(PATIENCE_MS);
    this.contexts.push(context);
    await context.addInitScript(() => {
      window.violations = [];
      document.addEventListener("securitypolicyviolation", (event) => window.violations.push(`${event.violatedDirective} ${event.blockedURI}`));
    });
    context.on("request", (request) => {
      const address = request.url();
      if (!address.startsWith(`${this.url}/`) && !address.startsWith("data:")) this.foreign.push(address);
    });
    context.on("dialog", (dialog) => { this.dialogs.push(dialog.message()); dialog.dismiss(); });
    context.on("weberror", (error) => this.errors.push(String(error.error())));
    context.on("console", (message) => {
      const refused = /Content Security Policy|Refused to|TrustedHTML|TrustedScript/.test(message.text());
      if (refused) this.errors.push(message.text());
    });
    const page = await context.newPage();
    await page.goto(this.url + route);
    return page;
  }

  async shoot(page, what) {
    await page.screenshot({ path: path.join(this.screenshots, `${this.name}-${what}.png`) });
  }

  async shootAll(what) {
    const pages = this.contexts.flatMap((context) => context.pages());
    for (const [place, page] of pages.entries()) await this.shoot(page, `${what}-${place}`);
  }

  noise() {
    return [...this.foreign.map((address) => `asked ${address}`), ...this.dialogs.map((text) => `dialog ${text}`), ...this.errors];
  }

  assertQuiet() {
    assert.deepEqual(this.noise(), []);
  }

  async close() {
    await this.browser.close();
  }

  async release() {
    await fetch(`${this.upstream}/release`, { method: "POST" });
  }

  async api(route) {
    return (await fetch(this.url + route)).json();
  }

  // Waits until the stand-in's state fits: it is asked again and again, each time anew.
  async untilUpstream(fits) {
    const limit = Date.now() + PATIENCE_MS;
    for (;;) {
      const state = await (await fetch(`${this.upstream}/state`)).json();
      if (fits(state)) return state;
      assert(Date.now() < limit, `the stand-in is at ${JSON.stringify(state)}`);
    }
  }
}

// Types a question and sends it.
export async function type(page, question) {
  await page.fill("#text", question);
  await page.press("#text", "Enter");
}

// Waits until the answer at `place` is whole. Its tools come with the last words; only after the end
// of the stream does the page take the next question.
export async function untilWhole(page, place = 0) {
  await page.locator(".answer .tools").nth(place).waitFor();
  await page.locator("#send:not(.stop)").waitFor();
}

// Asks and waits for the whole answer.
export async function ask(page, question) {
  const before = await page.locator(".answer .tools").count();
  await type(page, question);
  await untilWhole(page, before);
  return page.locator(".answer").last();
}

export const DOCUMENT_QUESTION = "How often should the Heron kettle be descaled?";
export const FAQ_QUESTION = "How long do I have to return an item?";
export const LARGE_QUESTION = "Compare two ways to sum up a table in Python";
