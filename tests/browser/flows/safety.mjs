// Hostile answers and documents run nothing and load nothing; the scene listens for what they try.
import assert from "node:assert/strict";
import { ask, type, untilWhole } from "../scene.mjs";

const UNSEEN = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/;

async function assertHarmless(page) {
  assert.equal(await page.evaluate(() => window.ran), undefined, "no script ran");
  assert.deepEqual(await page.evaluate(() => window.violations), [], "nothing was even tried");
  const strangers = "#log :is(script, img, iframe, object, embed, style, base, link, form[action], svg:not([aria-hidden])), #source :is(script, img, iframe)";
  assert.equal(await page.locator(strangers).count(), 0);
  const links = await page.locator("a[href]").evaluateAll((all) => all.map((link) => link.protocol));
  for (const protocol of links) assert(["http:", "https:", "mailto:"].includes(protocol), protocol);
  const handlers = await page.evaluate(() => [...document.querySelectorAll("*")].flatMap((node) => node.getAttributeNames().filter((name) => name.startsWith("on"))));
  assert.deepEqual(handlers, []);
  assert.doesNotMatch(await page.locator("body").innerText(), UNSEEN, "no character that is not seen");
}

export async function runs_nothing_from_a_hostile_answer(scene) {
  const page = await scene.visit();
  const answer = await ask(page, "Something hostile\u202E\u0007 please, in a poem");
  assert.match(await answer.innerText(), /<script>window\.ran = 1; alert\(1\)<\/script>/, "markup is shown as text");
  const links = await answer.locator(".said a").evaluateAll((all) => all.map((link) => link.href));
  assert.deepEqual(links, ["https://tracker.example/pixel.png", "https://example.com/good"], "an image is a link, and asks nothing");
  assert.match(await answer.innerText(), /invoicegnp\.exe hidden bell escape\[31m/);
  await assertHarmless(page);
  await scene.shoot(page, "answer");
  await page.reload();
  await page.locator(".answer .tools").waitFor();
  await assertHarmless(page);
}

export async function runs_nothing_from_a_hostile_document(scene) {
  const page = await scene.visit();
  await page.locator(".suggestion").first().waitFor();
  await assertHarmless(page);
  await scene.shoot(page, "suggestions");
  for (const question of ["How often should the Zephyr pump be oiled?", "How do I open the invoice?"]) {
    const answer = await ask(page, question);
    await answer.locator(".source-link").first().click();
    await page.locator("#source mark").first().waitFor();
    await assertHarmless(page);
    assert.equal(await page.locator("#source-facts a").count(), 0, "its address is no web address");
    const file = question.includes("pump") ? "pump\\u{202e}fdp.\\u{7}.md" : "harm.faq.yaml";
    assert.equal(await page.locator("#source-facts bdi").innerText(), file, "its name shows what is hidden in it");
    await scene.shoot(page, question.includes("pump") ? "document" : "entry");
  }
}

export async function reads_hostile_markdown_in_bounded_time(scene) {
  const page = await scene.visit();
  await type(page, "Write a poem that is very deep and long");
  // The default patience of a locator bounds it; a renderer that looks back too far takes longer.
  await untilWhole(page);
  assert.match(await page.locator(".answer .said").innerText(), /The end of it\.$/);
  await assertHarmless(page);
}

export async function serves_a_strict_policy(scene) {
  for (const route of ["/", "/docs"]) {
    const response = await fetch(scene.url + route);
    const policy = new Map(response.headers.get("content-security-policy").split("; ").map((line) => {
      const [name, ...values] = line.split(" ");
      return [name, values];
    }));
    assert.deepEqual(policy.get("default-src"), ["'none'"]);
    for (const name of ["script-src", "style-src"]) {
      assert(policy.get(name).length > 0);
      for (const value of policy.get(name)) assert.match(value, /^'sha256-[A-Za-z0-9+/]{43}='$/, "only hashes");
    }
    assert.deepEqual(policy.get("connect-src"), ["'self'"]);
    for (const name of ["base-uri", "form-action", "frame-ancestors"]) assert.deepEqual(policy.get(name), ["'none'"]);
    assert.deepEqual(policy.get("require-trusted-types-for"), ["'script'"]);
    assert.equal(response.headers.get("x-content-type-options"), "nosniff");
  }
  // The browser keeps to it: a script that is brought in does not run.
  const page = await scene.visit();
  await page.evaluate(() => {
    const script = document.createElement("script");
    try { script.textContent = "window.ran = 1"; document.body.append(script); } catch { /* a trusted type is asked for */ }
  });
  assert.equal(await page.evaluate(() => window.ran), undefined);
  // And the page is told, in a task of its own.
  await page.waitForFunction(() => window.violations.length > 0);
  // Its complaints are all in when it is closed.
  await page.context().close();
  scene.errors.length = 0;
}
