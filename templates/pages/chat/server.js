/* Talking to the server: what is asked, what is streamed, and failures in words. */
class Refused extends Error {}
class Unreachable extends Error {}

async function request(path, options = {}) {
  const response = await fetch(path, options).catch((error) => {
    throw error.name === "AbortError" ? error : new Unreachable("The server can't be reached.");
  });
  if (response.ok) return response;
  const body = await response.json().catch(() => null);
  const refused = new Refused(clean(body?.error?.message) || `The server answered ${response.status}.`);
  refused.status = response.status;
  throw refused;
}

const read = async (path) => (await request(path)).json();
const post = (path, body, signal) =>
  request(path, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body), signal });
const conversationPath = (id) => `/v1/conversations/${encodeURIComponent(id)}`;

async function* eventsOf(response) {
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { value, done } = await reader.read().catch((error) => {
      throw error.name === "AbortError" ? error : new Unreachable("The connection broke before the answer was whole.");
    });
    if (done) throw new Unreachable("The connection ended before the answer did.");
    rest += value;
    const blocks = rest.split("\n\n");
    rest = blocks.pop();
    for (const block of blocks) {
      if (!block.startsWith("data: ")) continue;
      const data = block.slice(6);
      if (data === "[DONE]") return;
      yield JSON.parse(data);
    }
  }
}

/* The conversation that this tab shows; it is begun with the first message. */
const CHAT_KEPT = "microgpt.conversation";
let conversation = kept(sessionStorage, CHAT_KEPT);

function remember(id) {
  conversation = id;
  keep(sessionStorage, CHAT_KEPT, id);
}

async function openStream(content, signal) {
  const say = () => post(`${conversationPath(conversation)}/messages`, { content, stream: true }, signal);
  const begin = async () => remember((await (await post("/v1/conversations", {}, signal)).json()).id);
  if (!conversation) await begin();
  try {
    return await say();
  } catch (error) {
    if (error.status !== 404) throw error;
    await begin();
    return say();
  }
}
