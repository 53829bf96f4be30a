"use strict";
// Asks how far an attempt is, and shows the report when there is one. The server answers as soon as
// there is, or after a while.
const waiting = document.querySelector("[data-state]");
if (waiting) {
  let failed = 0;
  const ask = async () => {
    let pause = Math.min(500 * 2 ** failed, 15000);
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
        failed = 0;
      } else {
        failed += 1;
      }
    } catch {
      // the server is away for a while: what was handed in is kept, and asked for again
      failed += 1;
    }
    setTimeout(ask, pause);
  };
  ask();
}
