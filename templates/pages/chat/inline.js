/* Markdown within a line: emphasis, code, links, citations. Makes nodes, never markup, and bounds
   what a hostile text can make it look at. */
const MOST_NESTED = 6;
const MOST_TRIES = 40;
const LONGEST_LABEL = 1000;
const LONGEST_ADDRESS = 2048;
const SPECIAL = /[\\`*_~[!<\n]|https?:\/\//g;
const wordAt = (text, at) => /[\p{L}\p{N}_]/u.test(text[at] ?? "");

/* `options.breaks`: a line break in the text is one on the page; `options.cite(n)`: the node that
   stands for [n], or null. */
function inlineNodes(text, options, depth = 0) {
  const nodes = [];
  const absent = new Set();
  let plain = "";
  let at = 0;
  const flush = () => { if (plain) nodes.push(clean(plain)); plain = ""; };
  while (at < text.length) {
    SPECIAL.lastIndex = at;
    const next = SPECIAL.exec(text)?.index ?? text.length;
    plain += text.slice(at, next);
    at = next;
    if (at >= text.length) break;
    const found = depth < MOST_NESTED && specialAt(text, at, options, depth, absent);
    if (found) {
      if (found.trim) plain = plain.trimEnd();
      flush();
      nodes.push(...found.nodes);
      at = found.end;
    } else {
      plain += text[at];
      at += 1;
    }
  }
  flush();
  return nodes;
}

function specialAt(text, at, options, depth, absent) {
  switch (text[at]) {
    case "\\": return escapedAt(text, at);
    case "\n": return breakAt(text, at, options);
    case "`": return codeAt(text, at, absent);
    case "<": return angleAt(text, at);
    case "!": return text[at + 1] === "[" ? linkAt(text, at + 1, options, depth, true) : null;
    case "[": return linkAt(text, at, options, depth, false) ?? citationAt(text, at, options);
    case "h": return addressAt(text, at);
    default: return emphasisAt(text, at, options, depth, absent);
  }
}

function escapedAt(text, at) {
  const next = text[at + 1] ?? "";
  if (next === "\n") return { nodes: [make("br")], end: at + 2 };
  return /[!-/:-@[-`{-~]/.test(next) ? { nodes: [next], end: at + 2 } : null;
}

function breakAt(text, at, options) {
  const hard = options.breaks || text.slice(at - 2, at) === "  ";
  return { nodes: [hard ? make("br") : " "], end: at + 1, trim: true };
}

function codeAt(text, at, absent) {
  let run = 1;
  while (text[at + run] === "`") run += 1;
  const mark = "`".repeat(run);
  let end = absent.has(mark) ? -1 : text.indexOf(mark, at + run);
  for (let tries = 0; end >= 0 && text[end + run] === "`" && tries < MOST_TRIES; tries += 1) {
    while (text[end] === "`") end += 1;
    end = text.indexOf(mark, end);
  }
  if (end < 0) {
    absent.add(mark);
    return { nodes: [mark], end: at + run };
  }
  const inner = text.slice(at + run, end).replace(/\n/g, " ");
  const padded = inner.startsWith(" ") && inner.endsWith(" ") && inner.trim();
  return { nodes: [make("code", "", padded ? inner.slice(1, -1) : inner)], end: end + run };
}

function angleAt(text, at) {
  const close = text.slice(at, at + LONGEST_ADDRESS).indexOf(">");
  if (close < 0) return null;
  const inner = text.slice(at + 1, at + close);
  if (/^br ?\/?$/i.test(inner)) return { nodes: [make("br")], end: at + close + 1 };
  const link = /^(https?|mailto):\S+$/i.test(inner) && outsideLink(inner, clean(inner));
  return link ? { nodes: [link], end: at + close + 1 } : null;
}

/* An address that stands by itself; not one in the middle of a word or of an attribute. */
function addressAt(text, at) {
  if (wordAt(text, at - 1) || /["'=]/.test(text[at - 1] ?? "")) return null;
  const [found] = text.slice(at, at + LONGEST_ADDRESS).match(/^[^\s<>"'`|\\\])]+/) ?? [""];
  let end = found.length;
  while (end && ".,;:!?*_".includes(found[end - 1])) end -= 1;
  const address = found.slice(0, end);
  const link = outsideLink(address, clean(address));
  return link ? { nodes: [link], end: at + end } : null;
}

/* [label](address "title"); an image becomes a link to it, since the page loads nothing. */
function linkAt(text, at, options, depth, isImage) {
  const close = matching(text, at, "[", "]", LONGEST_LABEL);
  if (close < 0 || text[close + 1] !== "(") return null;
  const end = matching(text, close + 1, "(", ")", LONGEST_ADDRESS);
  if (end < 0) return null;
  const [address = ""] = text.slice(close + 2, end).trim().split(/\s/, 1);
  const label = text.slice(at + 1, close);
  const inner = isImage ? [clean(label) || "image"] : inlineNodes(label, { ...options, cite: null, plain: true }, depth + 1);
  const link = options.plain ? null : outsideLink(address.replace(/^<|>$/g, ""), ...inner);
  return { nodes: link ? [link] : inner, end: end + 1 };
}

function matching(text, from, open, close, longest) {
  let depth = 0;
  const last = Math.min(text.length, from + longest);
  for (let at = from; at < last; at += 1) {
    if (text[at] === "\\") at += 1;
    else if (text[at] === open) depth += 1;
    else if (text[at] === close && (depth -= 1) === 0) return at;
    if (depth > 4) return -1;
  }
  return -1;
}

function citationAt(text, at, options) {
  const [whole, number] = text.slice(at, at + 6).match(/^\[(\d{1,3})\]/) ?? [];
  const node = whole && options.cite?.(Number(number));
  return node ? { nodes: [node], end: at + whole.length, trim: true } : null;
}

function emphasisAt(text, at, options, depth, absent) {
  const letter = text[at];
  const isDouble = text[at + 1] === letter;
  if (letter === "~" && !isDouble) return null;
  if (letter === "_" && wordAt(text, at - 1)) return null;
  const mark = isDouble ? letter + letter : letter;
  const from = at + mark.length;
  if (/\s/.test(text[from] ?? " ")) return null;
  const end = closing(text, mark, from, absent);
  if (end < 0) return isDouble ? { nodes: [mark], end: from } : null;
  const tag = letter === "~" ? "s" : isDouble ? "strong" : "em";
  const inner = inlineNodes(text.slice(from, end), options, depth + 1);
  return { nodes: [make(tag, "", null, ...inner)], end: end + mark.length };
}

function closing(text, mark, from, absent) {
  if (absent.has(mark)) return -1;
  let end = text.indexOf(mark, from);
  if (end < 0) absent.add(mark);
  for (let tries = 0; end >= 0 && tries < MOST_TRIES; tries += 1) {
    const isDouble = text[end + 1] === mark;
    const inWord = mark[0] === "_" && wordAt(text, end + mark.length);
    if (end > from && !isDouble && !inWord && !/\s/.test(text[end - 1])) {
      /* ***both***: the inner mark closes first. */
      return mark.length > 1 && text[end + 2] === mark[0] ? end + 1 : end;
    }
    end = text.indexOf(mark, end + (isDouble ? 2 : 1));
  }
  return -1;
}
