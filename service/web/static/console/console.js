// The console's hands: keys, the next card at once, undo, selection, and news from the server.
// Knows no words (the page brings them) and builds no HTML from what a commenter wrote, but for fragments that the
// server has escaped.

const $ = (selector, root = document) => root.querySelector(selector);
const all = (selector, root = document) => [...root.querySelectorAll(selector)];
const main = $("main");
const base = document.body.dataset.base;
const messages = $("#messages")?.dataset ?? {};
const number = new Intl.NumberFormat(document.documentElement.lang);
const say = (name, values = {}) => (messages[name] ?? "").replace(/\{(\w+)\}/g, (_, key) => values[key] ?? "");

const UNDO_MS = 30_000;
const RUNNING_LOW = 15;

async function post(path, body) {
  let answer;
  try {
    answer = await fetch(`${base}/${path}`, {
      method: "POST", headers: { "Content-Type": "application/json", Accept: "application/json" }, body: JSON.stringify(body),
    });
  } catch {
    throw new Error(say("away"));
  }
  if (answer.status === 401) throw new Error(say("session"));
  const told = await answer.json();
  if (!answer.ok) throw new Error(told.detail ?? say("away"));
  return told;
}

function trouble(detail) {
  const line = $("#trouble");
  if (line) line.textContent = detail ? say("unsaved", { detail }) : "";
}

// ---- everywhere ---------------------------------------------------------------------------------------------------

function turnTheme() {
  const root = document.documentElement;
  const isDark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset.theme = isDark ? "light" : "dark";
  document.cookie = `saring_theme=${root.dataset.theme};path=/console;SameSite=Strict;max-age=31536000`;
}

async function copy(button) {
  await navigator.clipboard.writeText(button.dataset.copy);
  const before = button.textContent;
  button.textContent = say("copied");
  setTimeout(() => { button.textContent = before; }, 1_500);
}

function unfold(button) {
  const body = button.closest("article").querySelector(".body");
  body.classList.remove("folded");
  button.remove();
}

function showReasons(shows) {
  const reasons = $("#reasons");
  reasons.hidden = !shows;
  $("[data-act=reject]")?.setAttribute("aria-expanded", String(shows));
  if (shows) $("button", reasons).focus({ preventScroll: true });
}

// ---- the policy's live preview ------------------------------------------------------------------------------------

const draft = $("form[data-preview]");

function drawBand(band) {
  const input = (part) => $(`[name="${band.dataset.label}.${part}"]`, band);
  if (!input("hold")) return;
  const value = (part) => {
    const number = parseFloat(input(part).value.replace(",", "."));
    return Number.isFinite(number) ? Math.min(1, Math.max(0, number)) : 1;
  };
  const width = 40, reject = value("reject"), hold = Math.min(value("hold"), reject);
  for (const [part, from, to] of [["hold", hold, reject], ["reject", reject, 1]]) {
    const zone = $(`.zone.${part}`, band);
    zone.setAttribute("x", from * width);
    zone.setAttribute("width", Math.max(0, to - from) * width);
    const slider = $(`[data-for="${band.dataset.label}.${part}"]`, band);
    slider.value = input(part).value.trim() ? value(part) * 100 : 100.5; // the last step: never
    slider.setAttribute("aria-valuetext", input(part).value || input(part).placeholder);
  }
}

let previewing = 0;

async function preview() {
  const mine = ++previewing;
  const answer = await fetch(draft.dataset.preview, {
    method: "POST", body: new URLSearchParams(new FormData(draft)), headers: { "X-Part": "1", Accept: "text/html" },
  });
  if (mine !== previewing || answer.redirected || answer.status >= 500) return;
  $("#rehearsal").innerHTML = await answer.text(); // escaped by the server, like every page
}

if (draft) {
  let soon = 0;
  all(".band", draft).forEach(drawBand);
  all("input[type=range]", draft).forEach((slider) => { slider.hidden = false; });
  $("[data-plain]", draft).hidden = true; // the preview is live
  draft.addEventListener("input", (event) => {
    const slider = event.target;
    if (slider.dataset.for) {
      const number = $(`[name="${slider.dataset.for}"]`, draft);
      number.value = slider.value > 100 ? "" : String(slider.value / 100);
    }
    const band = slider.closest(".band");
    if (band) drawBand(band);
    clearTimeout(soon);
    soon = setTimeout(preview, 120);
  });
}

// ---- one comment's page -------------------------------------------------------------------------------------------

const single = main?.hasAttribute("data-single") ? $(".card.single") : null;

async function decideSingle(path, body) {
  const seen = { id: single.dataset.id, version: Number(single.dataset.version) };
  try {
    const { results } = await post(path, path === "decide" ? { cases: [seen], ...body } : seen);
    if (results[0].problem) throw new Error(results[0].problem);
    location.reload();
  } catch (error) {
    trouble(error.message);
  }
}

const singleActs = {
  approve: () => decideSingle("decide", { decision: "approve" }),
  reject: () => showReasons($("#reasons").hidden),
  undo: () => decideSingle("undo"),
};

// ---- the queue ----------------------------------------------------------------------------------------------------

const rows = $("#rows");
const desk = $("#desk");
const cards = new Map(); // id → article
const places = new Map(); // id → li
const selected = new Set();
const beyond = new Map(); // id → version: selected as alike, but not on this page
const decisions = []; // the newest last: {ids, batch, name, until, saved}
const waiting = new Set(); // new ids, behind the button
let current = null;
let anchor = null;
let isExact = false;
let isLoading = false;
let ticking = 0;

const mayDecide = main?.dataset.may === "decide";
const isOpen = (li) => li && !li.hidden && !li.classList.contains("settled");
const visible = () => [...rows.children].filter((li) => !li.hidden);
const open = () => visible().filter(isOpen);
const nameOf = (id) => $(".who", cards.get(id))?.textContent.trim().slice(0, 60) ?? "";

function adopt(list, stack, where = "end") {
  const fresh = [...list.children].filter((li) => !places.has(li.dataset.id));
  const articles = new Map([...stack.children].map((article) => [article.dataset.id, article]));
  for (const li of fresh) {
    const article = articles.get(li.dataset.id);
    places.set(li.dataset.id, li);
    cards.set(li.dataset.id, article);
    desk.append(article);
    waiting.delete(li.dataset.id);
  }
  if (list !== rows) where === "end" ? rows.append(...fresh) : rows.prepend(...fresh);
  return fresh.length;
}

function take(id, { focuses = false } = {}) {
  if (current) {
    cards.get(current).hidden = true;
    $("a", places.get(current)).removeAttribute("aria-current");
  }
  current = id;
  $("#empty").hidden = Boolean(id);
  if (!id) return drawActions();
  const article = cards.get(id);
  article.hidden = false;
  all(".exact", article).forEach((each) => { each.hidden = !isExact; });
  const row = places.get(id);
  $("a", row).setAttribute("aria-current", "true");
  row.scrollIntoView({ block: "nearest" });
  $(".hand").scrollTop = 0;
  if (focuses) article.focus({ preventScroll: true });
  drawActions();
}

function step(by) {
  const shown = visible();
  if (!shown.length) return;
  const at = shown.findIndex((li) => li.dataset.id === current);
  take(shown[Math.min(shown.length - 1, Math.max(0, at + by))].dataset.id, { focuses: true });
}

// The card after these ids; where none follows, the one before.
function after(ids) {
  const gone = new Set(ids);
  const shown = visible();
  const at = shown.findIndex((li) => li.dataset.id === current);
  const free = (li) => !gone.has(li.dataset.id) && isOpen(li);
  return (shown.slice(at).find(free) ?? shown.slice(0, Math.max(0, at)).reverse().find(free))?.dataset.id ?? null;
}

function drawActions() {
  const article = current && cards.get(current);
  const chosen = selected.size + beyond.size;
  const basket = $("#basket");
  if (!basket) return;
  basket.hidden = !chosen;
  $("span", basket).textContent = say("selected", { n: number.format(chosen) });
  const button = $("[data-act=alike]");
  const n = Number(article?.dataset.alike ?? 0);
  button.hidden = n === 0;
  $("span", button).textContent = say("alike", { n: number.format(n + 1) });
  all(".main-acts button, .more-acts button").forEach((each) => {
    each.disabled = !chosen && !["help", "exact"].includes(each.dataset.act) && !(article && isOpen(places.get(current)));
  });
}

function select(id, isOn) {
  isOn ? selected.add(id) : selected.delete(id);
  places.get(id)?.classList.toggle("selected", isOn);
  const box = $("input", places.get(id));
  if (box) box.checked = isOn;
}

function selectNone() {
  [...selected].forEach((id) => select(id, false));
  beyond.clear();
  const list = $("#preview");
  if (list) list.hidden = true;
  const look = $("[data-act=preview]");
  if (look) look.hidden = true;
  drawActions();
}

function chosenCases() {
  const ids = selected.size || beyond.size ? [...selected] : current && isOpen(places.get(current)) ? [current] : [];
  return ids.map((id) => ({ id, version: Number(cards.get(id).dataset.version) }))
    .concat([...beyond].map(([id, version]) => ({ id, version })));
}

// The queue goes on at once; what the server says comes later, and only trouble is told.
async function decide(decision, reason = "") {
  const cases = chosenCases();
  if (!cases.length || !mayDecide) return;
  const ids = cases.map((each) => each.id);
  const entry = { ids, name: nameOf(ids[0]), decision, until: performance.now() + UNDO_MS, batch: "", gone: new Set(ids) };
  const next = ids.includes(current) ? after(ids) : current;
  showReasons(false);
  selectNone();
  ids.forEach((id) => { if (places.has(id)) places.get(id).hidden = true; });
  take(next, { focuses: true });
  decisions.push(entry);
  trouble("");
  toast();
  entry.saved = post("decide", { cases, decision, reason }).then((told) => {
    entry.batch = told.batch;
    told.results.forEach((result) => settle(entry, result));
  }).catch((error) => {
    ids.forEach((id) => bring(id));
    entry.gone.clear();
    decisions.splice(decisions.indexOf(entry), 1);
    toast();
    trouble(error.message);
  });
  if (open().length < RUNNING_LOW) more();
  await entry.saved;
}

function settle(entry, result) {
  if (result.problem) {
    entry.gone.delete(result.id);
    if (places.has(result.id)) taken(result.id, result.problem, true);
    if (!entry.gone.size) decisions.splice(decisions.indexOf(entry), 1), toast();
    return trouble(result.problem);
  }
  if (cards.has(result.id)) cards.get(result.id).dataset.version = result.version;
}

function bring(id) {
  const row = places.get(id);
  if (!row) return;
  row.hidden = false;
  row.classList.remove("settled");
  $(".taken", cards.get(id)).hidden = true;
  if (!current) take(id);
}

// A colleague was first: the card stays and says so.
function taken(id, sentence, shows = false) {
  const row = places.get(id);
  if (shows) row.hidden = false;
  row.classList.add("settled");
  select(id, false);
  const line = $(".taken", cards.get(id));
  line.textContent = sentence;
  line.hidden = false;
  $(".tag", row).textContent = sentence;
  if (!current) take(id);
  drawActions();
}

async function undo() {
  const entry = decisions.pop();
  if (!entry) return;
  await entry.saved;
  const ids = [...entry.gone];
  try {
    if (entry.verb === "escalate" || !entry.batch) {
      const { results } = await post("undo", { id: ids[0], version: Number(cards.get(ids[0]).dataset.version) });
      reopened(results);
    } else {
      reopened((await post("undo", { batch: entry.batch })).results);
    }
    if (cards.has(ids[0])) take(ids[0], { focuses: true });
    toast(say("undone"));
  } catch (error) {
    trouble(error.message);
  }
}

function reopened(results) {
  for (const result of results) {
    if (result.problem) { trouble(result.problem); continue; }
    if (!cards.has(result.id)) continue;
    cards.get(result.id).dataset.version = result.version;
    bring(result.id);
  }
}

function toast(text = "") {
  const line = $("#toast"), button = $("#undo");
  clearInterval(ticking);
  const entry = decisions.at(-1);
  if (!text && entry) {
    const word = entry.verb === "escalate" ? "escalated" : entry.decision === "approve" ? "approved" : "rejected";
    text = entry.ids.length > 1 ? say(`${word}Many`, { n: number.format(entry.ids.length) }) : say(word, { name: entry.name });
  }
  line.textContent = text;
  const count = () => {
    while (decisions.length && decisions[0].until < performance.now()) decisions.shift();
    const last = decisions.at(-1);
    button.hidden = !last;
    if (!last) return clearInterval(ticking), void (line.textContent = "");
    $("span", button).textContent = say("seconds", { n: Math.ceil((last.until - performance.now()) / 1000) });
  };
  count();
  if (!button.hidden) ticking = setInterval(count, 1_000);
  else line.textContent = text;
}

async function skip() {
  if (!current) return;
  const id = current, row = places.get(id), next = after([id]);
  rows.append(row);
  take(next ?? id, { focuses: true });
  toast(say("skipped"));
  try { await post("release", { id }); } catch (error) { trouble(error.message); }
}

async function escalate() {
  const id = current;
  if (!id || !isOpen(places.get(id))) return;
  const entry = { ids: [id], gone: new Set([id]), verb: "escalate", name: nameOf(id), until: performance.now() + UNDO_MS, batch: "" };
  const next = after([id]);
  places.get(id).hidden = true;
  take(next, { focuses: true });
  decisions.push(entry);
  toast();
  entry.saved = post("escalate", { id }).then(({ results }) => settle(entry, results[0])).catch((error) => {
    decisions.splice(decisions.indexOf(entry), 1);
    bring(id);
    toast();
    trouble(error.message);
  });
  await entry.saved;
}

async function alike() {
  const id = current;
  if (!id || $("[data-act=alike]").hidden) return;
  const answer = await fetch(`${base}/comments/${id}/alike`, { headers: { Accept: "application/json" } });
  if (!answer.ok) return trouble(say("away"));
  const { cases } = await answer.json();
  const list = $("#preview");
  list.replaceChildren();
  for (const each of cases) {
    const item = document.createElement("li");
    item.innerHTML = each.html; // escaped by the server, like every card
    list.append(item);
    if (isOpen(places.get(each.id))) select(each.id, true);
    else if (!places.has(each.id)) beyond.set(each.id, each.version);
  }
  $("[data-act=preview]").hidden = false;
  drawActions();
}

function range() {
  const shown = open().map((li) => li.dataset.id);
  const [from, to] = [shown.indexOf(anchor ?? current), shown.indexOf(current)].sort((a, b) => a - b);
  shown.slice(Math.max(0, from), to + 1).forEach((id) => select(id, true));
  drawActions();
}

async function more(where = "end") {
  if (isLoading) return;
  isLoading = true;
  try {
    const answer = await fetch(`${base}/more${location.search}`, { headers: { Accept: "text/html" } });
    if (!answer.ok || answer.redirected) return;
    const fragment = new DOMParser().parseFromString(await answer.text(), "text/html");
    adopt($("#rows", fragment), $("#cards", fragment), where);
    if (!current) take(open()[0]?.dataset.id ?? null);
    drawNew();
  } finally {
    isLoading = false;
  }
}

function drawNew() {
  const button = $("#new");
  button.hidden = waiting.size === 0;
  button.textContent = say("new", { n: number.format(waiting.size) });
}

function news({ counts, changes }) {
  all("[data-count]").forEach((each) => { each.textContent = number.format(counts[each.dataset.count] ?? 0); });
  for (const change of changes) {
    const row = places.get(change.id);
    if (change.status !== "pending") waiting.delete(change.id);
    if (!row) {
      if (change.status === "pending" && change.ours && !change.mine) waiting.add(change.id);
    } else if (change.mine) {
      continue;
    } else if (change.status === "pending") {
      cards.get(change.id).dataset.version = change.version;
      if (row.classList.contains("settled")) bring(change.id);
    } else if (!row.hidden) {
      taken(change.id, change.sentence);
    }
  }
  drawNew();
}

const queueActs = {
  approve: () => decide("approve"),
  reject: () => showReasons($("#reasons").hidden),
  spam: () => decide("reject", "spam"),
  undo, skip, escalate, alike,
  select: () => { if (isOpen(places.get(current))) { select(current, !selected.has(current)); anchor = current; drawActions(); } },
  clear: selectNone,
  preview: (button) => { const list = $("#preview"); list.hidden = !list.hidden; button.setAttribute("aria-expanded", String(!list.hidden)); },
  exact: () => { isExact = !isExact; if (current) all(".exact", cards.get(current)).forEach((each) => { each.hidden = !isExact; }); },
  help: () => $("#help").showModal(),
  new: () => more("start").then(() => { const first = open()[0]; if (first) take(first.dataset.id); }),
};

const isQueue = Boolean(rows && desk);
const readerActs = { exact: queueActs.exact, help: queueActs.help, new: queueActs.new };
const acts = { theme: turnTheme, unfold, ...(isQueue ? (mayDecide ? queueActs : readerActs) : single && $("#reasons") ? singleActs : {}) };
const reject = (reason) => (isQueue ? decide("reject", reason) : decideSingle("decide", { decision: "reject", reason }));

// ---- clicks and keys ----------------------------------------------------------------------------------------------

document.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (button?.dataset.copy !== undefined) return void copy(button);
  if (button?.dataset.reason) return void reject(button.dataset.reason);
  if (button?.dataset.act) return void acts[button.dataset.act]?.(button);
  const row = isQueue && event.target.closest("#rows li a");
  if (row && !event.ctrlKey && !event.metaKey && !event.shiftKey && event.button === 0) {
    event.preventDefault();
    take(row.parentElement.dataset.id, { focuses: true });
  }
  all("details.menu[open]").forEach((menu) => { if (!menu.contains(event.target)) menu.open = false; });
});

document.addEventListener("change", (event) => {
  if (event.target.matches("[data-auto] select, [data-auto] [type=checkbox]")) event.target.form.requestSubmit();
  const row = event.target.closest("#rows li");
  if (row) { select(row.dataset.id, event.target.checked); anchor = row.dataset.id; drawActions(); }
});

for (const [type, isOn] of [["pointerover", true], ["pointerout", false]]) {
  document.addEventListener(type, (event) => {
    const told = event.target.closest("[data-label]");
    if (!told?.dataset.label) return;
    const label = CSS.escape(told.dataset.label);
    all(`[data-label="${label}"]`, told.closest("article")).forEach((each) => each.classList.toggle("lit", isOn));
  });
}

const KEYS = {
  j: () => step(1), k: () => step(-1), a: () => acts.approve?.(), r: () => acts.reject?.(), s: () => acts.spam?.(),
  u: () => acts.undo?.(), n: () => acts.skip?.(), e: () => acts.escalate?.(), x: () => acts.select?.(),
  X: () => mayDecide && range(),
  "*": () => acts.alike?.(), i: () => acts.exact?.(), "?": () => acts.help?.(),
};
const GO = { q: "", t: "/today", h: "/history", s: "/search" };
let isGoing = false;

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") {
    if ($("#reasons") && !$("#reasons").hidden) return showReasons(false), cards.get(current)?.focus({ preventScroll: true });
    if (isQueue && !$("#help").open) selectNone();
    return;
  }
  if (document.body.dataset.keys === "off" || !base || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest("textarea, select, [contenteditable], dialog")) return;
  if (event.target.matches("input") && event.target.type !== "checkbox") return;
  if (isGoing) {
    isGoing = false;
    if (event.key in GO) { event.preventDefault(); location.assign(base + GO[event.key]); }
    return;
  }
  const reasons = $("#reasons");
  if (reasons && !reasons.hidden) {
    const wanted = $(`[data-digit="${CSS.escape(event.key)}"]`, reasons);
    if (wanted) { event.preventDefault(); reject(wanted.dataset.reason); return; }
  }
  if (event.key === "/") { event.preventDefault(); return location.assign(`${base}/search`); }
  if (event.key === "g") { isGoing = true; return; }
  const key = event.key.length === 1 && event.key !== "X" ? event.key.toLowerCase() : event.key;
  if (!KEYS[key] || event.repeat && !"jk".includes(key)) return;
  if (!isQueue && !single) return;
  if ("jkX".includes(key) && !isQueue) return;
  event.preventDefault();
  KEYS[key]();
});

// ---- begin --------------------------------------------------------------------------------------------------------

if (isQueue) {
  adopt(rows, $("#cards"));
  take(open()[0]?.dataset.id ?? null);
  const stream = new EventSource(`${base}/stream?after=${main.dataset.last}&${location.search.slice(1)}`);
  stream.addEventListener("message", (event) => news(JSON.parse(event.data)));
  addEventListener("pagehide", () => stream.close());
}
