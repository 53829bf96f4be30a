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
    button.querySelectorAll("[data-theme]").forEach((word) => {
      word.hidden = (word.dataset.theme === "dark") === isDark();
    });
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

  // the style shows the words of the chosen language; here follow those that are no elements
  const choices = [...document.querySelectorAll("input[name=language]")];
  const language = () => choices.find((choice) => choice.checked)?.value ?? root.lang;
  const said = (element) => element.querySelector(`[lang="${language()}"]`) ?? element;
  const speak = () => {
    root.lang = language();
    const tag = root.lang.toLowerCase();
    ["text", "aria-label", "alt"].forEach((name) =>
      document.querySelectorAll(`[data-${name}-${tag}]`).forEach((element) => {
        const words = element.getAttribute(`data-${name}-${tag}`);
        if (name === "text") element.textContent = words;
        else element.setAttribute(name, words);
      }),
    );
  };
  choices.forEach((choice) => choice.addEventListener("change", speak));
  if (choices.length) speak();

  const stored = { get: () => "", set: () => {} };
  try {
    window.sessionStorage.getItem("bpgrade-filters");
    stored.get = () => window.sessionStorage.getItem("bpgrade-filters") ?? "";
    stored.set = (filters) => window.sessionStorage.setItem("bpgrade-filters", filters);
  } catch {
    // the neighbours of a student's page are then those in the whole class
  }

  // a student's page asks the class page for its neighbours, and itself names nobody else
  const steps = document.getElementById("steps");
  const here = window.location.pathname.split("/");
  if (steps && here.at(-2) === "students") {
    steps.hidden = false;
    steps.querySelectorAll("a[data-step]").forEach((link) => {
      link.hash = new URLSearchParams([[link.dataset.step, here.at(-1)]]).toString();
    });
    steps.querySelector("a:not([data-step])").hash = stored.get();
  }

  const plain = (text) =>
    text.normalize("NFKD").replace(/\p{M}/gu, "").toLocaleLowerCase();
  const compare = new Intl.Collator(undefined, { numeric: true }).compare;

  // a table that shows so many rows at once, sorts by its heads, and keeps the others aside
  const paged = (table, more, pager, changed) => {
    const body = table.tBodies[0];
    const rows = [...body.rows, ...(more ? more.content.querySelectorAll("tr") : [])];
    const size = Number(table.dataset.size);
    const entries = rows.map((row) => ({ row }));
    const key = ({ row }, column) =>
      row.cells[column].dataset.key ?? plain(said(row.cells[column]).textContent);
    const [previous, next] = pager.querySelectorAll("button");
    const heads = [...table.tHead.rows[0].cells];
    const self = { entries, shown: entries, first: 0, last: 0, size, sorted: null };
    const draw = () => {
      self.last = Math.min(self.first + size, self.shown.length);
      body.replaceChildren(...self.shown.slice(self.first, self.last).map(({ row }) => row));
      pager.hidden = self.shown.length <= size;
      previous.disabled = self.first === 0;
      next.disabled = self.last >= self.shown.length;
      changed(self);
    };
    self.show = (wanted) => {
      self.shown = entries.filter(wanted);
      heads.forEach((head) => head.removeAttribute("aria-sort"));
      if (self.sorted) {
        const { column, down } = self.sorted;
        const number = heads[column].dataset.sort === "number";
        const keys = new Map(self.shown.map((entry) => [entry, key(entry, column)]));
        const value = (entry) => {
          const own = keys.get(entry);
          return number ? (own === "" ? -1 : Number(own)) : own;
        };
        heads[column].setAttribute("aria-sort", down ? "descending" : "ascending");
        self.shown.sort((one, other) =>
          (down ? -1 : 1) * (number ? value(one) - value(other) : compare(value(one), value(other))),
        );
      }
      self.first = 0;
      draw();
    };
    self.heads = heads;
    heads.forEach((head, column) => {
      if (!head.dataset.sort) return;
      const sort = document.createElement("button");
      sort.type = "button";
      sort.append(...head.childNodes);
      head.append(sort);
      sort.addEventListener("click", () => {
        const down = self.sorted?.column === column ? !self.sorted.down : head.dataset.sort === "number";
        self.sorted = { column, down };
        self.sort();
      });
    });
    previous.addEventListener("click", () => {
      self.first = Math.max(0, self.first - size);
      draw();
    });
    next.addEventListener("click", () => {
      self.first += size;
      draw();
    });
    return self;
  };

  const matrix = document.getElementById("matrix-table");
  if (matrix) {
    const grades = paged(
      matrix,
      document.getElementById("more-matrix"),
      document.getElementById("matrix-pager"),
      () => {},
    );
    grades.sort = () => grades.show(() => true);
    grades.sort();
  }

  const table = document.getElementById("students-table");
  if (!table) return;
  const tools = document.getElementById("tools");
  const fields = Object.fromEntries(
    ["search", "status", "exercise", "mistake"]
      .map((name) => [name, tools.elements[name]])
      .filter(([, field]) => field),
  );
  const filled = (words, values) => words.replace(/\{(\w+)\}/g, (_, name) => values[name]);
  const people = (some) => new Set(some.map(({ row }) => row.dataset.person)).size;
  const list = paged(
    table,
    document.getElementById("more-rows"),
    document.getElementById("pager"),
    ({ entries, shown, first, last, size }) => {
      document.querySelectorAll("#count [lang]").forEach((place) => {
        const number = (count) => count.toLocaleString(place.lang);
        const told = (some, all) =>
          some === all
            ? number(all)
            : filled(place.dataset.some, { part: number(some), whole: number(all) });
        place.textContent = filled(shown.length > size ? place.dataset.part : place.dataset.whole, {
          students: told(people(shown), people(entries)),
          rows: told(shown.length, entries.length),
          first: first + 1,
          last,
        });
      });
    },
  );
  const texts = new Map(list.entries.map(({ row }) => [row, plain(row.dataset.text)]));
  const matching = () => {
    const words = plain(fields.search.value).split(/\s+/).filter(Boolean);
    return ({ row }) =>
      words.every((word) => texts.get(row).includes(word)) &&
      (!fields.status.value || row.dataset.status.split(" ").includes(fields.status.value)) &&
      (!fields.exercise?.value || row.dataset.exercise === fields.exercise.value) &&
      (!fields.mistake.value || row.dataset.mistakes.split(" ").includes(fields.mistake.value));
  };

  // the filters and the order stand in the address: it can be kept, sent and gone back to
  const written = () => {
    const found = new URLSearchParams();
    Object.entries(fields).forEach(([name, field]) => field.value && found.set(name, field.value));
    if (list.sorted) found.set(list.sorted.down ? "down" : "up", `${list.sorted.column}`);
    return found.toString();
  };
  const update = () => {
    list.show(matching());
    const filters = written();
    stored.set(filters);
    const kept = new URLSearchParams(window.location.hash.slice(1));
    const hadFilters = Object.keys(fields).concat("up", "down").some((name) => kept.has(name));
    if (filters || hadFilters) window.history.replaceState(null, "", `#${filters || "students"}`);
  };
  const take = (filters) => {
    Object.entries(fields).forEach(([name, field]) => {
      field.value = filters.get(name) ?? "";
      if (field.selectedIndex === -1) field.value = "";
    });
    const column = Number(filters.get("down") ?? filters.get("up") ?? -1);
    list.sorted = list.heads[column]?.dataset.sort ? { column, down: filters.has("down") } : null;
  };
  const pageOf = ({ row }) => row.querySelector("th a")?.getAttribute("href");
  const stepped = (asked) => {
    const by = asked.has("next") ? 1 : -1;
    const own = `students/${asked.get("next") ?? asked.get("previous")}`;
    take(new URLSearchParams(stored.get()));
    list.show(matching());
    let pages = [...new Set(list.shown.map(pageOf).filter(Boolean))];
    if (!pages.includes(own)) pages = [...new Set(list.entries.map(pageOf).filter(Boolean))];
    const target = pages[pages.indexOf(own) + by];
    if (pages.includes(own) && target) window.location.replace(target);
    else window.history.replaceState(null, "", `#${written() || "students"}`);
  };
  const read = () => {
    const asked = new URLSearchParams(window.location.hash.slice(1));
    if (asked.has("next") || asked.has("previous")) {
      stepped(asked);
    } else if ([...asked.keys()].some((name) => name in fields || name === "up" || name === "down")) {
      take(asked);
      list.show(matching());
      stored.set(written());
      document.getElementById("students").scrollIntoView();
    } else {
      stored.set(written());
    }
  };
  list.sort = update;
  tools.hidden = false;
  tools.addEventListener("submit", (event) => event.preventDefault());
  tools.addEventListener("input", update);
  tools.addEventListener("reset", () => setTimeout(update));
  document.querySelectorAll("a[data-filter]").forEach((link) =>
    link.addEventListener("click", () => {
      take(new URLSearchParams(link.dataset.filter));
      setTimeout(update); // once the link has set the address
    }),
  );
  window.addEventListener("hashchange", read);
  list.show(matching());
  read();
})();
