/* Thumbs, and a comment for those who want to say why. */
function feedbackOf(id, rating) {
  const path = `/v1/messages/${encodeURIComponent(id)}/feedback`;
  const place = make("div", "comment-place");
  const pair = [[1, "up", "Good answer"], [-1, "down", "Bad answer"]].map(([value, name, label]) => {
    const thumb = iconButton("thumb", label, () => rate(value, thumb), `icon thumb ${name}`);
    thumb.setAttribute("aria-pressed", String(rating === value));
    return thumb;
  });

  async function rate(value, thumb) {
    try {
      await post(path, { rating: value });
    } catch (error) {
      return tell(error.message, true);
    }
    for (const other of pair) other.setAttribute("aria-pressed", String(other === thumb));
    place.replaceChildren(commentForm(value, thumb));
    place.querySelector("textarea").focus();
    place.scrollIntoView({ block: "nearest" });
  }

  function commentForm(value, thumb) {
    const words = make("textarea");
    words.rows = 2;
    words.maxLength = 2000;
    const label = make("label", "", value > 0 ? "Thank you. What was good about it?" : "Thank you. What was wrong with it?",
      make("span", "quiet", " (optional)"), words);
    const sendIt = make("button", "primary", "Send comment");
    const form = make("form", "comment", null, label, make("div", "row", null, sendIt, button("link", "No comment", leave)));
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const comment = words.value.trim();
      if (!comment) return leave();
      sendIt.disabled = true;
      try {
        await post(path, { rating: value, comment });
      } catch (error) {
        sendIt.disabled = false;
        return form.append(alertOf(error.message));
      }
      tell("Thank you for your comment.", false);
      thumb.focus();
    });
    form.addEventListener("keydown", (event) => { if (event.key === "Escape") leave(); });
    function leave() {
      place.replaceChildren();
      thumb.focus();
    }
    return form;
  }

  function tell(message, isBad) {
    place.replaceChildren(isBad ? alertOf(message) : make("p", "quiet told", message));
    if (!isBad) announce(message);
  }

  return { thumbs: pair, place };
}

function alertOf(message, ...children) {
  const note = make("div", "note bad", null, make("span", "", message), ...children);
  note.setAttribute("role", "alert");
  return note;
}
