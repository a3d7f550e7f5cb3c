// The service's HTTP API. Everything is fetched, events too: EventSource cannot send a key.

const place = 'underpaint-key';
const ends = new Set(['completed', 'failed', 'cancelled', 'expired', 'gone', 'stopping']);

export const key = {
  get value() { return sessionStorage.getItem(place) ?? ''; },
  set value(text) { text ? sessionStorage.setItem(place, text) : sessionStorage.removeItem(place); },
};

/** What the service refuses, in its own words. */
export class Refusal extends Error {
  constructor(status, problem, retryAfter) {
    const fields = (problem.errors ?? []).map(({ pointer, detail }) => `${pointer.slice(1)} ${detail}`.trim());
    super(fields.length ? fields.join('; ') : problem.detail ?? `The service answered ${status}.`);
    this.status = status;
    this.retryAfter = retryAfter;
  }
}

export async function send(path, { method = 'GET', body, type, accept = 'application/json', headers = {}, signal } = {}) {
  const fields = { Accept: accept, ...headers };
  if (type) fields['Content-Type'] = type;
  if (key.value) fields.Authorization = `Bearer ${key.value}`;
  const reply = await fetch(path, { method, body, headers: fields, signal });
  if (reply.ok) return reply;
  const problem = await reply.json().catch(() => ({}));
  throw new Refusal(reply.status, problem, Number(reply.headers.get('Retry-After')) || null);
}

export const get = async (path, signal) => (await send(path, { signal })).json();

export const post = async (path, document, signal) => (await send(path, {
  method: 'POST', type: 'application/json', body: document === undefined ? undefined : JSON.stringify(document), signal,
})).json();

/** An address that an image can be shown from. With a key the bytes are fetched: an image element cannot send it. */
export async function imageURL(path) {
  if (!key.value) return path;
  const reply = await send(path, { accept: 'image/png' });
  return URL.createObjectURL(await reply.blob());
}

/** The events of a job to its end, over as many connections as that takes. */
export async function* follow(id, signal) {
  let last = null;
  let wait = 2000;
  for (;;) {
    try {
      const headers = last ? { 'Last-Event-ID': last } : {};
      const reply = await send(`/v1/generations/${id}/events`, { accept: 'text/event-stream', headers, signal });
      if (reply.status === 204) return;
      for await (const event of parsed(reply.body)) {
        if (event.id) last = event.id;
        if (event.retry) wait = Number(event.retry);
        if (!event.event) continue;
        yield { name: event.event, data: JSON.parse(event.data) };
        if (ends.has(event.event)) return;
      }
    } catch (error) {
      if (signal?.aborted) throw error;
      if (error instanceof Refusal && error.status !== 429 && error.status !== 503) throw error;
    }
    await new Promise((done) => setTimeout(done, wait));
  }
}

/** Server-sent events, as the HTML standard has them, one object of fields each. */
async function* parsed(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  try {
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      text += value;
      const blocks = text.split('\n\n');
      text = blocks.pop();
      for (const block of blocks) {
        const event = {};
        for (const line of block.split('\n')) {
          const colon = line.indexOf(':');
          if (colon > 0) event[line.slice(0, colon)] = line.slice(colon + 1).replace(/^ /, '');
        }
        yield event;
      }
    }
  } finally {
    reader.cancel().catch(() => {});
  }
}
