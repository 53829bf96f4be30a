"use strict";
// Asks how far an attempt is, and shows the report when there is one.
const waiting = document.querySelector("[data-state]");
if (waiting) {
  let pause = 250;
  const ask = async () => {
    try {
      const answer = await fetch(waiting.dataset.state, { headers: { Accept: "application/json" } });
      if (answer.ok) {
        const { ended, before } = await answer.json();
        if (ended) {
          location.reload();
          return;
        }
        waiting.textContent = before > 0 ? waiting.dataset.before.replace("{count}", before) : waiting.dataset.now;
      }
    } catch {
      // the server is away for a while: what was handed in is kept, and asked for again
    }
    pause = Math.min(pause * 1.3, 5000);
    setTimeout(ask, pause);
  };
  setTimeout(ask, pause);
}
