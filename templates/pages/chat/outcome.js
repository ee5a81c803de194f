/* What happened to a turn, in words for people: badge, reason, time, cost. */
const ROUTES = {
  cache: "Answered before", faq: "Approved answer", knowledge: "Knowledge base", escalate: "Large model",
  action: "Done", handoff: "Passed to a person", decline: "Not answered",
};

function badgeOf({ route, degraded, model }) {
  if (degraded && route === "knowledge") return "Nearest passages";
  if (route === "faq" && model === "template") return "Courtesy";
  return ROUTES[route] ?? clean(route);
}

function reasonOf(outcome) {
  const { route, degraded, model, confidence, sources, reasons } = outcome;
  const sure = `${Math.min(99, Math.round(confidence * 100))}% sure`;
  if (degraded) {
    const wanted = `This asks for a large model, but ${whyDegraded(reasons)}`;
    return sources.length ? `${wanted}; these passages are the nearest.` : `${wanted}, and nothing here comes near.`;
  }
  if (route === "faq" && model === "template") return "A short courtesy; nothing had to be looked up.";
  const sentences = {
    cache: reasons.some((reason) => reason.startsWith("the same question was answered before"))
      ? "The same question was answered before from the same knowledge; this is that answer again."
      : "A question like yours was answered before from the same knowledge; this is that answer.",
    faq: `An approved answer fits your question, word for word (${sure}).`,
    knowledge: `A document answers this (${sure}); every statement was checked against it.`,
    escalate: `${whyEscalated(reasons)}, so a large model was asked.`,
    decline: "Nothing here answers this.",
    action: "Your command was carried out.",
    handoff: "A person will answer this.",
  };
  return sentences[route] ?? "";
}

function whyEscalated(reasons) {
  const hard = reasons.map((reason) => /^asks for (.+): difficulty/.exec(reason)).find(Boolean);
  if (hard) return `This asks for ${clean(hard[1])}`;
  const begins = (words) => reasons.some((reason) => reason.startsWith(words));
  if (begins("the last answer is doubted") || begins("the same question again")) return "The last answer was no help";
  if (begins("a follow-up of what")) return "This follows what a large model was needed for";
  if (begins("it leans on")) return "This leans on what was said before";
  if (begins("nothing in the knowledge base")) return "Nothing in the knowledge base answers this well enough";
  return "The local answer was not good enough";
}

function whyDegraded(reasons) {
  const why = reasons.find((reason) => reason.startsWith("degraded: ")) ?? "";
  if (/configured|no key/.test(why)) return "none is connected";
  if (/budget/.test(why)) return "the budget for it is spent";
  return "it could not be reached";
}

function timeOf(ms) {
  if (ms < 1) return "under 1 ms";
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
}

function dollarsOf(usd) {
  if (!(usd > 0)) return "no cost";
  return usd < 0.0001 ? "under $0.0001" : `$${usd < 0.1 ? usd.toFixed(4) : usd.toFixed(2)}`;
}

function factsOf(outcome) {
  const badge = make("span", `badge ${outcome.degraded ? "degraded" : ""}`, badgeOf(outcome));
  badge.dataset.route = clean(outcome.route);
  return make("p", "facts", null, badge, " ", make("span", "reason", reasonOf(outcome)));
}

function measuresOf(outcome) {
  return make("span", "measures", null,
    make("span", "time", timeOf(outcome.timings_ms.total)), " · ", make("span", "cost", dollarsOf(outcome.cost_usd)));
}

/* For those who want to know exactly: the server's own reasons and figures. */
function detailsOf(outcome) {
  const lines = [...outcome.reasons, `answered by ${outcome.model}`,
    `decided after ${timeOf(outcome.timings_ms.route)}, first words after ${timeOf(outcome.timings_ms.first_token)}`];
  if (outcome.saved_usd > 0) lines.push(`a large model would have cost about ${dollarsOf(outcome.saved_usd)}`);
  const list = make("ul", "", null, ...lines.map((line) => make("li", "", null, nameOf(line))));
  return make("details", "why", null, make("summary", "", "Details"), list);
}
