"use strict";
// Steps of a launch that a browser takes by itself; each page works by its button or link, too.
const WAIT = 10000; // the platform has said that it keeps things; a slow machine takes its time

// The platform's frame that keeps small things for us, where frames have no cookies.
const ask = (element, subject, message) =>
  new Promise((answered, gaveUp) => {
    const { frame, origin, key } = element.dataset;
    const number = crypto.randomUUID();
    const there = frame === "_parent" ? window.parent : window.parent.frames[frame];
    const listen = (event) => {
      const said = event.data;
      if (event.origin !== origin || typeof said !== "object" || said === null) return;
      if (said.message_id !== number || said.subject !== `${subject}.response`) return;
      window.removeEventListener("message", listen);
      if (said.error) gaveUp(said.error);
      else answered(said.value);
    };
    window.addEventListener("message", listen);
    setTimeout(() => gaveUp("no answer"), WAIT);
    (there || window.parent).postMessage({ subject, message_id: number, key, ...message }, origin);
  });

const put = document.querySelector("[data-put]");
if (put) {
  // The platform begins a launch once: what it says it keeps is asked for before it is gone on with.
  const { value, next, otherwise } = put.dataset;
  ask(put, "lti.put_data", { value })
    .then(() => ask(put, "lti.get_data", {}))
    .then((kept) => location.replace(kept === value ? next : otherwise))
    .catch(() => location.replace(otherwise));
}

const get = document.querySelector("[data-get]");
if (get) {
  const onward = (value) => {
    get.elements.browser.value = typeof value === "string" ? value : "";
    get.submit();
  };
  ask(get, "lti.get_data", {}).then(onward, () => onward(""));
}

// A platform takes what was chosen in a new window from its own frame alone.
const chosen = document.querySelector("[data-await]")?.dataset.await;
const come = async () => {
  const { status } = await fetch(chosen).catch(() => ({ status: 0 }));
  if (status === 200) location.replace(chosen);
  else if (status !== 205) setTimeout(come, 2000);
};
if (chosen) come();

document.querySelector("[data-send]")?.submit();

if (document.querySelector("[data-registered]")) {
  (window.opener || window.parent).postMessage({ subject: "org.imsglobal.lti.close" }, "*");
}
