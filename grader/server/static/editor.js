"use strict";
// In the editor Tab indents, Shift-Tab takes back; Escape first, and Tab leaves the field.
const code = document.getElementById("code");
if (code) {
  let leaves = false;
  code.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      leaves = true;
      return;
    }
    if (event.key === "Tab" && !leaves && !event.ctrlKey && !event.altKey) {
      event.preventDefault();
      const { selectionStart: start, selectionEnd: end, value } = code;
      const first = value.lastIndexOf("\n", start - 1) + 1;
      const block = value.slice(first, end);
      const moved = event.shiftKey ? block.replace(/^ {1,4}/gm, "") : start === end ? null : block.replace(/^/gm, "    ");
      if (moved === null) {
        code.setRangeText("    ", start, end, "end");
      } else {
        code.setRangeText(moved, first, end, "select");
      }
    }
    leaves = false;
  });
}
