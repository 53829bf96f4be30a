"use strict";
// Asks how far an attempt is, and shows the report when there is one.
const waiting = document.querySelector("[data-state]");
if (waiting) {
  let pause = 250;
  const ask = async () => {
    pause = Math.min(pause * 2, 15000);
    try {
      const answer = await fetch(waiting.dataset.state, { headers: { Accept: "application/json" } });
      if (answer.ok) {
        const { ended, before, minutes, again } = await answer.json();
        if (ended) {
          location.reload();
          return;
        }
        const words = before === 0 ? "now" : minutes > 0 ? "long" : "before";
        waiting.textContent = waiting.dataset[words].replace("{count}", before).replace("{minutes}", minutes);
        pause = again * 1000;
      }
    } catch {
      // the server is away for a while: what was handed in is kept, and asked for again
    }
    setTimeout(ask, pause);
  };
  setTimeout(ask, pause);
}
