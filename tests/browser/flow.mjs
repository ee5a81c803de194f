// Runs one flow: node flow.mjs NAME SERVER_URL UPSTREAM_URL SERVER_PID SCREENSHOT_FOLDER
import { Scene } from "./scene.mjs";
import * as asking from "./flows/asking.mjs";
import * as evidence from "./flows/evidence.mjs";
import * as chats from "./flows/chats.mjs";
import * as safety from "./flows/safety.mjs";
import * as access from "./flows/access.mjs";
import * as faults from "./flows/faults.mjs";

const [name, url, upstream, pid, screenshots] = process.argv.slice(2);
const flow = { ...asking, ...evidence, ...chats, ...safety, ...access, ...faults }[name];
if (!flow) throw new Error(`there is no flow ${name}`);

const scene = await Scene.open({ name, url, upstream, pid: Number(pid), screenshots });
let failure = null;
try {
  await flow(scene);
  scene.assertQuiet();
} catch (error) {
  failure = error;
  await scene.shootAll("failed").catch(() => {});
}
await scene.close();
if (failure) {
  console.error(failure);
  for (const line of scene.noise()) console.error(line);
  process.exit(1);
}
