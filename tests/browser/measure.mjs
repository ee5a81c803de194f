// Prints the page's first paint and bytes: node measure.mjs SERVER_URL
// Each visit has a new browser context, so nothing is cached; the first visit warms the browser up
// and isn't counted.
import { CHROMIUM, ARGUMENTS } from "./scene.mjs";
import { chromium } from "playwright-core";

const VISITS = 21;
const [url] = process.argv.slice(2);
const browser = await chromium.launch({ executablePath: CHROMIUM, args: ARGUMENTS });

async function visit() {
  const context = await browser.newContext({ viewport: { width: 1360, height: 860 } });
  const page = await context.newPage();
  const bodies = [];
  page.on("response", (response) => bodies.push(response.body().then((body) => body.length, () => 0)));
  await page.goto(url, { waitUntil: "networkidle" });
  const paint_ms = await page.evaluate(() => performance.getEntriesByName("first-contentful-paint")[0].startTime);
  const bytes = (await Promise.all(bodies)).reduce((sum, length) => sum + length, 0);
  await context.close();
  return { paint_ms, bytes };
}

const visits = [];
for (let count = 0; count < VISITS; count += 1) visits.push(await visit());
await browser.close();
const paints = visits.slice(1).map(({ paint_ms }) => paint_ms).sort((a, b) => a - b);
const at = (share) => paints[Math.min(paints.length - 1, Math.floor(paints.length * share))].toFixed(0);
console.log(`first contentful paint, ${paints.length} visits: p50 ${at(0.5)} ms, p95 ${at(0.95)} ms, most ${at(1)} ms (must be at most 150)`);
console.log(`bytes in all, the page and what it asks for: ${Math.max(...visits.map(({ bytes }) => bytes))} (must be at most 102400)`);
