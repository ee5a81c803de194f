/* The page as a whole: the message field, the welcome, the notice, readiness, and the start. */
const text = $("text"), send = $("send"), hint = $("hint"), state = $("state");
const maxBytes = Number(document.body.dataset.maxMessageBytes);
const usualHint = hint.textContent;
const NOTICE_KEPT = "microgpt.notice";

function showRunning(isRunning) {
  send.textContent = isRunning ? "Stop" : "Send";
  send.classList.toggle("stop", isRunning);
  fit();
}

function fit() {
  text.style.height = "";
  if (text.value) text.style.height = `${text.scrollHeight}px`;
  const over = new TextEncoder().encode(text.value).length - maxBytes;
  hint.classList.toggle("bad", over > 0);
  hint.textContent = over > 0 ? `Too long by ${over} bytes.` : usualHint;
  send.disabled = !running && (over > 0 || !text.value.trim());
}

function ask(content) {
  if (running || !content.trim()) return;
  showQuestion(content);
  scroller.scrollTop = scroller.scrollHeight;
  answerTo(content);
}

/* ---- chats ---- */

function leaveChat() {
  const left = running;
  running = null;
  left?.abort();
  showRunning(false);
  sourcePanel.close();
  log.replaceChildren();
}

function freshChat() {
  leaveChat();
  remember(null);
  welcome();
}

function showChat(messages) {
  for (const message of messages) {
    if (message.role === "user") showQuestion(message.content);
    if (message.role === "assistant") showStored(message);
  }
  if (!messages.length) welcome();
  scroller.scrollTop = scroller.scrollHeight;
}

function welcome() {
  const tries = make("ul", "tries");
  log.replaceChildren(make("div", "welcome", null,
    make("h2", "", "What would you like to know?"),
    make("p", "quiet", "Approved answers come first, then documents, then a large model. Each answer shows where it comes from."),
    tries));
  suggest(tries);
}

async function suggest(tries) {
  const { data = [] } = await read("/v1/knowledge/suggestions?limit=4").catch(() => ({}));
  tries.replaceChildren(...data.map(({ question }) => {
    const suggestion = button("suggestion", null, () => ask(clean(question)), nameOf(question));
    return make("li", "", null, suggestion);
  }));
}

/* ---- the server ---- */

async function showNotice() {
  const { data = [] } = await read("/v1/models").catch(() => ({ data: [{ owned_by: "upstream" }] }));
  const isConnected = data.some((model) => model.owned_by === "upstream");
  $("notice").hidden = isConnected || kept(sessionStorage, NOTICE_KEPT) === "closed";
}

/* Waits until the server takes questions, and says what it waits for. */
let watching = null;
function watchServer() {
  watching ??= (async () => {
    let hasWaited = false;
    for (;;) {
      const status = await fetch("/readyz").then((response) => response.status, () => 0);
      const words = status === 200 ? "" : status ? "Loading" : "Server unreachable";
      if (state.textContent !== words) state.textContent = words;
      if (status === 200) break;
      hasWaited = true;
      await new Promise((resolve) => setTimeout(resolve, 1000));
    }
    watching = null;
    if (hasWaited) listChats();
  })();
  return watching;
}

async function restore() {
  if (!conversation) return;
  try {
    const { messages = [] } = await read(conversationPath(conversation));
    if (!messages.length || running || log.querySelector(".said")) return;
    log.replaceChildren();
    showChat(messages);
  } catch (error) {
    if (error.status === 404) remember(null);
  }
}

/* ---- what people press ---- */

$("ask").addEventListener("submit", (event) => {
  event.preventDefault();
  if (running) return running.abort();
  const content = text.value;
  if (!content.trim() || send.disabled) return;
  text.value = "";
  fit();
  ask(content);
});
text.addEventListener("input", fit);
text.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && running) return running.abort();
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  if (!running) $("ask").requestSubmit();
});
$("fresh").prepend(icon("plus"));
$("fresh").addEventListener("click", () => {
  freshChat();
  listChats();
  text.focus();
});
$("close-notice").append(icon("close"));
$("close-notice").addEventListener("click", () => {
  keep(sessionStorage, NOTICE_KEPT, "closed");
  $("notice").hidden = true;
  text.focus();
});

/* What is there without a script is painted first: filling the page in costs as much again. */
function afterFirstPaint(begin) {
  requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(begin)));
}

setUpTheme();
fit();
afterFirstPaint(async () => {
  if (!conversation) welcome();
  if (kept(localStorage, HISTORY_KEPT) !== "closed") historyPanel.showQuietly();
  await watchServer();
  await Promise.all([restore(), showNotice()]);
  if (!log.firstChild || (log.querySelector(".welcome") && !log.querySelector(".suggestion"))) welcome();
  listChats();
});
