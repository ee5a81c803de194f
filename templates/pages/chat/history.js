/* Past chats: listed, searched, opened again, deleted. */
const CHATS_A_PAGE = 30;
const HISTORY_KEPT = "microgpt.history";
const openHistory = $("open-history"), chats = $("chats"), wanted = $("wanted");
let chatsAsked = 0;

const historyPanel = panelOf($("history"), "(min-width: 80rem)", (isOpen) => {
  openHistory.setAttribute("aria-expanded", String(isOpen));
  if (historyPanel.isRoomy()) keep(localStorage, HISTORY_KEPT, isOpen ? null : "closed");
  if (isOpen) listChats();
});

async function listChats(before) {
  if (!$("history").open) return;
  const asked = chatsAsked += 1;
  const query = clean(wanted.value).trim();
  const parameters = new URLSearchParams({ limit: CHATS_A_PAGE });
  if (query) parameters.set("query", query);
  if (before) parameters.set("before", before);
  let found;
  try {
    found = (await read(`/v1/conversations?${parameters}`)).data;
  } catch (error) {
    if (asked === chatsAsked) chats.replaceChildren(make("p", "quiet", error.message));
    return;
  }
  if (asked !== chatsAsked) return;
  const giveBack = heldFocus();
  chats.querySelector(".more")?.remove();
  if (!before) chats.replaceChildren();
  const items = found.filter((chat) => chat.messages > 0);
  let list = null;
  for (const chat of items) {
    const day = dayOf(chat.updated_at);
    if (chats.dataset.day !== day || !chats.lastElementChild) {
      list = make("ul");
      chats.append(make("h3", "", day), list);
      chats.dataset.day = day;
    }
    (list ??= chats.lastElementChild).append(chatItem(chat, query));
  }
  if (!chats.firstChild) chats.append(make("p", "quiet", query ? `No chat has “${query}” in it.` : "No chats yet."));
  if (found.length === CHATS_A_PAGE) chats.append(button("plain more", "Show more", () => listChats(found.at(-1).id)));
  giveBack();
  if (query) announce(`${items.length} chats found`);
}

/* The list is written anew when an answer ends: whoever is in it by keyboard stays where they are. */
function heldFocus() {
  const held = document.activeElement;
  const id = held.closest("#chats .chat")?.dataset.id;
  return () => {
    if (!id || held.isConnected) return;
    const item = chats.querySelector(`.chat[data-id="${CSS.escape(id)}"]`);
    (item?.querySelector(`.${held.classList[0]}`) ?? item?.querySelector(".chat-link"))?.focus();
  };
}

function dayOf(time) {
  const days = Math.round((new Date().setHours(0, 0, 0, 0) - new Date(time).setHours(0, 0, 0, 0)) / 86_400_000);
  if (days <= 0) return "Today";
  return days === 1 ? "Yesterday" : days < 7 ? "This week" : "Earlier";
}

function chatItem(chat, query) {
  const title = clean(chat.title) || "Without a title";
  const open = button("chat-link", null, () => openChat(chat.id), nameOf(title, "title"));
  if (query && chat.excerpt) open.append(make("span", "excerpt", null, ...highlighted(clean(chat.excerpt), query)));
  if (chat.id === conversation) open.setAttribute("aria-current", "true");
  const item = make("li", "chat", null, open);
  item.dataset.id = chat.id;
  const remove = iconButton("remove", `Delete the chat “${title}”`, () => confirmRemoval(item, chat, remove));
  item.append(remove);
  return item;
}

function highlighted(text, query) {
  const at = text.toLowerCase().indexOf(query.toLowerCase());
  if (at < 0) return [text];
  return [text.slice(0, at), make("mark", "", text.slice(at, at + query.length)), text.slice(at + query.length)];
}

function confirmRemoval(item, chat, opener) {
  const before = [...item.childNodes];
  const leave = () => { item.replaceChildren(...before); opener.focus(); };
  const yes = button("primary danger", "Delete", () => removeChat(item, chat));
  const group = make("div", "confirm", null, make("span", "", "Delete this chat?"), yes, button("plain", "Keep", leave));
  group.setAttribute("role", "group");
  group.setAttribute("aria-label", `Delete the chat “${clean(chat.title)}”?`);
  group.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    event.preventDefault();
    leave();
  });
  item.replaceChildren(group);
  yes.focus();
}

async function removeChat(item, chat) {
  try {
    await request(conversationPath(chat.id), { method: "DELETE" });
  } catch (error) {
    if (error.status !== 404) return item.append(alertOf(error.message));
  }
  if (chat.id === conversation) freshChat();
  announce("The chat is deleted");
  wanted.focus();
  await listChats();
}

async function openChat(id) {
  let found;
  try {
    found = await read(conversationPath(id));
  } catch (error) {
    return error.status === 404 ? listChats() : chats.prepend(alertOf(error.message));
  }
  leaveChat();
  remember(id);
  showChat(found.messages);
  if (!historyPanel.isRoomy()) historyPanel.close();
  listChats();
  text.focus();
}

openHistory.append(icon("menu"));
openHistory.addEventListener("click", () => ($("history").open ? historyPanel.close() : historyPanel.show()));
$("close-history").append(icon("close"));
$("close-history").addEventListener("click", historyPanel.close);
let typing = 0;
wanted.addEventListener("input", () => {
  clearTimeout(typing);
  typing = setTimeout(listChats, 200);
});
