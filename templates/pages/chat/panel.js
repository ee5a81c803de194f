/* Panels beside the conversation: in the page where there is room, over it on a narrow screen.
   A native dialog brings what keyboards and screen readers need: focus goes in and comes back. */
function panelOf(dialog, roomy, onChange = () => {}) {
  const room = matchMedia(roomy);
  const show = () => {
    if (dialog.open) return;
    room.matches ? dialog.show() : dialog.showModal();
    onChange(true);
  };
  const showQuietly = () => {
    if (dialog.open || !room.matches) return;
    dialog.setAttribute("open", "");
    onChange(true);
  };
  const close = () => { if (dialog.open) dialog.close(); };
  /* The event comes in a task of its own: the dialog may be open again. */
  dialog.addEventListener("close", () => { if (!dialog.open) onChange(false); });
  dialog.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.defaultPrevented) return;
    event.preventDefault();
    close();
  });
  /* On the dialog itself means beside its content: the backdrop. */
  dialog.addEventListener("click", (event) => { if (event.target === dialog && !room.matches) close(); });
  room.addEventListener("change", close);
  return { show, showQuietly, close, isRoomy: () => room.matches };
}
