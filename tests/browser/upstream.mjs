// A stand-in for a large model that speaks OpenAI's protocol. What it answers is told by a word in
// the question; "hold" makes it wait in the middle of its answer until POST /release.
import http from "node:http";
import { answerTo } from "./answers.mjs";

const held = new Set();
let left = 0;

const chunk = (delta, finish = null, more = {}) => `data: ${JSON.stringify({
  id: "chatcmpl-1", object: "chat.completion.chunk", created: 1, model: "large-1",
  choices: [{ index: 0, delta, finish_reason: finish }], ...more,
})}\n\n`;

async function stream(question, response) {
  const text = answerTo(question);
  const pieces = text.match(/[\s\S]{1,12}/gu);
  const middle = Math.ceil(pieces.length / 2);
  response.writeHead(200, { "content-type": "text/event-stream" });
  response.write(chunk({ role: "assistant", content: "" }));
  for (const [place, piece] of pieces.entries()) {
    if (place === middle && question.includes("hold")) {
      await new Promise((release) => {
        held.add(release);
        response.on("close", () => { if (held.delete(release)) left += 1; });
      });
    }
    response.write(chunk({ content: piece }));
    await new Promise(setImmediate);
  }
  response.write(chunk({}, "stop", { usage: { prompt_tokens: 200, completion_tokens: 300, total_tokens: 500 } }));
  response.end("data: [DONE]\n\n");
}

const server = http.createServer((request, response) => {
  let body = "";
  request.on("data", (data) => { body += data; });
  request.on("end", () => {
    if (request.url === "/release") {
      for (const release of held) release();
      held.clear();
      return response.end();
    }
    if (request.url === "/state") return response.end(JSON.stringify({ held: held.size, left }));
    return stream(String(JSON.parse(body).messages.at(-1).content), response);
  });
});
server.listen(0, "127.0.0.1", () => console.log(`listening on http://127.0.0.1:${server.address().port}`));
