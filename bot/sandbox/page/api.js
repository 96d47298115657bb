// The sandbox's endpoints, and its stream of events with what it takes to stay connected.

export async function state() {
  const answer = await fetch("/api/state");
  if (!answer.ok) throw new Error(answer.statusText);
  return answer.json();
}

export async function post(path, body) {
  const answer = await fetch(`/api/${path}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  const result = await answer.json();
  if (!answer.ok) throw new Error(result.error);
  return result;
}

// The browser reconnects by itself and says where it was; `reset` means that the page must load the state anew.
export function follow(position, { onEvent, onReset, onConnected }) {
  const source = new EventSource(`/api/events?after=${encodeURIComponent(position)}`);
  source.onopen = () => onConnected(true);
  source.onmessage = (message) => onEvent(JSON.parse(message.data));
  source.addEventListener("reset", () => { source.close(); onReset(); });
  source.onerror = () => {
    onConnected(false);
    if (source.readyState === EventSource.CLOSED) setTimeout(onReset, 1000);
  };
}
