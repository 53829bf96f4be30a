"use strict";
// Asks now and then what is new, and says it; loads the page again where nobody is reading yet.
for (const place of document.querySelectorAll("[data-live]")) {
  const told = place.querySelector(".told");
  const ask = async () => {
    let pause = 15;
    try {
      const answer = await fetch(place.dataset.live, { headers: { Accept: "application/json" } });
      if (answer.ok) {
        const news = await answer.json();
        if (news.is_new && "reload" in place.dataset) {
          location.reload();
          return;
        }
        if (told.textContent !== news.told) {
          told.textContent = news.told;
        }
        for (const link of place.querySelectorAll("a")) {
          link.hidden = !news.is_ready;
        }
        pause = news.again;
      }
    } catch {
      // the server is away for a while
    }
    setTimeout(ask, pause * 1000);
  };
  setTimeout(ask, Number(place.dataset.again) * 1000);
}
