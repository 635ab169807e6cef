/** Calls the API as a caller would: over HTTP. */
export interface Answer<T = Record<string, unknown>> {
  status: number;
  headers: Headers;
  body: T;
}

// Tests look at answers field by field; what is not there is undefined and fails the expectation.
// oxlint-disable-next-line no-explicit-any
export type Json = any;

export interface Api {
  get(path: string): Promise<Answer<Json>>;
  post(path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer<Json>>;
  patch(path: string, body: unknown): Promise<Answer<Json>>;
  put(path: string, body: unknown): Promise<Answer<Json>>;
  delete(path: string): Promise<Answer<Json>>;
  send(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer<Json>>;
}

export function apiOf(url: string, key?: string): Api {
  const send = async (method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer<Json>> => {
    const response = await fetch(`${url}${path}`, {
      method,
      headers: {
        ...(key === undefined ? {} : { authorization: `Bearer ${key}` }), ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: text.startsWith('{') || text.startsWith('[') ? JSON.parse(text) : text };
  };
  return {
    send, get: (path) => send('GET', path), post: (path, body, headers) => send('POST', path, body, headers), patch: (path, body) => send('PATCH', path, body),
    put: (path, body) => send('PUT', path, body), delete: (path) => send('DELETE', path),
  };
}
