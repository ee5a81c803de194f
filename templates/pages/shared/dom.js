/* How text and elements enter the page. Text only ever enters through textContent, cleaned of
   characters that are not seen but change what is: control characters and marks of direction. */
"use strict";
const $ = (id) => document.getElementById(id);
const UNSEEN = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060\u2066-\u2069\ufeff]/g;
const clean = (text) => String(text ?? "").replace(UNSEEN, "");

function make(tag, className, content, ...children) {
  const node = document.createElement(tag);
  if (className) node.className = className;
  if (content != null) node.textContent = clean(content);
  node.append(...children);
  return node;
}

/* A name or title on one line, isolated from the direction of the text around it. */
const nameOf = (text, className = "") => make("bdi", className, clean(text).replace(/\s+/g, " ").trim());

function button(className, label, onPress, ...children) {
  const node = make("button", className, label, ...children);
  node.type = "button";
  node.addEventListener("click", onPress);
  return node;
}

const SVG = "http://www.w3.org/2000/svg";
const ICONS = {
  menu: "M4 6h16M4 12h16M4 18h16",
  close: "M6 6l12 12M18 6L6 18",
  light: "M12 3v2M12 19v2M3 12h2M19 12h2M5.6 5.6L7 7M17 17l1.4 1.4M18.4 5.6L17 7M7 17l-1.4 1.4M12 8a4 4 0 1 0 0 8a4 4 0 0 0 0-8",
  dark: "M20 14.5A8.5 8.5 0 0 1 9.5 4a8.5 8.5 0 1 0 10.5 10.5z",
  system: "M3 5h18v11H3zM8 20h8M12 16v4",
  copy: "M9 9h11v11H9zM5 15H4V4h11v1",
  done: "M5 12.5l4.5 4.5L19 7.5",
  thumb: "M7 11v9H4v-9zM7 11l4-8c1.7 0 3 1.3 3 3v3h5a2 2 0 0 1 2 2.3l-1.2 7A2 2 0 0 1 17.8 20H7",
  remove: "M5 7h14M10 7V4h4v3M7 7l1 13h8l1-13M10 11v5M14 11v5",
  plus: "M12 5v14M5 12h14",
};

function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", ICONS[name]);
  svg.append(path);
  return svg;
}

function iconButton(name, label, onPress, className = "icon") {
  const node = button(className, null, onPress, icon(name));
  node.setAttribute("aria-label", label);
  node.title = label;
  return node;
}

/* The address if it leads to a web page or a mailbox, else null: no script, data or file. */
function safeAddress(url) {
  try {
    const address = new URL(clean(url));
    return ["http:", "https:", "mailto:"].includes(address.protocol) ? address.href : null;
  } catch {
    return null;
  }
}

function outsideLink(url, ...children) {
  const address = safeAddress(url);
  if (!address) return null;
  const anchor = make("a", "", null, ...children);
  anchor.href = address;
  anchor.rel = "noopener noreferrer";
  anchor.target = "_blank";
  return anchor;
}

/* Says something once to those who listen to the page. */
function announce(text) {
  const announcer = $("announcer");
  announcer.textContent = "";
  setTimeout(() => { announcer.textContent = clean(text); }, 50);
}

async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    /* Without a secure origin there is no clipboard interface: the older way. */
    const area = make("textarea", "unseen");
    area.value = text;
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
  }
  announce("Copied");
}

/* A piece of code with its language and a button that copies it. */
function codeBlock(text, language) {
  const code = make("code", "", text);
  const pre = make("pre", "", null, code);
  pre.tabIndex = 0;
  const copy = button("copy", "Copy", async () => {
    await copyText(code.textContent);
    copy.textContent = "Copied";
    setTimeout(() => { copy.textContent = "Copy"; }, 1500);
  });
  const label = clean(language).slice(0, 40);
  copy.setAttribute("aria-label", label ? `Copy the ${label} code` : "Copy the code");
  return make("figure", "code", null, make("figcaption", "", null, make("span", "language", label || "text"), copy), pre);
}

/* ---- light, dark, or as the system has it ---- */

const THEMES = ["system", "light", "dark"];

function showTheme(theme) {
  if (theme === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
  const toggle = $("theme");
  const label = `Theme: ${theme === "system" ? "as the system" : theme}`;
  toggle.replaceChildren(icon(theme));
  toggle.setAttribute("aria-label", label);
  toggle.title = label;
}

function setUpTheme() {
  let theme = document.documentElement.dataset.theme ?? "system";
  showTheme(theme);
  $("theme").addEventListener("click", () => {
    theme = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length];
    keep(localStorage, THEME_KEPT, theme === "system" ? null : theme);
    showTheme(theme);
    announce($("theme").title);
  });
}
