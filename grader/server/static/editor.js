"use strict";
// The field for code becomes Ace, where that has come: Tab indents, Escape and then Tab leaves it.
const field = document.getElementById("code");
if (field && "ace" in window) {
  ace.config.set("useStrictCSP", true); // its styles are linked
  const { defaultEnglishMessages: messages } = ace.require("ace/lib/default_english_messages");
  ace.config.setMessages({ ...messages, "text-input.aria-label": field.dataset.row });
  const place = document.createElement("div");
  place.className = "editor";
  field.before(place);
  field.hidden = true;
  const editor = ace.edit(place, {
    textInputAriaLabel: field.labels[0].textContent,
    mode: "ace/mode/python",
    theme: { cssClass: "ace-bpgrade" },
    value: field.value,
    useWorker: false,
    useSoftTabs: true,
    tabSize: 4,
    minLines: 18,
    maxLines: 40,
    fontSize: "0.9rem",
    showPrintMargin: false,
    showFoldWidgets: false,
  });
  // what opens boxes with words of their own
  const boxes = ["find", "replace", "gotoline", "openCommandPalette", "showSettingsMenu"];
  editor.commands.removeCommands(boxes);
  editor.session.getUndoManager().reset();
  editor.session.on("change", () => (field.value = editor.getValue()));

  const input = editor.textInput.getElement();
  input.id = "typed";
  input.setAttribute("aria-describedby", "keys");
  field.labels[0].htmlFor = input.id;
  document.getElementById("keys").hidden = false;

  let leaves = false;
  place.addEventListener(
    "keydown",
    (event) => {
      if (event.key === "Tab" && leaves) {
        event.stopPropagation(); // Ace doesn't see it, and the focus goes on
      }
      leaves = event.key === "Escape" || (leaves && event.key === "Shift");
    },
    true,
  );
}
