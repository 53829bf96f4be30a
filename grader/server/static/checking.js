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
    let trouble = "away";
    failed += 1;
    try {
      const response = await fetch(attempt.dataset.state, { headers, signal });
      if (response.redirected) {
        trouble = "out"; // to where one logs in
      } else if (response.ok) {
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
    if (failed > 1 && attempt.isConnected) {
      say(attempt.dataset[trouble], true);
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

const post = (form, button, key) => {
  const headers = { "Idempotency-Key": key };
  return fetch(form.action, { method: "POST", headers, body: new FormData(form, button) });
};

// what is sent again with its key, since no answer has come, is the same attempt
const drawn = () => crypto.getRandomValues(new Uint32Array(4)).join("-");

// forms are signed anew when somebody logs in again
const sign = async () => {
  const name = "[name=csrfmiddlewaretoken]";
  const page = await read(await fetch(location.href));
  const token = page.querySelector(name).value;
  document.querySelectorAll(name).forEach((each) => (each.value = token));
};

// a browser sends no file that has been saved anew since it was chosen
const isChanged = async (chosen) => {
  try {
    await Promise.all(Array.from(chosen.files, (one) => one.slice(0, 1).arrayBuffer()));
    return false;
  } catch {
    return true;
  }
};

// returns whether the server has answered
const send = async (form, button, key) => {
  say(form.dataset.sending);
  const { code } = form.elements;
  const sent = code.value;
  let response;
  let page;
  try {
    response = await post(form, button, key);
    if (response.status === 403) {
      await sign();
      response = await post(form, button, key);
    }
    page = await read(response);
  } catch {
    say((await isChanged(form.elements.file)) ? form.dataset.changed : form.dataset.away, true);
    return false;
  }
  const attempt = page.getElementById("attempt");
  const refusal = page.querySelector("[role=alert], main p");
  if (!attempt && !refusal && !page.getElementById("password")) {
    // not a page of ours: a proxy's, which has not reached the server or takes no more
    say(response.status === 413 ? form.dataset.large : form.dataset.away, true);
    return false;
  }
  if (!button.name) {
    form.elements.file.value = ""; // as a new page has it: the code goes on from here
  }
  if (attempt) {
    if (!button.name) {
      code.dataset.kept = sent;
    }
    answer(put(attempt)).then(refresh);
  } else if (page.getElementById("password")) {
    say(form.dataset.out, true);
  } else {
    say(refusal.textContent, true);
  }
  return true;
};

// what a press of a button hands in, to know when it is the same again
const handed = (form, button) =>
  JSON.stringify([
    button.name,
    form.elements.code.value,
    ...Array.from(form.elements.file.files, (one) => [one.name, one.size, one.lastModified]),
  ]);

for (const form of document.querySelectorAll("form[data-sending]")) {
  const { code } = form.elements;
  code.dataset.kept = code.value;
  addEventListener("beforeunload", (event) => {
    if (code.value !== code.dataset.kept) {
      event.preventDefault(); // a browser asks whether what was typed may be lost
    }
  });
  let sends = false;
  let last = "";
  let key = "";
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const next = handed(form, event.submitter);
    const isBeingChecked = next === last && place.querySelector("[data-state]");
    if (!sends && !isBeingChecked) {
      sends = true;
      key = next === last && key ? key : drawn();
      last = next;
      key = (await send(form, event.submitter, key)) ? "" : key;
      sends = false;
    }
  });
  form.addEventListener("click", (event) => {
    if (event.detail > 1 && event.target.closest("button")) {
      event.preventDefault(); // the second of a double click is no attempt of its own
    }
  });
}

const waiting = place.querySelector("[data-state]");
if (waiting) {
  answer(waiting);
}
