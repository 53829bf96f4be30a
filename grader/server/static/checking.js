"use strict";
// Follows an attempt until its report is there. Where a task is shown, Check is answered in the
// page: it is sent without leaving, and the attempt's own page gives what is shown here.
const told = document.getElementById("told");
const place = document.getElementById("answer");

const say = (text, failed = false) => {
  told.classList.toggle("problem", failed);
  if (told.textContent !== text) {
    told.textContent = text;
  }
};

const read = async (response) =>
  new DOMParser().parseFromString(await response.text(), "text/html");

let asking = new AbortController();

const put = (found) => {
  const attempt = document.adoptNode(found);
  asking.abort(); // nobody waits for what was here
  asking = new AbortController();
  place.replaceChildren(attempt);
  return attempt;
};

// the server answers as soon as the attempt has ended, or after a while
const follow = async (attempt) => {
  const { signal } = asking;
  const headers = { Accept: "application/json" };
  let failed = 0;
  while (attempt.isConnected) {
    let pause = Math.min(500 * 2 ** failed, 15000);
    failed += 1;
    try {
      const response = await fetch(attempt.dataset.state, { headers, signal });
      if (response.ok) {
        const { ended, before, minutes, stalled, again } = await response.json();
        if (ended) {
          const page = await read(await fetch(attempt.dataset.address, { signal }));
          return put(page.getElementById("attempt"));
        }
        const far = before === 0 ? "now" : minutes > 0 ? "long" : "before";
        const words = stalled ? "stalled" : far;
        say(attempt.dataset[words].replace("{count}", before).replace("{minutes}", minutes));
        pause = again * 1000;
        failed = 0;
      }
    } catch {
      // the server is away for a while: what was handed in is kept, and asked for again
    }
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
  return attempt;
};

// what is left of the attempts, and their list
const refresh = async () => {
  try {
    const page = await read(await fetch(location.href));
    for (const id of ["standing", "attempts"]) {
      document.getElementById(id).replaceWith(document.adoptNode(page.getElementById(id)));
    }
  } catch {
    // they stay as they were
  }
};

const answer = async (attempt) => {
  const graded = attempt.dataset.state ? await follow(attempt) : attempt;
  if (graded.isConnected) {
    say(graded.dataset.told);
  }
};

const post = (form, button) =>
  fetch(form.action, { method: "POST", body: new FormData(form, button) });

// forms are signed anew when somebody logs in again
const sign = async () => {
  const name = "[name=csrfmiddlewaretoken]";
  const page = await read(await fetch(location.href));
  const token = page.querySelector(name).value;
  document.querySelectorAll(name).forEach((each) => (each.value = token));
};

const send = async (form, button) => {
  say(form.dataset.sending);
  let response;
  let page;
  try {
    response = await post(form, button);
    if (response.status === 403) {
      await sign();
      response = await post(form, button);
    }
    page = await read(response);
  } catch {
    say(form.dataset.away, true);
    return;
  }
  const attempt = page.getElementById("attempt");
  const refusal = page.querySelector("[role=alert], main p");
  if (!attempt && !refusal && !page.getElementById("password")) {
    // not a page of ours: a proxy's, which has not reached the server or takes no more
    say(response.status === 413 ? form.dataset.large : form.dataset.away, true);
    return;
  }
  if (!button.name) {
    form.elements.file.value = ""; // as a new page has it: the code goes on from here
  }
  if (attempt) {
    answer(put(attempt)).then(refresh);
  } else if (page.getElementById("password")) {
    say(form.dataset.out, true);
  } else {
    say(refusal.textContent, true);
  }
};

for (const form of document.querySelectorAll("form[data-sending]")) {
  let sends = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (!sends) {
      sends = true;
      await send(form, event.submitter);
      sends = false;
    }
  });
}

const waiting = place.querySelector("[data-state]");
if (waiting) {
  answer(waiting);
}
