/* One turn on the page: the question, the answer while it grows, and what is said about it. */
const log = $("log"), scroller = $("scroll");
let running = null;

/* Keeps the end in sight for those who are there already, and moves nobody else. */
function follow(action) {
  const isNear = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < 120;
  action();
  if (isNear) scroller.scrollTop = scroller.scrollHeight;
}

function showQuestion(content) {
  log.querySelector(".welcome")?.remove();
  const said = make("div", "said", content);
  said.dir = "auto";
  log.append(make("article", "question", null, make("h2", "unseen", "You asked"), said));
}

function emptyAnswer() {
  const said = make("div", "said prose");
  said.dir = "auto";
  const turn = make("article", "answer", null, make("h2", "unseen", "Answer"), said);
  log.append(turn);
  return { turn, said, text: "" };
}

/* Numbers such as [1] in the text lead to the sources, once these are known. */
function writeAnswer({ said, text }, sources = []) {
  const cite = (number) => (sources[number - 1] ? citation(sources[number - 1], number, true) : null);
  showMarkdown(said, text, { breaks: true, cite, afresh: sources.length > 0 });
}

function showOutcome(answer, outcome, rating) {
  writeAnswer(answer, outcome.sources);
  const { turn } = answer;
  const { thumbs, place } = feedbackOf(outcome.message_id, rating);
  const copy = iconButton("copy", "Copy the answer", async () => {
    await copyText(answer.text);
    copy.replaceChildren(icon("done"));
    setTimeout(() => copy.replaceChildren(icon("copy")), 1500);
  });
  if (outcome.sources.length) turn.append(sourceList(outcome.sources));
  turn.append(factsOf(outcome), make("div", "tools", null, copy, ...thumbs, measuresOf(outcome), detailsOf(outcome)), place);
}

function showStored(message) {
  const answer = emptyAnswer();
  answer.text = message.content;
  if (message.microgpt) showOutcome(answer, message.microgpt, message.rating);
  else writeAnswer(answer);
}

function againButton(turn, content) {
  return button("plain", "Try again", () => {
    if (running) return;
    turn.remove();
    answerTo(content);
  });
}

function showStopped({ turn, said, text }, content) {
  if (!text) said.remove();
  turn.append(make("div", "note", null, make("span", "", "Stopped. This answer was not recorded."), againButton(turn, content)));
  announce("Stopped");
}

function showFailure({ turn, said, text }, error, content) {
  if (!text) said.remove();
  turn.append(alertOf(error.message, againButton(turn, content)));
  if (error instanceof Unreachable) watchServer();
}

async function answerTo(content) {
  const mine = running = new AbortController();
  showRunning(true);
  let answer;
  follow(() => { answer = emptyAnswer(); });
  answer.said.classList.add("waiting");
  announce("Looking for an answer");
  let frame = 0;
  const write = () => { frame = 0; follow(() => writeAnswer(answer)); };
  let failure = null;
  try {
    for await (const event of eventsOf(await openStream(content, mine.signal))) {
      if (event.error) throw new Refused(clean(event.error.message));
      const added = event.choices?.[0]?.delta?.content;
      if (added) {
        answer.said.classList.remove("waiting");
        answer.text += added;
        frame ||= requestAnimationFrame(write);
      }
      if (event.microgpt) {
        cancelAnimationFrame(frame);
        frame = -1;
        follow(() => showOutcome(answer, event.microgpt));
      }
    }
  } catch (error) {
    failure = error;
  }
  if (frame > 0) { cancelAnimationFrame(frame); write(); }
  answer.said.classList.remove("waiting");
  if (running !== mine) return;
  running = null;
  showRunning(false);
  if (!failure) announce(`Answer: ${answer.said.innerText}`);
  else if (failure.name === "AbortError") follow(() => showStopped(answer, content));
  else follow(() => showFailure(answer, failure, content));
  if (document.activeElement === document.body || document.activeElement === send) text.focus();
  listChats();
}
