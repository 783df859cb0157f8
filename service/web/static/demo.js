// The demo article with JavaScript: the comment is sent without leaving the page, what is wrong stands beside its field,
// and what a moderator publishes appears by itself. Without it the plain form does the same.

const form = document.querySelector("form");
const list = document.querySelector(".comments");
const LOOK_EVERY_MS = 600;
const FIELDS = { "/author/name": "author", "/author/email": "email", "/author/url": "url", "/body": "comment" };

function tell(id, text) {
  const field = document.getElementById(id);
  const line = document.getElementById(`${id}-error`);
  line.textContent = text;
  field.toggleAttribute("aria-invalid", Boolean(text));
}

function submission() {
  const value = (name) => form.elements[name].value;
  return {
    article: { id: value("comment_post_ID"), url: location.href.split("#")[0], title: document.querySelector("h1").textContent },
    author: { name: value("author"), email: value("email"), url: value("url") },
    body: value("comment"),
    honeypot: value("honeypot"),
  };
}

async function send() {
  const button = form.querySelector("button");
  const trouble = document.getElementById("trouble");
  button.disabled = true;
  Object.values(FIELDS).forEach((id) => tell(id, ""));
  trouble.textContent = "";
  try {
    const answer = await fetch(form.action, {
      method: "POST",
      headers: { Authorization: `Bearer ${form.elements.key.value}`, "Content-Type": "application/json", "Accept-Language": document.documentElement.lang },
      body: JSON.stringify(submission()),
    });
    const told = await answer.json();
    if (answer.ok) {
      form.elements.comment.value = "";
      location.hash = `saring-${told.status}`;
    } else {
      const errors = (told.errors ?? []).filter((each) => FIELDS[each.pointer]);
      errors.forEach((each) => tell(FIELDS[each.pointer], each.detail));
      if (errors.length) document.getElementById(FIELDS[errors[0].pointer]).focus();
      else trouble.textContent = told.detail;
    }
  } catch {
    form.submit(); // the browser itself tells best that nobody answers
  }
  button.disabled = false;
}

async function look() {
  try {
    const answer = document.hidden ? null : await fetch(location.pathname, { headers: { Accept: "text/html" } });
    if (answer?.ok) {
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector(".comments");
      if (fresh.innerHTML !== list.innerHTML) list.replaceChildren(...fresh.children);
    }
  } catch { /* away for a moment: the next look may find it */ }
  setTimeout(look, LOOK_EVERY_MS);
}

form.addEventListener("submit", (event) => { event.preventDefault(); send(); });
setTimeout(look, LOOK_EVERY_MS);
