"use strict";
(() => {
  const root = document.documentElement;
  const remembered = { get: () => null, set: () => {} };
  try {
    window.localStorage.getItem("bpgrade-theme");
    remembered.get = () => window.localStorage.getItem("bpgrade-theme");
    remembered.set = (theme) => window.localStorage.setItem("bpgrade-theme", theme);
  } catch {
    // a browser that keeps nothing for files: the switch works for this page alone
  }
  const button = document.getElementById("theme");
  const system = window.matchMedia("(prefers-color-scheme: dark)");
  const isDark = () => (root.dataset.theme ? root.dataset.theme === "dark" : system.matches);
  const showTheme = () => {
    document.getElementById("theme-word").textContent = isDark() ? "Light" : "Dark";
  };
  if (["light", "dark"].includes(remembered.get())) root.dataset.theme = remembered.get();
  button.hidden = false;
  button.addEventListener("click", () => {
    root.dataset.theme = isDark() ? "light" : "dark";
    remembered.set(root.dataset.theme);
    showTheme();
  });
  system.addEventListener("change", showTheme);
  showTheme();

  const table = document.getElementById("students-table");
  if (!table) return;
  const body = table.tBodies[0];
  const more = document.getElementById("more-rows");
  const rows = [...body.rows, ...(more ? more.content.querySelectorAll("tr") : [])];
  const size = Number(table.dataset.size);
  const tools = document.getElementById("tools");
  const fields = Object.fromEntries(
    ["search", "status", "exercise", "mistake"].map((name) => [name, tools.elements[name]]),
  );
  const plain = (text) =>
    text.normalize("NFKD").replace(/\p{M}/gu, "").toLocaleLowerCase();
  const entries = rows.map((row) => ({
    row,
    text: plain(row.dataset.text),
    keys: [...row.cells].map((cell) => cell.dataset.key ?? plain(cell.textContent)),
    mistakes: row.dataset.mistakes.split(" "),
  }));
  const compare = new Intl.Collator(undefined, { numeric: true }).compare;
  let shown = entries;
  let first = 0;
  let sorted = null;

  const matching = () => {
    const words = plain(fields.search.value).split(/\s+/).filter(Boolean);
    return entries.filter(
      ({ row, text, mistakes }) =>
        words.every((word) => text.includes(word)) &&
        (!fields.status.value || row.dataset.status === fields.status.value) &&
        (!fields.exercise?.value || row.dataset.exercise === fields.exercise.value) &&
        (!fields.mistake.value || mistakes.includes(fields.mistake.value)),
    );
  };
  const draw = () => {
    const last = Math.min(first + size, shown.length);
    body.replaceChildren(...shown.slice(first, last).map((entry) => entry.row));
    const whole = entries.length.toLocaleString("en");
    const some = shown.length.toLocaleString("en");
    const range = shown.length > size ? `, ${first + 1} to ${last} shown` : "";
    document.getElementById("count").textContent =
      shown.length === entries.length ? `${whole} rows${range}` : `${some} of ${whole} rows${range}`;
    const pager = document.getElementById("pager");
    pager.hidden = shown.length <= size;
    document.getElementById("previous").disabled = first === 0;
    document.getElementById("next").disabled = last >= shown.length;
  };
  const update = () => {
    shown = matching();
    if (sorted) {
      const { column, number, sign } = sorted;
      const value = ({ keys }) => (number ? Number(keys[column] || -1) : keys[column]);
      shown.sort((one, other) =>
        sign * (number ? value(one) - value(other) : compare(value(one), value(other))),
      );
    }
    first = 0;
    draw();
  };
  const heads = [...table.tHead.rows[0].cells];
  heads.forEach((head, column) => {
    if (!head.dataset.sort) return;
    const sort = document.createElement("button");
    sort.type = "button";
    sort.textContent = head.textContent;
    head.replaceChildren(sort);
    sort.addEventListener("click", () => {
      const number = head.dataset.sort === "number";
      const up = head.getAttribute("aria-sort");
      const next = up ? (up === "ascending" ? "descending" : "ascending") : number ? "descending" : "ascending";
      heads.forEach((other) => other.removeAttribute("aria-sort"));
      head.setAttribute("aria-sort", next);
      sorted = { column, number, sign: next === "ascending" ? 1 : -1 };
      update();
    });
  });
  tools.hidden = false;
  tools.addEventListener("submit", (event) => event.preventDefault());
  tools.addEventListener("input", update);
  tools.addEventListener("reset", () => setTimeout(update));
  document.getElementById("previous").addEventListener("click", () => {
    first = Math.max(0, first - size);
    draw();
  });
  document.getElementById("next").addEventListener("click", () => {
    first += size;
    draw();
  });
  document.querySelectorAll("a[data-mistake]").forEach((link) =>
    link.addEventListener("click", () => {
      tools.reset();
      fields.mistake.value = link.dataset.mistake;
      update();
    }),
  );
  draw();
})();
