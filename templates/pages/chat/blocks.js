/* Markdown in blocks: paragraphs, headings, lists, tables, quotes, code. Knows nothing of chats. */
const DEEPEST_BLOCK = 12;
const FENCE = /^ {0,3}(`{3,}|~{3,})[ \t]*([^`]*)$/;
const HEADING = /^ {0,3}(#{1,6})[ \t]+(.*)$/;
const RULE = /^ {0,3}([-*_])[ \t]*(?:\1[ \t]*){2,}$/;
const QUOTE = /^ {0,3}> ?/;
const ITEM = /^( *)([-*+]|\d{1,9}[.)])(?: +|$)(.*)$/;
const indentOf = (line) => line.length - line.trimStart().length;
const isBlank = (line) => !line.trim();
const begins = (line) => FENCE.test(line) || HEADING.test(line) || RULE.test(line) || QUOTE.test(line) || ITEM.test(line);

/* The blocks of `text`, each with the lines it was read from. */
function blocksOf(text) {
  const lines = text.split("\n");
  const blocks = [];
  for (let at = 0; at < lines.length;) {
    if (isBlank(lines[at])) { at += 1; continue; }
    const kind = kindAt(lines, at);
    const end = Math.max(at + 1, ENDS[kind](lines, at));
    blocks.push({ kind, lines: lines.slice(at, end), source: lines.slice(at, end).join("\n") });
    at = end;
  }
  return blocks;
}

function kindAt(lines, at) {
  const line = lines[at];
  if (FENCE.test(line)) return "code";
  if (HEADING.test(line)) return "heading";
  if (RULE.test(line)) return "rule";
  if (QUOTE.test(line)) return "quote";
  if (ITEM.test(line)) return "list";
  return columnsAt(lines, at) ? "table" : "paragraph";
}

const ENDS = {
  code(lines, at) {
    const [, mark] = lines[at].match(FENCE);
    const closes = (line) => { const text = line.trim(); return text.length >= mark.length && !text.split(mark[0]).join(""); };
    const end = lines.findIndex((line, place) => place > at && closes(line));
    return end < 0 ? lines.length : end + 1;
  },
  heading: (_, at) => at + 1,
  rule: (_, at) => at + 1,
  quote: (lines, at) => endWhere(lines, at, (line) => isBlank(line) || (!QUOTE.test(line) && begins(line))),
  table: (lines, at) => endWhere(lines, at, (line) => isBlank(line) || !line.includes("|")),
  paragraph: (lines, at) => endWhere(lines, at, (line, place) => isBlank(line) || begins(line) || columnsAt(lines, place)),
  list(lines, at) {
    const [, indent, mark] = lines[at].match(ITEM);
    const isSame = (line) => { const found = line.match(ITEM); return found && found[2].length > 1 === mark.length > 1; };
    return endWhere(lines, at, (line, place) => {
      if (isBlank(line)) {
        const next = lines.slice(place, place + 3).find((after) => !isBlank(after));
        return !next || (indentOf(next) < indent.length + 2 && !isSame(next));
      }
      if (indentOf(line) >= indent.length + 2) return false;
      return ITEM.test(line) ? !isSame(line) : begins(line) || isBlank(lines[place - 1]);
    });
  },
};

function endWhere(lines, at, isEnd) {
  const end = lines.findIndex((line, place) => place > at && isEnd(line, place));
  return end < 0 ? lines.length : end;
}

/* The alignment of each column where a table's head stands at `at`, else null. */
function columnsAt(lines, at) {
  if (!lines[at].includes("|") || !lines[at + 1]?.includes("-")) return null;
  const cells = cellsOf(lines[at + 1]);
  if (!cells.every((cell) => /^:?-+:?$/.test(cell)) || cells.length !== cellsOf(lines[at]).length) return null;
  return cells.map((cell) => (cell.endsWith(":") ? (cell.startsWith(":") ? "center" : "right") : ""));
}

function cellsOf(line) {
  const inner = line.trim().replace(/^\|/, "").replace(/\|$/, "");
  return inner.replaceAll("\\|", "\u0000").split("|").map((cell) => cell.replaceAll("\u0000", "|").trim());
}

function blockNode(block, options, depth) {
  if (depth > DEEPEST_BLOCK) return make("p", "", block.source);
  const inner = (lines) => blocksOf(lines.join("\n")).map((child) => blockNode(child, options, depth + 1));
  switch (block.kind) {
    case "code": return codeNode(block);
    case "heading": {
      const [, marks, title] = block.lines[0].match(HEADING);
      return make(`h${Math.min(6, marks.length + 2)}`, "", null, ...inlineNodes(title.trim(), options));
    }
    case "rule": return make("hr");
    case "quote": return make("blockquote", "", null, ...inner(block.lines.map((line) => line.replace(QUOTE, ""))));
    case "list": return listNode(block.lines, inner, options);
    case "table": return tableNode(block.lines, options);
    default: return make("p", "", null, ...inlineNodes(block.lines.map((line) => line.trimStart()).join("\n").trimEnd(), options));
  }
}

function codeParts({ lines }) {
  const [, mark, info] = lines[0].match(FENCE);
  const last = lines.at(-1).trim();
  const isClosed = lines.length > 1 && last.length >= mark.length && !last.split(mark[0]).join("");
  return { language: info.trim().split(/\s/, 1)[0], text: lines.slice(1, isClosed ? -1 : undefined).join("\n") };
}

function codeNode(block) {
  const { language, text } = codeParts(block);
  return codeBlock(text, language);
}

function listNode(lines, inner, options) {
  const [, indent, mark] = lines[0].match(ITEM);
  const list = make(mark.length > 1 ? "ol" : "ul");
  if (mark.length > 1 && parseInt(mark, 10) !== 1) list.start = parseInt(mark, 10);
  const items = [];
  for (const line of lines) {
    const found = line.match(ITEM);
    if (found && found[1].length < indent.length + 2) items.push([found[3]]);
    else items.at(-1).push(line);
  }
  for (const [first, ...rest] of items) {
    const offset = Math.min(...rest.filter((line) => indentOf(line) > indent.length + 1).map(indentOf), indent.length + mark.length + 3);
    const content = [first, ...rest.map((line) => line.slice(Math.min(indentOf(line), offset)))];
    const isOneLine = !rest.length && !begins(first);
    const children = isOneLine ? inlineNodes(first, options) : inner(content);
    list.append(make("li", "", null, ...children));
  }
  return list;
}

function tableNode(lines, options) {
  const aligned = columnsAt(lines, 0) ?? [];
  const row = (line, tag) => make("tr", "", null, ...cellsOf(line).slice(0, aligned.length).map((cell, column) => {
    const node = make(tag, aligned[column], null, ...inlineNodes(cell, options));
    if (tag === "th") node.scope = "col";
    return node;
  }));
  const table = make("table", "", null, make("thead", "", null, row(lines[0], "th")),
    make("tbody", "", null, ...lines.slice(2).map((line) => row(line, "td"))));
  const frame = make("div", "table", null, table);
  frame.tabIndex = 0;
  return frame;
}

/* Shows `text` in `container`, touching only the blocks that changed since the last time: what was
   already read stands still while an answer grows. */
const shown = new WeakMap();

function showMarkdown(container, text, options = {}) {
  const blocks = blocksOf(clean(text));
  const before = options.afresh ? [] : shown.get(container) ?? [];
  if (!before.length) container.replaceChildren();
  const after = blocks.map((block, place) => {
    const old = before[place];
    if (old?.source === block.source) return old;
    if (old?.kind === "code" && block.kind === "code" && old.lines[0] === block.lines[0]) {
      old.node.querySelector("code").textContent = codeParts(block).text;
      return { ...block, node: old.node };
    }
    const node = blockNode(block, options, 0);
    if (old) old.node.replaceWith(node); else container.append(node);
    return { ...block, node };
  });
  for (const { node } of before.slice(after.length)) node.remove();
  shown.set(container, after);
}
