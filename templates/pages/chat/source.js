/* A source beside the answer: the document with the cited passage marked. */
const sourcePanel = panelOf($("source"), "(min-width: 64rem)", (isOpen) => {
  if (!isOpen) for (const node of document.querySelectorAll(".cited")) node.classList.remove("cited");
});
let sourceAsked = 0;

function citation(item, number, isInText) {
  const open = button(isInText ? "cite" : "source-link", null, () => openSource(item, open));
  open.setAttribute("aria-haspopup", "dialog");
  if (isInText) {
    open.textContent = number;
    open.setAttribute("aria-label", `Source ${number}: ${clean(item.title)}`);
  } else {
    open.append(make("span", "number", number), nameOf(item.title));
  }
  return open;
}

function sourceList(sources) {
  const items = sources.map((item, place) => make("li", "", null, citation(item, place + 1, false)));
  const list = make("ol", "sources", null, ...items);
  list.setAttribute("aria-label", "Sources");
  return list;
}

async function openSource(item, opener) {
  const asked = sourceAsked += 1;
  for (const node of document.querySelectorAll(".cited")) node.classList.remove("cited");
  opener.classList.add("cited");
  showSource({ ...item, passages: [] });
  sourcePanel.show();
  $("source-title").focus();
  const parameters = new URLSearchParams({ id: item.id, source: item.source ?? "" });
  const own = { ...item, passages: [{ id: item.id, headings: [], page: null, text: item.text, cited: true }] };
  const found = await read(`/v1/knowledge/source?${parameters}`).catch((error) => ({ ...own, excuse: excuseOf(error) }));
  if (asked !== sourceAsked) return;
  showSource(found);
}

function excuseOf(error) {
  return error.status === 404 ? "The knowledge base has changed since; this is the passage as it was." : `${error.message} This is the passage that was cited.`;
}

function showSource(source) {
  $("source-title").replaceChildren(nameOf(source.title));
  const isFaq = source.kind === "faq";
  const pages = [...new Set((source.passages ?? []).filter((passage) => passage.cited && passage.page).map((passage) => passage.page))];
  const facts = [make("span", "", isFaq ? "Approved answer" : "Document"), nameOf(source.source)];
  if (pages.length) facts.push(make("span", "page", `page ${pages.join(", ")}`));
  const link = outsideLink(source.url, "Open the original");
  if (link) facts.push(link);
  $("source-facts").replaceChildren(...facts);
  const body = $("source-text");
  const isMarked = /\.(md|html?|ya?ml|jsonl|csv)$/i.test(source.source ?? "");
  body.replaceChildren(...passagesOf(source.passages ?? [], isMarked, isFaq));
  if (source.excuse) body.prepend(make("p", "quiet", source.excuse));
  const first = body.querySelector("mark");
  if (first) body.scrollTop = Math.max(0, first.getBoundingClientRect().top - body.getBoundingClientRect().top - 48);
  else body.scrollTop = 0;
}

function passagesOf(passages, isMarked, isFaq) {
  let headings = [];
  let page = null;
  return passages.flatMap((passage) => {
    const nodes = [];
    if (passage.page && passage.page !== page) nodes.push(make("p", "page-break", `Page ${passage.page}`));
    page = passage.page;
    const names = passage.headings ?? [];
    const level = names.findIndex((name, place) => name !== headings[place]);
    if (level >= 0) nodes.push(...names.slice(level).map((name) => make("h3", "", null, nameOf(name))));
    headings = names;
    const text = make("div", isMarked ? "passage prose" : "passage plain-text");
    if (isMarked) showMarkdown(text, passage.text, { breaks: isFaq });
    else text.textContent = clean(passage.text);
    if (passage.cited) markAll(text);
    return [...nodes, text];
  });
}

/* Every text below `node`, in <mark>: whatever blocks it stands in. */
function markAll(node) {
  const walker = document.createTreeWalker(node, NodeFilter.SHOW_TEXT);
  const texts = [];
  while (walker.nextNode()) if (walker.currentNode.data.trim()) texts.push(walker.currentNode);
  for (const text of texts) {
    if (text.parentElement.closest("figcaption")) continue;
    const mark = make("mark");
    text.replaceWith(mark);
    mark.append(text);
  }
}

$("close-source").append(icon("close"));
$("close-source").addEventListener("click", sourcePanel.close);
